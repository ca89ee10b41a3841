"""Close an event once every phone's queue is accounted for, and open it again.

What a phone still brings after the end is for a person to judge: see `points.domain.doubts`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from points.domain.anchors import Heads
from points.domain.cases import CaseKind, NewCase, Wish
from points.domain.closing import (
    OPEN,
    ClosingAct,
    EventEnd,
    Phone,
    Signature,
    Watched,
    counts_since,
    watched,
)
from points.domain.closing_sheets import ClosingSheet
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId, EventKey
from points.domain.programme import Event
from points.service.pairing import newest
from points.service.posting import Book
from points.service.transactions import settle
from points.storage.anchors import add_anchor, load_heads
from points.storage.cases import load_cases, open_cases
from points.storage.closing import (
    add_act,
    add_write_offs,
    hold_posting,
    load_end,
    load_phones,
    load_totals,
    load_write_offs,
)

CASES_MAX = 1_000
"""Open cases that a closing sheet lists."""


@dataclass(frozen=True, slots=True)
class NotClosed:
    """An event goes on, for these phones are not accounted for. Closing it has been asked for."""

    missing: tuple[Watched, ...]


def close_event(
    book: Book,
    event: EventKey,
    *,
    write_off: Collection[CredentialId] = (),
    by: Signature,
    now: datetime,
) -> ClosingSheet | NotClosed | NotDone:
    """Close an event, or say which phones stand in the way; closing it again changes nothing.

    Args:
        book: Where the event is set up.
        event: Which event.
        write_off: Phones that are given up. They count only if the event closes; each is a case.
        by: Who gives them up, and why.
        now: When.
    """
    if write_off and not (by.name.strip() and by.reason.strip()):
        return NotDone(reason=DeskFault.REASON_NEEDED)

    def act(connection: Connection) -> ClosingSheet | NotClosed | NotDone:
        item = _event(book, connection, event)
        if item is None:
            return NotDone(reason=DeskFault.EVENT_UNKNOWN)
        hold_posting(connection)
        phones = load_phones(connection, event)
        for stranger in set(write_off).difference(phone.device for phone in phones):
            return NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN, details={"device": stranger})
        end = load_end(connection, event)
        if end.closed_at is None:
            end = _asked(connection, event, end, by, now)
            missing = _missing(phones, item, end, now)
            left = tuple(one for one in missing if one.phone.device not in write_off)
            if left:
                return NotClosed(left)
            given_up = [one.phone for one in missing]
            _close(connection, event, given_up, by, now)
            return _sheet(connection, item, now, closed_at=now)
        return _sheet(connection, item, now, closed_at=end.closed_at)

    return settle(book.database, act)


def reopen_event(
    book: Book, event: EventKey, *, by: Signature, now: datetime
) -> EventKey | NotDone:
    """Open an event again that was closed, or that was to be."""
    if not (by.name.strip() and by.reason.strip()):
        return NotDone(reason=DeskFault.REASON_NEEDED)

    def act(connection: Connection) -> EventKey | NotDone:
        if _event(book, connection, event) is None:
            return NotDone(reason=DeskFault.EVENT_UNKNOWN)
        hold_posting(connection)
        if load_end(connection, event) == OPEN:
            return NotDone(reason=DeskFault.EVENT_NOT_CLOSED)
        add_act(connection, event, ClosingAct.REOPENED, by, at=now)
        return event

    return settle(book.database, act)


def _event(book: Book, connection: Connection, event: EventKey) -> Event | None:
    """Give an event as it is called now; one that was called off can still be closed."""
    versions = book.catalogs.current(connection).events.get(event)
    return None if versions is None else newest(versions)


def _asked(
    connection: Connection, event: EventKey, end: EventEnd, by: Signature, now: datetime
) -> EventEnd:
    """Note that closing was asked for: from now on its phones are told to send what they hold."""
    if end.asked_at is not None:
        return end
    add_act(connection, event, ClosingAct.ASKED, by, at=now)
    return EventEnd(asked_at=now)


def _missing(phones: Sequence[Phone], event: Event, end: EventEnd, now: datetime) -> list[Watched]:
    since = counts_since(event, end, now)
    found = (watched(phone, since=since) for phone in phones)
    return [one for one in found if one.shortfalls]


def _close(
    connection: Connection,
    event: EventKey,
    given_up: Sequence[Phone],
    by: Signature,
    now: datetime,
) -> None:
    number = add_act(connection, event, ClosingAct.CLOSED, by, at=now)
    if given_up:
        add_write_offs(connection, number, given_up)
        open_cases(connection, [_given_up(event, number, phone) for phone in given_up], at=now)
    add_anchor(connection, Heads(now, load_heads(connection)))


def _given_up(event: EventKey, closing: int, phone: Phone) -> NewCase:
    report = phone.report
    figures = {} if report is None else {"waiting": report.waiting, "attention": report.attention}
    return NewCase(
        kind=CaseKind.WRITTEN_OFF,
        reference=f"written_off:{closing}:{phone.device}",
        device=phone.device,
        event=event,
        booth=phone.booth,
        details={**figures, "not_settled": phone.not_settled},
    )


def _sheet(
    connection: Connection, event: Event, now: datetime, *, closed_at: datetime
) -> ClosingSheet:
    wish = Wish(event=event.key, is_open=True, limit=CASES_MAX)
    return ClosingSheet(
        event=event,
        closed_at=closed_at,
        totals=tuple(load_totals(connection, event.key)),
        phones=len(load_phones(connection, event.key)),
        written_off=tuple(load_write_offs(connection, event.key)),
        cases=tuple(load_cases(connection, wish)),
        heads=Heads(now, load_heads(connection)),
    )

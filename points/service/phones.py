"""What phones tell of themselves: that they are there, what they hold, and what they did.

A phone reports every minute and whenever its queue has gone; its journal follows line by line.
What does not fit together becomes a case: a person looks, and the phone goes on working.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from points.domain.access import Credential
from points.domain.closing import OPEN, Report, Watched, counts_since, watched
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import EventKey
from points.domain.intake import Intake, is_overtaken, report_cases, take_lines
from points.domain.journals import Entry, Head
from points.service.pairing import Station, newest, station_of
from points.service.posting import Book
from points.service.transactions import settle, snapshot
from points.storage.cases import open_cases
from points.storage.closing import load_end, load_phones
from points.storage.journals import add_lines, load_held
from points.storage.reports import erase_holders, find_report, keep_holder, keep_report
from points.storage.tokens import hold_credential


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a phone is told when it has reported."""

    station: Station
    journal: Head
    """Where its journal ends here."""
    is_closing: bool
    """Whether its event is being closed, or is: it should send what it holds."""


def hear_report(book: Book, phone: Credential, report: Report, *, holder: str | None) -> Heard:
    """Keep what a phone says of itself, and who holds it."""

    def act(connection: Connection) -> Heard:
        assert phone.event is not None, "a phone works for an event"
        catalog = book.catalogs.current(connection)
        hold_credential(connection, phone.id)
        number = report.journal.n
        held = load_held(connection, phone.id, near={number, number + 1})
        off_max = timedelta(minutes=catalog.programme_at(report.arrived_at).clock_minutes_off_max)
        before = find_report(connection, phone.id)
        cases = list(report_cases(phone, report, held, before=before, off_max=off_max))
        if cases:
            open_cases(connection, cases, at=report.arrived_at)
        if not is_overtaken(report, before):
            keep_report(connection, phone.id, report)
        keep_holder(connection, phone.id, holder, at=report.arrived_at)
        return Heard(
            station=station_of(catalog, phone),
            journal=held.head,
            is_closing=load_end(connection, phone.event) != OPEN,
        )

    return settle(book.database, act)


def keep_journal(book: Book, phone: Credential, lines: Sequence[Entry], *, now: datetime) -> Intake:
    """Keep lines of a phone's journal, as far as they follow from what is here."""

    def act(connection: Connection) -> Intake:
        catalog = book.catalogs.current(connection)
        hold_credential(connection, phone.id)
        numbers = {number for line in lines for number in (line.n - 1, line.n)}
        held = load_held(connection, phone.id, near=numbers)
        off_max = timedelta(minutes=catalog.programme_at(now).clock_minutes_off_max)
        intake = take_lines(phone, held, lines, now=now, ahead_max=off_max)
        add_lines(connection, phone.id, intake.taken, at=now)
        if intake.cases:
            open_cases(connection, intake.cases, at=now)
        return intake

    return settle(book.database, act)


def watch_phones(book: Book, event: EventKey, *, now: datetime) -> list[Watched]:
    """Tell of an event's phones, in order of their numbers, and whether they are accounted for."""
    with snapshot(book.database) as connection:
        item = newest(book.catalogs.current(connection).events[event])
        since = counts_since(item, load_end(connection, event), now)
        return [watched(one, since=since) for one in load_phones(connection, event)]


def forget_volunteers(book: Book, event: EventKey) -> int | NotDone:
    """Erase who held the phones of an event; tell how many notes that were."""

    def act(connection: Connection) -> int | NotDone:
        if event not in book.catalogs.current(connection).events:
            return NotDone(reason=DeskFault.EVENT_UNKNOWN)
        return erase_holders(connection, event)

    return settle(book.database, act)

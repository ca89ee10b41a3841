"""Allowances 代领: a household lets somebody spend some of its points, until a day.

Whoever carries one can hand it over where goods are given out, and nothing else: it earns nothing,
opens no page, and tells only what is left of it. Making one is spending in advance: without the
household's PIN what it spends counts as spent with a card alone, see `points.domain.confirming`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from points.domain.allowance_codes import (
    AllowanceCode,
    allowance_fingerprint,
    make_allowance_code,
)
from points.domain.allowances import LIVE_MAX, AllowanceRecord, Terms, terms_fault
from points.domain.cards import CODE_BYTES, CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import AllowanceId, HouseholdId
from points.domain.outcomes import Refusal
from points.domain.periods import local_day
from points.service.cards import RandomBytes, draw_numbers
from points.service.confirming import Giver, pin_fault, try_pin
from points.service.posting import Book
from points.service.transactions import settle, snapshot
from points.storage import allowances as kept
from points.storage.allowances import NewAllowance, load_allowances_of
from points.storage.cards import hold_households
from points.storage.households import find_household
from points.storage.locks import Chain, lock_chain, next_instant
from points.storage.posting import write_down


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeAllowance:
    """A new allowance. Its code is told here and never again."""

    code: AllowanceCode = field(repr=False)
    record: AllowanceRecord
    is_confirmed: bool
    """Whether what it spends counts beside what a card alone may spend."""


def make_allowance(
    book: Book, giver: Giver, terms: Terms, *, now: datetime, random_bytes: RandomBytes
) -> MadeAllowance | NotDone:
    """Let somebody spend up to so many of a household's points, until a day.

    The points stay the household's: nothing is set aside, and who comes first spends them.
    """
    today = _today(book, now)
    fault = terms_fault(terms, today)
    if fault is None and giver.pin is not None:
        fault = pin_fault(try_pin(book.database, giver.household, giver.pin, now=now))
    if fault is not None:
        return fault
    code = make_allowance_code(random_bytes(CODE_BYTES))

    def act(connection: Connection) -> MadeAllowance | NotDone:
        found = find_household(connection, giver.household)
        if found is None:
            return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
        chain = lock_chain(connection)  # before anything else is held
        hold_households(connection, {found.id})
        live = [it for it in load_allowances_of(connection, found.id) if it.is_live(today)]
        if len(live) >= LIVE_MAX:
            return NotDone(reason=DeskFault.TOO_MANY_ALLOWANCES, details={"most": LIVE_MAX})
        [number] = draw_numbers(connection, 1, random_bytes)
        new = NewAllowance(
            number=number,
            fingerprint=allowance_fingerprint(code),
            terms=terms,
            is_confirmed=giver.pin is not None,
        )
        made = kept.add_allowance(connection, found.id, new, at=now)
        _note(connection, chain, made, now)
        record = _find(connection, found.id, number)
        assert record is not None, f"allowance {made} was just made"
        return MadeAllowance(code=code, record=record, is_confirmed=new.is_confirmed)

    return settle(book.database, act)


def read_allowances(book: Book, household: HouseholdId) -> tuple[AllowanceRecord, ...]:
    """List a household's allowances, the newest first, those that are over as well."""
    with snapshot(book.database) as connection:
        found = find_household(connection, household)
        return () if found is None else load_allowances_of(connection, found.id)


def end_allowance(
    book: Book, household: HouseholdId, number: CardNumber, *, now: datetime
) -> AllowanceRecord | NotDone:
    """End one of a household's allowances at once. Ending it again changes nothing."""

    def act(connection: Connection) -> AllowanceRecord | NotDone:
        found = find_household(connection, household)
        chain = lock_chain(connection)
        if found is not None:
            hold_households(connection, {found.id})  # what is handed out at this moment counts
        record = None if found is None else _find(connection, found.id, number)
        if found is None or record is None:
            return NotDone(reason=DeskFault.ALLOWANCE_UNKNOWN, details={"number": number})
        if kept.end_allowance(connection, record.id, now):
            _note(connection, chain, record.id, now)
        return _find(connection, found.id, number) or record

    return settle(book.database, act)


def _note(connection: Connection, chain: Chain, allowance: AllowanceId, now: datetime) -> None:
    """Let the book note an allowance: what was allowed can then not be changed unseen."""
    at = next_instant(now, chain)
    write_down(connection, chain, [kept.note_of(connection, allowance)], at=at)


def _find(
    connection: Connection, household: HouseholdId, number: CardNumber
) -> AllowanceRecord | None:
    theirs = load_allowances_of(connection, household)
    return next((it for it in theirs if it.number == number), None)


def _today(book: Book, now: datetime) -> date:
    with snapshot(book.database) as connection:
        return local_day(now, book.catalogs.current(connection).programme_at(now).zone)

"""A household's cards: one comes in or goes by a code that is given where the card is held up.

The code stands for the card having been there. It is good once, for a quarter of an hour.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import OPERATOR, Credential
from points.domain.binding import DeskAct
from points.domain.cards import CardNumber
from points.domain.consents import PAGE
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import CardState
from points.domain.family import (
    CODE_LASTS,
    TRIES_OF_ALL_MAX,
    FamilyCode,
    family_code_hash,
    make_family_code,
    read_family_code,
    tries_fault,
)
from points.domain.guessing import Guessed, alarm
from points.domain.ids import CardId, CredentialId, HouseholdId
from points.domain.operations import CardRef
from points.domain.outcomes import Refusal
from points.domain.people import CardRecord, HouseholdRecord
from points.service.cards import RandomBytes, stopped_fault
from points.service.desk import RolledBack, settle_whole
from points.service.households import join
from points.service.posting import Book
from points.service.transactions import snapshot
from points.service.view import View
from points.storage.cards import (
    hold_cards,
    load_card_records,
    move_cards,
    numbers_by_code,
    numbers_by_id,
    set_resident,
)
from points.storage.cases import open_cases
from points.storage.desk import Done, add_desk_act
from points.storage.engine import Database
from points.storage.family import (
    add_family_code,
    add_try,
    count_tries,
    find_family_code,
    forget_family_codes,
    use_family_code,
)
from points.storage.households import add_anonymous, find_household
from points.storage.locks import lock_chain
from points.storage.sessions import end_sessions

_CODE_BYTES = 16  # so many more than there are codes that none comes up noticeably more often

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A code that was given for a card. It is told here and never again."""

    code: FamilyCode = field(repr=False)
    number: CardNumber
    ends_at: datetime


def read_household(database: Database, household: HouseholdId) -> HouseholdRecord | None:
    """Tell what is known of a household, with its cards in order of number."""
    with snapshot(database) as connection:
        return find_household(connection, household)


def give_code(
    book: Book, caller: Credential, card: CardRef, *, now: datetime, random_bytes: RandomBytes
) -> Given | NotDone:
    """Give a code for a card that is held up at a booth; any other code of the card ends."""

    def act(connection: Connection) -> Given | NotDone:
        view = View(book.catalogs.current(connection), caller, now)
        number = numbers_by_code(connection, [bytes.fromhex(card[5:])])
        found = load_card_records(connection, number.values()).values()
        record = next(iter(found), None)
        if record is None or not view.welcomes(record.home.community if record.home else None):
            return NotDone(reason=Refusal.CARD_UNKNOWN)
        return _give(connection, record, caller.id, now, random_bytes)

    return settle_whole(book.database, act)


def give_code_by_number(
    database: Database, number: CardNumber, *, now: datetime, random_bytes: RandomBytes
) -> Given | NotDone:
    """Give a code at the desk, where people are known."""

    def act(connection: Connection) -> Given | NotDone:
        record = load_card_records(connection, [number]).get(number)
        if record is None:
            return NotDone(reason=Refusal.CARD_UNKNOWN)
        return _give(connection, record, OPERATOR.id, now, random_bytes)

    return settle_whole(database, act)


def add_by_code(
    book: Book, household: HouseholdId, typed: str, *, now: datetime
) -> HouseholdRecord | NotDone:
    """Take the card of a code into a household, with all that it earned.

    A card that shares a household with others, or has a door, is the desk's matter.
    """

    def act(connection: Connection) -> HouseholdRecord | NotDone:
        lock_chain(connection)  # before any wallet: the card may bring a past, and that is posted
        used = _use(connection, household, typed, now)
        if isinstance(used, NotDone):
            return used
        home, card = used
        if card.household == home.id:
            return home
        _must(stopped_fault(card))
        if card.has_door or len(_record(connection, card.household).cards) > 1:
            raise RolledBack(NotDone(reason=DeskFault.CARD_BOUND))
        join(connection, book, card, home.id, now)
        _note(connection, DeskAct.JOINED, home.id, card, now)
        return _record(connection, home.id)

    return settle_whole(book.database, act)


def remove_by_code(
    book: Book, household: HouseholdId, number: CardNumber, typed: str, *, now: datetime
) -> HouseholdRecord | NotDone:
    """Let a card of a household go, by its code: from now on it is somebody else's and empty.

    The points stay with the household, and so does all that was done with the card. Visits that
    were opened with it end.
    """

    def act(connection: Connection) -> HouseholdRecord | NotDone:
        lock_chain(connection)
        used = _use(connection, household, typed, now)
        if isinstance(used, NotDone):
            return used
        home, card = used
        if card.number != number or card.household != home.id:
            raise RolledBack(NotDone(reason=DeskFault.CODE_UNKNOWN))
        _must(stopped_fault(card))
        others = [one for one in home.cards if one.id != card.id]
        if not any(one.state is CardState.ACTIVE for one in others):
            raise RolledBack(NotDone(reason=DeskFault.LAST_CARD))
        move_cards(connection, {card.id: add_anonymous(connection, at=now)})
        set_resident(connection, card.id, None)
        # Else a phone that was opened with it would show what its next holder earns and does.
        end_sessions(connection, [card.id])
        _note(connection, DeskAct.LEFT, home.id, card, now)
        return _record(connection, home.id)

    return settle_whole(book.database, act)


def _give(
    connection: Connection,
    card: CardRecord,
    by: CredentialId,
    now: datetime,
    random_bytes: RandomBytes,
) -> Given | NotDone:
    fault = stopped_fault(card)
    if fault is not None:
        return fault
    forget_family_codes(connection, now=now, tried_before=now - CODE_LASTS)
    code = make_family_code(int.from_bytes(random_bytes(_CODE_BYTES), "big"))
    ends_at = now + CODE_LASTS
    add_family_code(connection, family_code_hash(code), card.id, by=by, ends_at=ends_at)
    return Given(code=code, number=card.number, ends_at=ends_at)


def _use(
    connection: Connection, household: HouseholdId, typed: str, now: datetime
) -> tuple[HouseholdRecord, CardRecord] | NotDone:
    """Let a code be used by a household, and hold both; a wrong one is counted."""
    home = find_household(connection, household)
    if home is None:
        return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
    mine, of_all = count_tries(connection, home.id, since=now - CODE_LASTS)
    locked = tries_fault(mine, of_all)
    if locked is not None:
        return locked
    card = _card_of(connection, typed, now)
    if card is None:
        add_try(connection, home.id, at=now)
        if of_all + 1 >= TRIES_OF_ALL_MAX:
            open_cases(connection, [alarm(Guessed.FAMILY_CODES, now)], at=now)
            _log.critical("family codes are being guessed: none is taken for a while")
        return NotDone(reason=DeskFault.CODE_UNKNOWN)
    number = numbers_by_id(connection, [card])[card]
    held = hold_cards(connection, [number], also=(home.id,))
    return _record(connection, household), held[number]


def _card_of(connection: Connection, typed: str, now: datetime) -> CardId | None:
    code = read_family_code(typed)
    if code is None:
        return None
    code_hash = family_code_hash(code)
    card = find_family_code(connection, code_hash, now=now)
    return card if card is not None and use_family_code(connection, code_hash) else None


def _note(
    connection: Connection, act: DeskAct, household: HouseholdId, card: CardRecord, now: datetime
) -> None:
    done = Done(act=act, by=PAGE, household=household, at=now, card=card.id)
    add_desk_act(connection, done)


def _must(fault: NotDone | None) -> None:
    if fault is not None:
        raise RolledBack(fault)


def _record(connection: Connection, household: HouseholdId) -> HouseholdRecord:
    found = find_household(connection, household)
    assert found is not None, "a household is never removed"
    return found

"""What confirms that a household spends more than a card alone may: its PIN, and one-time codes.

A first PIN is only ever set at the desk, or on the lead's phone at a booth (`booth_pins`), where
somebody sees who asks: whoever has a photo of a card could otherwise set one before its household
does. Each try is counted before it is looked at, in a transaction of its own, so that a thousand
sent at once are no more than a few.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import PinChecked
from points.domain.ids import HouseholdId
from points.domain.one_time_codes import (
    LIVES,
    ONE_TIME_BYTES,
    Lifetime,
    OneTimeCode,
    make_one_time_code,
    one_time_fingerprint,
)
from points.domain.operations import CardRef
from points.domain.outcomes import Refusal
from points.domain.periods import spelled
from points.domain.pins import SALT_BYTES, Pin, PinFault, Tries, hash_pin, is_pin, read_pin
from points.service.cards import RandomBytes, stopped_fault
from points.service.transactions import settle, snapshot
from points.storage import pins as kept
from points.storage.cards import load_card_records
from points.storage.engine import Database
from points.storage.one_time_codes import add_one_time_code, count_unused, load_codes
from points.storage.people import load_cards
from points.storage.pins import hold_pin

LIVE_MAX = 10
"""Codes of one card that may be waiting to be used at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """A household that lets points go, and what was typed as its PIN, if anything was."""

    household: HouseholdId
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCode:
    """A one-time code. It is told here and never again."""

    code: OneTimeCode = field(repr=False)
    valid_until: datetime
    """The first instant at which it is no longer good."""
    is_confirmed: bool
    """Whether it lets the household spend beyond the limit of a card alone, see `second_factor`."""


def set_pin(
    database: Database, number: CardNumber, typed: str, *, now: datetime, random_bytes: RandomBytes
) -> HouseholdId | NotDone:
    """Give the household of a card a PIN, at the desk; give the household that has it now.

    Takes the place of an earlier one, forgotten perhaps, and lets it be tried at once.
    """
    pin = read_pin(typed)
    if isinstance(pin, PinFault):
        return NotDone(reason=DeskFault.PIN_INVALID, details={"fault": pin})
    salt, hashed = hashed_pin(pin, random_bytes)

    def act(connection: Connection) -> HouseholdId | NotDone:
        card = load_card_records(connection, [number]).get(number)
        if card is None:
            return NotDone(reason=Refusal.CARD_UNKNOWN, details={"number": number})
        kept.set_pin(connection, card.household, salt=salt, hashed=hashed, at=now)
        return card.household

    return settle(database, act)


def change_pin(
    database: Database,
    household: HouseholdId,
    typed: tuple[str, str],
    *,
    now: datetime,
    random_bytes: RandomBytes,
) -> NotDone | None:
    """Let a household change its PIN: `typed` is the old one and the new. None where it is done."""
    old, new = typed
    pin = read_pin(new)
    if isinstance(pin, PinFault):
        return NotDone(reason=DeskFault.PIN_INVALID, details={"fault": pin})
    fault = pin_fault(try_pin(database, household, old, now=now))
    if fault is not None:
        return fault
    salt, hashed = hashed_pin(pin, random_bytes)
    settle(
        database,
        lambda connection: kept.set_pin(connection, household, salt=salt, hashed=hashed, at=now),
    )
    return None


def forget_pin(database: Database, number: CardNumber) -> HouseholdId | NotDone:
    """Take a household's PIN away, at the desk; to have had none changes nothing."""

    def act(connection: Connection) -> HouseholdId | NotDone:
        card = load_card_records(connection, [number]).get(number)
        if card is None:
            return NotDone(reason=Refusal.CARD_UNKNOWN, details={"number": number})
        kept.remove_pin(connection, card.household)
        return card.household

    return settle(database, act)


def has_pin(database: Database, household: HouseholdId) -> bool:
    """Tell whether a household has a PIN."""
    with snapshot(database) as connection:
        return kept.has_pin(connection, household)


def check_pin(database: Database, card: CardRef, typed: str, *, now: datetime) -> PinChecked | None:
    """Try the PIN of the household whose card is shown; None where it has none.

    Of an operation this is all that the book is told: see `Asked.pin`.
    """
    with snapshot(database) as connection:
        shown = load_cards(connection, [card]).get(card)
        code = load_codes(connection, [card]).get(card)
    holder = shown if code is None else code.card
    return None if holder is None else try_pin(database, holder.household, typed, now=now)


def try_pin(
    database: Database, household: HouseholdId, typed: str, *, now: datetime
) -> PinChecked | None:
    """Try a household's PIN; None where it has none."""

    def count(connection: Connection) -> tuple[kept.KeptPin, Tries] | None:
        found = hold_pin(connection, household)
        if found is None or found.tries.is_locked(now):
            return None if found is None else (found, found.tries)
        tries = found.tries.after(now)
        kept.note_tries(connection, household, tries)
        return found, tries

    counted = settle(database, count)
    if counted is None:
        return None
    pin, tries = counted
    if pin.tries.is_locked(now):
        return PinChecked(is_right=False, again_at=pin.tries.locked_until)
    if not is_pin(typed, pin.salt, pin.hash):
        return PinChecked(is_right=False, again_at=tries.locked_until)
    settle(database, lambda connection: kept.note_tries(connection, household, Tries()))
    return PinChecked(is_right=True)


def hashed_pin(pin: Pin, random_bytes: RandomBytes) -> tuple[bytes, bytes]:
    """Give a salt of its own for a PIN, and the PIN hashed with it."""
    salt = random_bytes(SALT_BYTES)
    return salt, hash_pin(pin, salt)


def pin_fault(checked: PinChecked | None) -> NotDone | None:
    """Say why a PIN that was typed does not do, where it does not."""
    if checked is None:
        return NotDone(reason=DeskFault.PIN_UNSET)
    if checked.is_right:
        return None
    if checked.again_at is None:
        return NotDone(reason=Refusal.PIN_WRONG)
    return NotDone(reason=Refusal.PIN_LOCKED, details={"again_at": spelled(checked.again_at)})


def make_code(
    database: Database,
    number: CardNumber,
    *,
    now: datetime,
    random_bytes: RandomBytes,
    pin: str | None = None,
) -> MadeCode | NotDone:
    """Make a code that stands for a card for one minute, once, where goods are handed out.

    Args:
        database: Where it is kept, as a hash.
        number: Of the card in whose session it is asked for.
        now: Its minute begins.
        random_bytes: Draws it.
        pin: What was typed as the household's PIN, if anything was.
    """
    if pin is not None:
        with snapshot(database) as connection:
            card = load_card_records(connection, [number]).get(number)
        fault = pin_fault(try_pin(database, card.household, pin, now=now) if card else None)
        if fault is not None:
            return fault
    code = make_one_time_code(random_bytes(ONE_TIME_BYTES))

    def act(connection: Connection) -> MadeCode | NotDone:
        card = load_card_records(connection, [number]).get(number)
        if card is None:
            return NotDone(reason=Refusal.CARD_UNKNOWN, details={"number": number})
        fault = stopped_fault(card)
        if fault is None and count_unused(connection, card.id, since=now - LIVES) >= LIVE_MAX:
            fault = NotDone(reason=DeskFault.TOO_MANY_CODES)
        if fault is not None:
            return fault
        is_confirmed = pin is not None
        hashed = one_time_fingerprint(code)
        add_one_time_code(connection, hashed, card=card.id, at=now, is_confirmed=is_confirmed)
        return MadeCode(code=code, valid_until=Lifetime(now).ends, is_confirmed=is_confirmed)

    return settle(database, act)

"""Print blank cards; freeze, thaw and replace them by their spoken numbers."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Connection

from points.domain.cards import (
    CODE_BYTES,
    NUMBER_MAX,
    NUMBER_MIN,
    CardNumber,
    card_text,
    code_fingerprint,
    make_card_code,
    make_card_number,
)
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import CardState
from points.domain.outcomes import Refusal
from points.domain.people import CardRecord
from points.domain.sealing import sealing_of
from points.outside.card_sheets import PrintedCard
from points.service.transactions import settle, snapshot
from points.storage.cards import (
    BlankCard,
    add_blank_cards,
    hold_cards,
    load_card_records,
    move_cards,
    numbers_taken,
    set_card_state,
    set_replaced,
    set_resident,
)
from points.storage.engine import Database
from points.storage.households import used_among

RandomBytes = Callable[[int], bytes]
"""Draws bytes that nobody can guess; handed in from the doors."""

PART = 1_000
"""Cards that share a transaction, so that printing a city's cards keeps no booth waiting."""

_NUMBER_BYTES = 8  # so many more numbers than there are that none comes up noticeably more often
_DRAWS_MAX = 100


class NumbersExhausted(Exception):
    """No free card number was found: almost all are taken, or what was drawn is not random."""


def print_cards(
    database: Database,
    count: int,
    *,
    now: datetime,
    random_bytes: RandomBytes,
    public_url: str | None,
) -> list[PrintedCard]:
    """Make blank cards, each ready to earn at once. Their codes are known to the caller alone.

    Raises:
        ValueError: `public_url` is no plain address; no card was made.
        NumbersExhausted: Some may have been made; nobody will ever hold them.
    """
    printing = print_in_parts(
        database, count, now=now, random_bytes=random_bytes, public_url=public_url
    )
    return [card for part in printing for card in part]


def print_in_parts(
    database: Database,
    count: int,
    *,
    now: datetime,
    random_bytes: RandomBytes,
    public_url: str | None,
) -> Iterator[list[PrintedCard]]:
    """Make blank cards as `print_cards` does, and give each part as soon as it is kept."""
    for start in range(0, count, PART):
        size = min(PART, count - start)

        def act(connection: Connection, size: int = size) -> list[PrintedCard]:
            numbers = draw_numbers(connection, size, random_bytes)
            cards = [_print_card(number, random_bytes, public_url) for number in numbers]
            add_blank_cards(connection, [_blank(card) for card in cards], at=now)
            return cards

        yield settle(database, act)


def find_by_number(database: Database, number: CardNumber) -> CardRecord | None:
    """Tell what is known of a card."""
    with snapshot(database) as connection:
        return load_card_records(connection, [number]).get(number)


def freeze_card(database: Database, number: CardNumber, *, now: datetime) -> CardRecord | NotDone:
    """Stop a lost card at once; what it did before counts. Freezing it again changes nothing."""
    return settle(database, lambda connection: _set_state(connection, number, now, is_frozen=True))


def thaw_card(database: Database, number: CardNumber, *, now: datetime) -> CardRecord | NotDone:
    """Let a card that was found again be used. Thawing it again changes nothing."""
    return settle(database, lambda connection: _set_state(connection, number, now, is_frozen=False))


def replace_card(
    database: Database, number: CardNumber, *, by: CardNumber, now: datetime
) -> CardRecord | NotDone:
    """Let a blank card take the place of a lost or worn one, and give the new one.

    The old card stops for ever, from when it was frozen if it was. Its household keeps everything.
    A new card that has earned already is refused, unless it belongs to the household by now.
    """

    def act(connection: Connection) -> CardRecord | NotDone:
        cards = hold_cards(connection, [number, by])
        old, new = cards.get(number), cards.get(by)
        if old is None or new is None:
            return _unknown(number if old is None else by)
        if old.replaced_by == by:
            return new
        fault = _replacement_fault(connection, old, new)
        if fault is not None:
            return fault
        if new.household != old.household:
            move_cards(connection, {new.id: old.household})
        if new.resident is None:
            set_resident(connection, new.id, old.resident)
        set_replaced(connection, old.id, by=new.id, stopped_at=old.stopped_at or now)
        return load_card_records(connection, [by])[by]

    return settle(database, act)


def stopped_fault(card: CardRecord) -> NotDone | None:
    """Say why a card that must be in use is not."""
    if card.state is CardState.FROZEN:
        return NotDone(reason=Refusal.CARD_FROZEN, details={"number": card.number})
    return _replaced(card) if card.state is CardState.REPLACED else None


def draw_numbers(connection: Connection, count: int, random_bytes: RandomBytes) -> list[CardNumber]:
    """Draw so many numbers that are on no card.

    Raises:
        NumbersExhausted: Almost all are taken, or what was drawn is not random.
    """
    drawn: dict[CardNumber, None] = {}
    for _ in range(_DRAWS_MAX):
        fresh = [_draw_number(random_bytes) for _ in range(count - len(drawn))]
        taken = numbers_taken(connection, fresh)
        drawn |= dict.fromkeys(number for number in fresh if number not in taken)
        if len(drawn) == count:
            return list(drawn)
    raise NumbersExhausted


def _set_state(
    connection: Connection, number: CardNumber, now: datetime, *, is_frozen: bool
) -> CardRecord | NotDone:
    card = hold_cards(connection, [number]).get(number)
    if card is None:
        return _unknown(number)
    if card.state is CardState.REPLACED:
        return _replaced(card)
    if is_frozen is not (card.state is CardState.FROZEN):
        state = CardState.FROZEN if is_frozen else CardState.ACTIVE
        set_card_state(connection, card.id, state, stopped_at=now if is_frozen else None)
    return load_card_records(connection, [number])[number]


def _draw_number(random_bytes: RandomBytes) -> CardNumber:
    drawn = int.from_bytes(random_bytes(_NUMBER_BYTES), "big")
    return make_card_number(NUMBER_MIN + drawn % (NUMBER_MAX - NUMBER_MIN + 1))


def _print_card(
    number: CardNumber, random_bytes: RandomBytes, public_url: str | None
) -> PrintedCard:
    code = make_card_code(random_bytes(CODE_BYTES))
    return PrintedCard(code=code, number=number, text=card_text(code, public_url))


def _blank(card: PrintedCard) -> BlankCard:
    return BlankCard(
        number=card.number,
        fingerprint=code_fingerprint(card.code),
        sealing=sealing_of(card.code),
    )


def _replacement_fault(connection: Connection, old: CardRecord, new: CardRecord) -> NotDone | None:
    if old.id == new.id:
        return NotDone(reason=DeskFault.SAME_CARD)
    if old.state is CardState.REPLACED:
        return _replaced(old)
    fault = stopped_fault(new)
    if fault is not None or new.household == old.household:
        return fault
    if new.home is not None:
        return NotDone(reason=DeskFault.CARD_BOUND, details={"number": new.number})
    if used_among(connection, {new.household}):
        return NotDone(reason=DeskFault.CARD_USED, details={"number": new.number})
    return None


def _replaced(card: CardRecord) -> NotDone:
    details = {"number": card.number, "replaced_by": str(card.replaced_by)}
    return NotDone(reason=Refusal.CARD_REPLACED, details=details)


def _unknown(number: CardNumber) -> NotDone:
    return NotDone(reason=Refusal.CARD_UNKNOWN, details={"number": number})

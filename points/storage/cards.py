"""Cards: printed blank, found by number, stopped, replaced, moved.

Codes are known only by fingerprint. Whoever moves a card, or what it may do, holds the wallets it
belonged to and comes to: a scan at the same moment lands in one or in the other, never in between.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from points.domain.cards import CardNumber
from points.domain.facts import CardState
from points.domain.ids import CardId, CommunityKey, HouseholdId, ResidentId, wallet
from points.domain.people import CardRecord, Home
from points.domain.sealing import Sealing
from points.storage.allowances import AllowanceRow
from points.storage.columns import table_of
from points.storage.facts import HouseholdsMoved
from points.storage.locks import lock_accounts
from points.storage.people import CardRow, HouseholdRow
from points.storage.sessions import end_sessions

PART = 10_000
"""Values that one statement carries; databases bound it."""

Item = TypeVar("Item")

_card, _household = table_of(CardRow), table_of(HouseholdRow)
_allowance = table_of(AllowanceRow)
_standing, _following = _household.alias("standing"), _card.alias("following")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankCard:
    """What is kept of a card when it is printed; its code is not."""

    number: CardNumber
    fingerprint: bytes
    sealing: Sealing


def parts_of(items: Collection[Item]) -> Iterator[list[Item]]:
    """Cut items into parts that one statement can carry."""
    listed = list(items)
    for start in range(0, len(listed), PART):
        yield listed[start : start + PART]


def numbers_taken(connection: Connection, numbers: Collection[CardNumber]) -> set[CardNumber]:
    """Tell which of these numbers are on a card already, if only on one of an allowance."""
    return {
        CardNumber(row.number)
        for part in parts_of(numbers)
        for column in (_card.c.number, _allowance.c.number)
        for row in connection.execute(select(column).where(column.in_(part)))
    }


def add_blank_cards(connection: Connection, cards: Sequence[BlankCard], *, at: datetime) -> None:
    """Add cards, each with an anonymous household of its own, so that it earns at once."""
    made = connection.execute(
        insert(_household).returning(_household.c.id), [{"added_at": at}] * len(cards)
    )
    connection.execute(
        insert(_card),
        [
            {
                "number": card.number,
                "fingerprint": card.fingerprint,
                "household": household.id,
                "state": CardState.ACTIVE,
                "printed_at": at,
                "sealed_tag": card.sealing.tag,
                "sealing_key": card.sealing.key,
            }
            for household, card in zip(made, cards, strict=True)
        ],
    )


def load_card_records(
    connection: Connection, numbers: Collection[CardNumber]
) -> dict[CardNumber, CardRecord]:
    """Read cards by their numbers."""
    return {
        CardNumber(row.number): _record(row)
        for part in parts_of(numbers)
        for row in connection.execute(_records().where(_card.c.number.in_(part)))
    }


def numbers_by_code(
    connection: Connection, fingerprints: Collection[bytes]
) -> dict[bytes, CardNumber]:
    """Tell which numbers the cards of these codes bear."""
    chosen = select(_card.c.fingerprint, _card.c.number)
    return {
        row.fingerprint: CardNumber(row.number)
        for part in parts_of(fingerprints)
        for row in connection.execute(chosen.where(_card.c.fingerprint.in_(part)))
    }


def numbers_by_id(connection: Connection, cards: Collection[CardId]) -> dict[CardId, CardNumber]:
    """Tell which numbers cards bear."""
    chosen = select(_card.c.id, _card.c.number)
    return {
        CardId(row.id): CardNumber(row.number)
        for part in parts_of(cards)
        for row in connection.execute(chosen.where(_card.c.id.in_(part)))
    }


def load_cards_of(connection: Connection, household: HouseholdId) -> tuple[CardRecord, ...]:
    """Read all cards of a household that stands, with those of the ones that went up in it."""
    rows = connection.execute(
        _records().where(_standing.c.id == household).order_by(_card.c.number)
    )
    return tuple(_record(row) for row in rows)


def hold_cards(
    connection: Connection,
    numbers: Collection[CardNumber],
    *,
    also: Collection[HouseholdId] = (),
) -> dict[CardNumber, CardRecord]:
    """Read cards while nobody can scan them: their wallets are taken first, and these as well.

    Raises:
        HouseholdsMoved: A card went to another household meanwhile; begin again.
    """
    before = load_card_records(connection, numbers)
    held = {card.household for card in before.values()} | set(also)
    hold_households(connection, held)
    after = load_card_records(connection, numbers)
    if not {card.household for card in after.values()} <= held:
        raise HouseholdsMoved
    return after


def hold_households(connection: Connection, households: Collection[HouseholdId]) -> None:
    """Take the wallets of households, in order: what is scanned meanwhile waits.

    Whoever goes on to post takes a chain before, as every batch does: see `points.storage.locks`.
    """
    lock_accounts(connection, {wallet(household) for household in households})


def set_card_state(
    connection: Connection, card: CardId, state: CardState, *, stopped_at: datetime | None
) -> None:
    """Stop a card, or let it be used again. What was opened with it before is shut for ever."""
    connection.execute(
        update(_card).where(_card.c.id == card).values(state=state, stopped_at=stopped_at)
    )
    end_sessions(connection, [card])


def set_replaced(connection: Connection, card: CardId, *, by: CardId, stopped_at: datetime) -> None:
    """Let another card stand for this one."""
    connection.execute(
        update(_card)
        .where(_card.c.id == card)
        .values(state=CardState.REPLACED, stopped_at=stopped_at, replaced_by=by)
    )
    end_sessions(connection, [card])


def set_resident(connection: Connection, card: CardId, resident: ResidentId | None) -> None:
    """Say which resident carries the card."""
    connection.execute(update(_card).where(_card.c.id == card).values(resident=resident))


def move_cards(connection: Connection, moved: Mapping[CardId, HouseholdId]) -> None:
    """Give cards to other households. Both wallets must be held, see `hold_cards`."""
    if moved:
        connection.execute(
            update(_card).where(_card.c.id == bindparam("card")).values(household=bindparam("to")),
            [{"card": card, "to": household} for card, household in moved.items()],
        )


def _records() -> Select[Any]:
    return (
        select(
            _card,
            _standing.c.id.label("stands"),
            _standing.c.community,
            _standing.c.door,
            _standing.c.name,
            _following.c.number.label("following"),
        )
        .join(_household, _household.c.id == _card.c.household)
        .join(_standing, _standing.c.id == func.coalesce(_household.c.merged_into, _household.c.id))
        .outerjoin(_following, _following.c.id == _card.c.replaced_by)
    )


def _record(row: Row[Any]) -> CardRecord:
    return CardRecord(
        id=CardId(row.id),
        number=CardNumber(row.number),
        state=CardState(row.state),
        stopped_at=row.stopped_at,
        replaced_by=None if row.following is None else CardNumber(row.following),
        household=HouseholdId(row.stands),
        home=home_of(row),
        resident=None if row.resident is None else ResidentId(row.resident),
        printed_at=row.printed_at,
    )


def home_of(row: Row[Any]) -> Home | None:
    """Read where a household lives, if that is known."""
    if row.community is None:
        return None
    return Home(community=CommunityKey(row.community), door=row.door or "", name=row.name)

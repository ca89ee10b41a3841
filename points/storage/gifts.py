"""Who gave and who got: both sides of gifts, as they stand today. What is told of them is masked.

The cards are those that were named then: a household knows another by the number that it typed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from json import loads

from sqlalchemy import Connection, func, select

from points.domain.cards import CardNumber
from points.domain.gifts import TO
from points.domain.ids import OperationId
from points.domain.operations import CardRef, is_by_number
from points.storage.cards import parts_of
from points.storage.columns import table_of
from points.storage.ledger import OperationRow, RequestRow
from points.storage.people import HouseholdRow

_operation, _request = table_of(OperationRow), table_of(RequestRow)
_household = table_of(HouseholdRow)
_standing = _household.alias("standing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A household that gave or got."""

    name: str
    """Whole; empty where none is known."""
    number: CardNumber | None
    """Of the card that was named; None where its code was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both households of a gift."""

    giver: Side
    receiver: Side


def load_sides(connection: Connection, gifts: Collection[OperationId]) -> dict[OperationId, Sides]:
    """Read who gave and who got, by the operations that gave."""
    found: dict[OperationId, Sides] = {}
    for part in parts_of(gifts):
        found |= _load(connection, part)
    return found


def _load(connection: Connection, gifts: Collection[OperationId]) -> dict[OperationId, Sides]:
    rows = connection.execute(
        select(_operation.c.id, _operation.c.household, _operation.c.details, _request.c.body)
        .join(_request, _request.c.operation == _operation.c.id)
        .where(_operation.c.id.in_(gifts))
    ).all()
    names = _names(connection, {one for row in rows for one in (row.household, row.details[TO])})

    def side(household: int, card: str) -> Side:
        ref = CardRef(card)
        number = CardNumber(ref.partition(":")[2]) if is_by_number(ref) else None
        return Side(name=names[household], number=number)

    sides = {}
    for row in rows:
        body = loads(row.body)
        giver, receiver = side(row.household, body["card"]), side(row.details[TO], body["to"])
        sides[OperationId(row.id)] = Sides(giver=giver, receiver=receiver)
    return sides


def _names(connection: Connection, households: Collection[int]) -> dict[int, str]:
    """Tell the names of the households that stand for these today."""
    stands = func.coalesce(_household.c.merged_into, _household.c.id)
    rows = connection.execute(
        select(_household.c.id, _standing.c.name)
        .join(_standing, _standing.c.id == stands)
        .where(_household.c.id.in_(sorted(households)))
    )
    return {row.id: row.name or "" for row in rows}

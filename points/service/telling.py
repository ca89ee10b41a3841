"""Tell a household its lines: with the names that things had then, and who else had a part in them.

Another household is told of by a masked name and the end of a card's number, the community's pool
as what it is; whoever spent for the household, in the household's own words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from points.domain.facts import ALLOWANCE, Posted
from points.domain.gifts import GIFT
from points.domain.ids import AllowanceId, HouseholdId, OperationId
from points.domain.operations import Kind
from points.domain.passbooks import Line, Party, ending_of, line_of
from points.domain.privacy import masked_name
from points.domain.programme import Catalog
from points.storage.allowances import load_allowances_of
from points.storage.gifts import Side, Sides, load_sides


def tell_lines(
    connection: Connection,
    catalog: Catalog,
    household: HouseholdId,
    told: Sequence[tuple[Posted, bool]],
) -> tuple[Line, ...]:
    """Tell lines of a household that stands, in the order given.

    Args:
        connection: Asked only where there are gifts among them, or others spent for the household.
        catalog: Names things.
        household: Whose they are, with those that went up in it.
        told: Each line, and whether it was undone.
    """
    posted = [one for one, _ in told]
    carriers = _carriers(connection, household, posted)
    gifts = {gift for one in posted if (gift := _gift(one)) is not None}
    sides = load_sides(connection, gifts) if gifts else {}
    return tuple(
        replace(
            line_of(catalog, one, is_undone=is_undone),
            carrier=carriers.get(_allowance(one)),
            other=_other(catalog, one, sides),
        )
        for one, is_undone in told
    )


def _carriers(
    connection: Connection, household: HouseholdId, posted: Sequence[Posted]
) -> dict[AllowanceId | None, Party]:
    if not any(ALLOWANCE in one.details for one in posted):
        return {}
    theirs = load_allowances_of(connection, household)
    return {it.id: Party(name=it.terms.label, ending=ending_of(it.number)) for it in theirs}


def _allowance(posted: Posted) -> AllowanceId | None:
    number = posted.details.get(ALLOWANCE)
    return None if number is None else AllowanceId(int(number))


def _gift(posted: Posted) -> OperationId | None:
    """Give the operation that gave, where the line is a side of a gift."""
    if posted.kind is Kind.GIVE:
        return posted.id
    gift = posted.details.get(GIFT) if posted.kind is Kind.GIFT_RECEIVED else None
    return None if gift is None else OperationId(int(gift))


def _other(catalog: Catalog, posted: Posted, sides: Mapping[OperationId, Sides]) -> Party | None:
    gift = _gift(posted)
    found = sides.get(gift) if gift is not None else None
    if found is None:
        return None
    side: Side = found.receiver if posted.kind is Kind.GIVE else found.giver
    if side.number and side.number == catalog.programme_at(posted.occurred_at).pool_card:
        return Party(is_pool=True)
    return Party(name=masked_name(side.name), ending=ending_of(side.number))

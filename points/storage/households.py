"""Households by their doors: found, named, added, and whether they did anything yet."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from points.domain.ids import CommunityKey, HouseholdId
from points.domain.imports import KnownDoor, Place
from points.domain.people import Home, HouseholdRecord
from points.storage.cards import home_of, load_cards_of, parts_of
from points.storage.columns import table_of
from points.storage.ledger import OperationRow
from points.storage.people import HouseholdRow

_household, _operation = table_of(HouseholdRow), table_of(OperationRow)
_stands = func.coalesce(_household.c.merged_into, _household.c.id)


def find_household(connection: Connection, household: HouseholdId) -> HouseholdRecord | None:
    """Read the household that stands for this one today."""
    stands = select(_stands).where(_household.c.id == household).scalar_subquery()
    row = connection.execute(select(_household).where(_household.c.id == stands)).one_or_none()
    if row is None:
        return None
    cards = load_cards_of(connection, HouseholdId(row.id))
    return HouseholdRecord(
        id=HouseholdId(row.id), home=home_of(row), building=row.building, cards=cards
    )


def load_doors(connection: Connection, places: Collection[Place]) -> dict[Place, KnownDoor]:
    """Read who is known behind these doors."""
    # Community by community: a long list of pairs is more than PostgreSQL can parse.
    doors: dict[CommunityKey, list[str]] = {}
    for community, door in places:
        doors.setdefault(community, []).append(door)
    chosen = select(_household, _stands.label("stands"))
    return {
        (community, row.door): KnownDoor(household=HouseholdId(row.stands), name=row.name)
        for community, theirs in doors.items()
        for part in parts_of(theirs)
        for row in connection.execute(
            chosen.where(_household.c.community == community, _household.c.door.in_(part))
        )
    }


def used_among(
    connection: Connection, households: Collection[HouseholdId]
) -> frozenset[HouseholdId]:
    """Tell which households did something already, or hold what another did."""
    return frozenset(
        HouseholdId(row.household)
        for part in parts_of(households)
        for row in connection.execute(
            select(_operation.c.household).where(_operation.c.household.in_(part)).distinct()
        )
    )


def add_households(connection: Connection, homes: Sequence[Home], *, at: datetime) -> None:
    """Add households that have no card yet."""
    if homes:
        connection.execute(
            insert(_household),
            [
                {
                    "community": home.community,
                    "door": home.door,
                    "name": home.name,
                    "added_at": at,
                }
                for home in homes
            ],
        )


def add_anonymous(connection: Connection, *, at: datetime) -> HouseholdId:
    """Add a household of which nothing is known."""
    return HouseholdId(
        connection.execute(
            insert(_household).values(added_at=at).returning(_household.c.id)
        ).scalar_one()
    )


def house(
    connection: Connection,
    household: HouseholdId,
    community: CommunityKey | None,
    building: str | None,
) -> None:
    """Note what a household told a booth of where it lives."""
    connection.execute(
        update(_household)
        .where(_household.c.id == household)
        .values(community=community, building=building)
    )


def settle_households(connection: Connection, homes: Mapping[HouseholdId, Home]) -> None:
    """Let anonymous households live behind doors that nobody lives behind yet."""
    if homes:
        connection.execute(
            update(_household)
            .where(_household.c.id == bindparam("household"))
            .values(
                community=bindparam("its_community"),
                door=bindparam("its_door"),
                name=bindparam("its_name"),
            ),
            [
                {
                    "household": household,
                    "its_community": home.community,
                    "its_door": home.door,
                    "its_name": home.name,
                }
                for household, home in homes.items()
            ],
        )


def name_households(connection: Connection, names: Mapping[Place, str]) -> None:
    """Write names on doors."""
    if names:
        connection.execute(
            update(_household)
            .where(
                _household.c.community == bindparam("its_community"),
                _household.c.door == bindparam("its_door"),
            )
            .values(name=bindparam("its_name")),
            [
                {"its_community": community, "its_door": door, "its_name": name}
                for (community, door), name in names.items()
            ],
        )

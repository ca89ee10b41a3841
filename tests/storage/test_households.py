"""Households as stored: found by door, whether they did anything, and named once."""

from points.domain.ids import CommunityKey, HouseholdId
from points.domain.imports import KnownDoor
from points.domain.people import Home
from points.service.transactions import snapshot, transaction
from points.storage.engine import Database
from points.storage.households import (
    add_households,
    find_household,
    load_doors,
    name_households,
    settle_households,
    used_among,
)
from tests.desk import print_blank, record, scan
from tests.market import NOW
from tests.save import open_market

SHIJI = CommunityKey("shiji")
WANG = Home(community=SHIJI, door="2-301", name="王伟")
LI = Home(community=SHIJI, door="2-302")


def test_households_are_found_by_their_doors(database: Database) -> None:
    with transaction(database) as connection:
        add_households(connection, [WANG, LI], at=NOW)
        found = load_doors(connection, [WANG.place, LI.place, (SHIJI, "9")])

    assert {place: door.name for place, door in found.items()} == {
        WANG.place: "王伟",
        LI.place: None,
    }


def test_more_doors_than_a_statement_can_carry_are_read(database: Database) -> None:
    homes = [Home(community=SHIJI, door=str(number)) for number in range(35_000)]
    with transaction(database) as connection:
        add_households(connection, homes, at=NOW)

        assert len(load_doors(connection, [home.place for home in homes])) == 35_000


def test_an_anonymous_household_gets_a_door_and_a_nameless_one_a_name(database: Database) -> None:
    card = print_blank(database, 1)[0]
    household = record(database, card.number).household

    with transaction(database) as connection:
        settle_households(connection, {household: LI})
        name_households(connection, {LI.place: "李娜"})
        found = find_household(connection, household)
        doors = load_doors(connection, [LI.place])

    assert found is not None
    assert found.home == Home(community=SHIJI, door="2-302", name="李娜")
    assert [one.number for one in found.cards] == [card.number]
    assert doors == {LI.place: KnownDoor(household=household, name="李娜")}


def test_a_household_that_scanned_is_used_and_one_that_was_refused_is_not(
    database: Database,
) -> None:
    book = open_market(database)
    cards = print_blank(database, 2)
    first, second = (record(database, card.number).household for card in cards)
    scan(book, cards[0])

    with snapshot(database) as connection:
        assert used_among(connection, [first, second]) == {first}


def test_nobody_is_nobody(database: Database) -> None:
    with snapshot(database) as connection:
        assert find_household(connection, HouseholdId(99)) is None
        assert load_doors(connection, []) == {}
        assert used_among(connection, []) == frozenset()


def test_writing_nothing_is_nothing(database: Database) -> None:
    open_market(database)
    [card] = print_blank(database, 1)
    household = record(database, card.number).household
    with snapshot(database) as connection:
        before = find_household(connection, household)

    with transaction(database) as connection:
        add_households(connection, [], at=NOW)
        settle_households(connection, {})
        name_households(connection, {})

    with snapshot(database) as connection:
        assert before is not None
        assert find_household(connection, household) == before

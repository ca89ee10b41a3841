"""Lines tell who else had a part in them: masked, by a word for the pool, or in one's own words."""

from dataclasses import replace

import pytest

from points.domain.cards import CardNumber
from points.domain.facts import Accepted
from points.domain.ids import HouseholdId
from points.domain.operations import Kind
from points.domain.passbooks import Line, Party
from points.domain.programme import Programme
from points.service.gifts import Wish, give_at_desk
from points.service.households import merge_households
from points.service.posting import Book
from points.service.statements import WholeStatement, read_whole_statement
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import HouseholdRow
from tests.build import make_catalog
from tests.market import LI, NOW, PROGRAMME, WANG
from tests.save import open_market, save_household

WANGS, LIS = (CardNumber(f"{owner:09}") for owner in (WANG, LI))
GIVING = replace(PROGRAMME, gift_points_per_day_max=300)
ELSE = HouseholdId(9)
_household = table_of(HouseholdRow)


def open_up(database: Database, programme: Programme = GIVING) -> Book:
    book = open_market(database, catalog=make_catalog(programme), points={WANG: 500})
    name_it(database, WANG, "王伟")
    with transaction(database) as connection:
        save_household(connection, ELSE, fingerprint=b"9" * 32)
    return book


def name_it(database: Database, household: HouseholdId, name: str | None) -> None:
    row = _household.c.id == household
    with transaction(database) as connection:
        connection.execute(_household.update().where(row).values(name=name))


def give(book: Book, to: CardNumber = LIS) -> None:
    wish = Wish(giver=WANGS, to=to, points=50)
    assert isinstance(give_at_desk(book, wish, f"to {to}", now=NOW), Accepted)


def last_line(book: Book, household: HouseholdId) -> Line:
    found = read_whole_statement(book, household, now=NOW)
    assert isinstance(found, WholeStatement)
    return found.lines[-1]


def test_a_gift_tells_each_side_of_the_other_masked_and_by_the_end_of_the_card_that_was_named(
    database: Database,
) -> None:
    book = open_up(database)
    give(book)

    gave, got = last_line(book, WANG), last_line(book, LI)

    assert (gave.posted.kind, gave.other) == (Kind.GIVE, Party(ending="002"))
    assert (got.posted.kind, got.other) == (
        Kind.GIFT_RECEIVED,
        Party(name="王*", ending="001"),
    )


def test_the_pool_is_told_as_what_it_was_when_it_got_the_gift(database: Database) -> None:
    book = open_up(database, replace(GIVING, pool_card=LIS))
    give(book)

    assert last_line(book, WANG).other == Party(is_pool=True)


def test_a_name_is_told_of_whoever_stands_today_and_no_longer_than_it_is_known(
    database: Database,
) -> None:
    book = open_up(database)
    give(book, CardNumber(f"{ELSE:09}"))
    name_it(database, LI, "李梅")
    merge_households(book, ELSE, LI, now=NOW)

    merged = last_line(book, WANG).other
    name_it(database, LI, None)

    assert merged == Party(name="李*", ending="009")
    assert last_line(book, WANG).other == Party(ending="009")


@pytest.mark.parametrize("household", [WANG, LI])
def test_what_is_no_gift_has_nobody_else_in_it(database: Database, household: HouseholdId) -> None:
    book = open_market(database, points={WANG: 500, LI: 20})

    line = last_line(book, household)

    assert (line.other, line.carrier) == (None, None)

"""Both sides of gifts, by the cards that were named then and the names of today."""

from dataclasses import replace

from points.domain.cards import CardNumber
from points.domain.facts import Accepted
from points.service.gifts import Wish, give_at_desk
from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.gifts import Side, Sides, load_sides
from points.storage.people import HouseholdRow
from tests.build import make_catalog
from tests.market import LI, NOW, PROGRAMME, WANG
from tests.save import open_market

WANGS, LIS = (CardNumber(f"{owner:09}") for owner in (WANG, LI))


def test_sides_are_read_with_whole_names_and_the_numbers_that_were_named(
    database: Database,
) -> None:
    giving = make_catalog(replace(PROGRAMME, gift_points_per_day_max=300))
    book = open_market(database, catalog=giving, points={WANG: 500})
    household = table_of(HouseholdRow)
    with transaction(database) as connection:
        connection.execute(household.update().where(household.c.id == LI).values(name="李梅"))
    given = give_at_desk(book, Wish(giver=WANGS, to=LIS, points=50), "one", now=NOW)
    assert isinstance(given, Accepted)

    with snapshot(database) as connection:
        found = load_sides(connection, [given.operation])

    sides = Sides(giver=Side(name="", number=WANGS), receiver=Side(name="李梅", number=LIS))
    assert found == {given.operation: sides}

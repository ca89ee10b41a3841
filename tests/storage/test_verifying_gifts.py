from dataclasses import replace

from points.domain.cards import CardNumber
from points.domain.ids import wallet
from points.domain.shapes import GIFTED
from points.service.gifts import Wish, give_at_desk
from points.service.transactions import snapshot
from points.storage.engine import Database
from points.storage.verifying_gifts import read_gift_entries, read_gifts
from tests.build import make_catalog
from tests.market import LI, NOW, PROGRAMME, WANG
from tests.save import open_market


def test_both_sides_of_a_gift_are_read_with_the_ends_of_their_lots(database: Database) -> None:
    giving = replace(PROGRAMME, gift_points_per_day_max=9)
    book = open_market(database, catalog=make_catalog(giving), points={WANG: 50})
    giver, to = (CardNumber(f"{owner:09}") for owner in (WANG, LI))
    give_at_desk(book, Wish(giver=giver, to=to, points=5), "one", now=NOW)

    with snapshot(database) as connection:
        given, received = read_gifts(connection)
        out, into = read_gift_entries(connection)

    assert [(it.kind, it.household, it.points) for it in (given, received)] == [
        ("give", WANG, -5),
        ("gift_received", LI, 5),
    ]
    assert (out.operation, out.credit, out.amount) == (given.id, GIFTED, 5)
    assert (into.operation, into.credit, into.amount) == (received.id, wallet(LI), 5)
    assert (into.expires_at, out.expires_at, into.ends) == (out.ends, None, None)

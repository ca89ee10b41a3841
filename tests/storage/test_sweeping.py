"""Lots whose time has come, the longest ended first."""

from datetime import timedelta

from points.domain.ids import HouseholdId
from points.service.posting import post
from points.service.transactions import snapshot
from points.storage.engine import Database
from points.storage.sweeping import load_due_lots
from tests.build import ask, make_redeem
from tests.market import LI, POINTS_END, WANG, ZHAO
from tests.save import open_market

TICK = timedelta(microseconds=1)


def test_a_lot_is_due_from_the_instant_at_which_it_ends(database: Database) -> None:
    open_market(database, points={WANG: 100, LI: 50})

    with snapshot(database) as connection:
        assert load_due_lots(connection, POINTS_END - TICK, after=None, most=9) == []
        assert len(load_due_lots(connection, POINTS_END, after=None, most=9)) == 2


def test_due_lots_are_read_part_by_part_with_what_is_left_of_them(database: Database) -> None:
    book = open_market(database, points={WANG: 100, LI: 50, ZHAO: 30})
    post(book, [ask(make_redeem())])

    seen: list[tuple[HouseholdId, int]] = []
    with snapshot(database) as connection:
        last = None
        while part := load_due_lots(connection, POINTS_END, after=last, most=2):
            seen += [(lot.household, lot.points) for lot in part]
            last = part[-1]

    assert seen == [(WANG, 70), (LI, 50), (ZHAO, 30)]


def test_an_empty_lot_is_not_due(database: Database) -> None:
    book = open_market(database, points={WANG: 30})
    post(book, [ask(make_redeem())])

    with snapshot(database) as connection:
        assert load_due_lots(connection, POINTS_END, after=None, most=9) == []

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from points.domain.ids import RewardKey
from points.domain.periods import DaysValid, EndOfYear, Never, Period
from points.domain.programme import Catalog, CleanUp, Shelf, Shift, Versions, Weighed
from points.service.transactions import snapshot, transaction
from points.storage.catalog import (
    Change,
    add_budgets,
    add_changes,
    add_shelves,
    catalog_number,
    load_catalog,
    lock_catalog,
)
from points.storage.engine import Database
from tests.build import make_catalog, with_version, without
from tests.engines import ON_POSTGRESQL
from tests.market import (
    BIN_BAGS,
    CHECK_IN,
    CLEAN_UP,
    GAME,
    HAND_IN,
    MARKET,
    NOW,
    PROGRAMME,
    REDEEMING,
    SHIFT,
    SINCE_EVER,
    Item,
)
from tests.save import save_catalog


def kept(database: Database, catalog: Catalog) -> Catalog:
    """Give the catalog as it comes back, under the number that it was given."""
    with transaction(database) as connection:
        save_catalog(connection, catalog)
    with snapshot(database) as connection:
        found = load_catalog(connection)
        assert found.number == catalog_number(connection)
    return replace(found, number=catalog.number)


def test_a_whole_market_day_comes_back_as_it_was_set_up(database: Database) -> None:
    catalog = make_catalog(replace(MARKET, points_budget=900), replace(CHECK_IN, points_budget=50))

    assert kept(database, catalog) == catalog


@pytest.mark.parametrize(
    "item",
    [
        replace(PROGRAMME, expires=EndOfYear(0)),
        replace(PROGRAMME, expires=DaysValid(90)),
        replace(PROGRAMME, expires=Never()),
        replace(PROGRAMME, zone=ZoneInfo("America/St_Johns"), fen_per_point=Fraction(10, 3)),
        replace(HAND_IN, rule=Weighed(per_kilogram={"废纸 & 纸板": Fraction(1, 3)})),
        replace(SHIFT, rule=Shift(points_per_hour=3, hours_counted_max=Fraction(7, 2))),
        replace(CLEAN_UP, rule=CleanUp(points_per_person=5, points_max=80, once_in=Period.QUARTER)),
        replace(GAME, points_max_per_day=9, points_max_per_event=20, counts_towards_day=True),
        replace(BIN_BAGS, reserved_for={"elders": 4, "助残": 1}),
        replace(MARKET, community=None, tolerance_minutes=15, buildings=("3", "5A")),
    ],
    ids=lambda item: f"{type(item).__name__}: {getattr(item, 'rule', item)}"[:50],
)
def test_everything_that_can_be_set_up_comes_back_equal(database: Database, item: Item) -> None:
    catalog = make_catalog(item)

    assert kept(database, catalog) == catalog


def test_versions_come_back_in_order_with_the_withdrawn_ones(database: Database) -> None:
    catalog = with_version(make_catalog(), replace(BIN_BAGS, price=40), valid_from=NOW)
    catalog = without(catalog, CHECK_IN, valid_from=NOW)

    assert kept(database, catalog) == catalog


def test_a_new_database_has_an_empty_catalog(database: Database) -> None:
    with snapshot(database) as connection:
        found = load_catalog(connection)

    nothing: Versions[object] = Versions(())
    assert (found.number, found.programme, found.events) == (0, nothing, {})


def test_the_number_grows_with_every_change(database: Database) -> None:
    numbers = []
    for number in (1, 2):
        change = Change(
            kind="reward",
            key=BIN_BAGS.key,
            number=number,
            valid_from=datetime(2019, 1, number, tzinfo=UTC),
            item=BIN_BAGS,
        )
        with transaction(database) as connection:
            add_changes(connection, [change])
            numbers.append(catalog_number(connection))

    assert numbers == [1, 2]


def test_two_cannot_both_make_the_next_version(database: Database) -> None:
    change = Change(kind="reward", key=BIN_BAGS.key, number=1, valid_from=SINCE_EVER, item=BIN_BAGS)
    with transaction(database) as connection:
        add_changes(connection, [change])

    with pytest.raises(IntegrityError), transaction(database) as connection:
        add_changes(connection, [change])


@ON_POSTGRESQL
def test_while_one_changes_the_catalog_others_read_it_but_do_not_change_it(
    database: Database,
) -> None:
    with transaction(database) as connection:
        lock_catalog(connection)

        with snapshot(database) as reader:
            assert catalog_number(reader) == 0
        with transaction(database) as other:
            other.execute(text("SET LOCAL lock_timeout = 1"))
            with pytest.raises(OperationalError, match="lock timeout"), other.begin_nested():
                lock_catalog(other)


def test_shelves_and_budgets_keep_their_numbers_when_more_are_added(database: Database) -> None:
    first, second = (Shelf(reward=RewardKey(key), booth=REDEEMING) for key in ("a", "b"))
    with transaction(database) as connection:
        add_shelves(connection, [first])
        add_budgets(connection, ["a"])
    with transaction(database) as connection:
        add_shelves(connection, [second])
        add_budgets(connection, ["b"])
        add_shelves(connection, [])

    with snapshot(database) as connection:
        found = load_catalog(connection)
    assert (found.shelves, found.budgets) == ({first: 1, second: 2}, {"a": 1, "b": 2})

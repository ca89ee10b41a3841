"""Loading a programme file: whole or not at all, once, and from now on."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Refused
from points.domain.ids import AccountId, RewardKey, budget, goods
from points.domain.operations import Earn, Redeem
from points.domain.outcomes import Refusal
from points.domain.programme import Catalog, Fixed, Reward, Shelf
from points.domain.programme_changes import (
    ChangeFault,
    ChangeRefused,
    ItemChange,
    ItemKind,
    shelves_of,
)
from points.domain.programme_file import ProgrammeFile, read_programme_file
from points.service import programmes as service
from points.service.posting import Book, make_book, post
from points.service.programmes import Loaded, LoadRefused, load_programme
from points.service.transactions import snapshot, transaction
from points.storage.catalog import load_catalog, lock_catalog
from points.storage.engine import Database
from tests.build import ask, make_device
from tests.desk import everything, make_file, print_blank, ref, wait_until_blocked
from tests.market import BIN_BAGS, CHECK_IN, MARKET, NOW, REDEEMING, TOWEL
from tests.save import WallClock

LATER = NOW + timedelta(hours=1)
DEMO = Path(__file__).parents[2] / "points" / "demo" / "changfeng.toml"


def book_of(database: Database) -> Book:
    return make_book(database, WallClock())


def loaded(book: Book, file: ProgrammeFile, **given: Any) -> Loaded:
    result = load_programme(book, file, **{"now": NOW, **given})
    assert isinstance(result, Loaded), result
    return result


def catalog_of(database: Database) -> Catalog:
    with snapshot(database) as connection:
        return load_catalog(connection)


def balances(database: Database) -> dict[AccountId, int]:
    return {
        AccountId(int(str(row[0]))): int(str(row[1])) for row in everything(database)["account"]
    }


def on_shelf(database: Database, reward: RewardKey, reserve: str = "") -> int:
    shelf = Shelf(reward=reward, booth=REDEEMING, reserve=reserve)
    return balances(database)[goods(catalog_of(database).shelves[shelf])]


def demo() -> ProgrammeFile:
    file = read_programme_file(DEMO.read_text("utf-8"), file=DEMO.name)
    assert isinstance(file, ProgrammeFile), file
    return file


def items_of(catalog: Catalog) -> ProgrammeFile:
    """Give what is in force, as a file would say it."""

    def newest(table: Mapping[Any, Any]) -> tuple[Any, ...]:
        return tuple(one.latest.item for one in table.values() if one.latest.item is not None)

    return ProgrammeFile(
        programme=catalog.programme_at(NOW),
        communities=newest(catalog.communities),
        events=newest(catalog.events),
        booths=newest(catalog.booths),
        activities=newest(catalog.activities),
        rewards=newest(catalog.rewards),
    )


def in_order(file: ProgrammeFile) -> dict[str, Any]:
    return {
        "programme": file.programme,
        **{
            name: {item.key: item for item in getattr(file, name)}
            for name in ("communities", "events", "booths", "activities", "rewards")
        },
    }


def test_the_demo_is_stored_exactly_as_the_file_says(database: Database) -> None:
    file = demo()

    result = loaded(book_of(database), file)

    catalog = catalog_of(database)
    assert in_order(items_of(catalog)) == in_order(file)
    assert set(catalog.shelves) == set(shelves_of(file))
    assert result.counts[ItemKind.BOOTH] == Counter({ItemChange.ADDED: 16})


def test_opening_stock_lies_on_the_shelves(database: Database) -> None:
    loaded(book_of(database), make_file())

    assert on_shelf(database, BIN_BAGS.key) == BIN_BAGS.stock
    for reserve, pieces in TOWEL.reserved_for.items():
        assert on_shelf(database, TOWEL.key, reserve) == pieces
    assert on_shelf(database, TOWEL.key) == TOWEL.stock - sum(TOWEL.reserved_for.values())


@pytest.mark.parametrize("file", [make_file(), demo()], ids=["market", "demo"])
def test_loading_again_changes_nothing(database: Database, file: ProgrammeFile) -> None:
    book = book_of(database)
    loaded(book, file)
    before = everything(database)

    again = loaded(book, file, now=LATER)

    assert again.posted == 0
    assert {change for counts in again.counts.values() for change in counts} == {
        ItemChange.UNCHANGED
    }
    assert everything(database) == before


def test_a_changed_price_applies_from_now_on_and_never_backwards(database: Database) -> None:
    clock = WallClock()
    book = make_book(database, clock)
    loaded(book, make_file(replace(CHECK_IN, times=())))
    cards = print_blank(database, 1)
    device = make_device()
    for _ in range(10):
        earn = Earn(card=ref(cards[0]), activity=CHECK_IN.key, occurred_at=NOW)
        assert isinstance(post(book, [ask(earn, by=device)])[0], Accepted)

    dearer = make_file(replace(CHECK_IN, times=()), replace(BIN_BAGS, price=40))
    loaded(book, dearer, now=LATER)
    clock.now = LATER

    def redeem(occurred_at: Any, price: int) -> object:
        one = Redeem(
            card=ref(cards[0]),
            reward=BIN_BAGS.key,
            quantity=1,
            price_shown=price,
            occurred_at=occurred_at,
        )
        return post(book, [ask(one, by=device)])[0]

    before, after = redeem(LATER - timedelta(seconds=1), 30), redeem(LATER, 30)
    assert isinstance(before, Accepted)
    assert before.points == -30
    assert after == Refused(reason=Refusal.PRICE_CHANGED, details={"price": 40})


def test_what_is_no_longer_in_the_file_ends_now(database: Database) -> None:
    clock = WallClock()
    book = make_book(database, clock)
    loaded(book, make_file())
    card = print_blank(database, 1)[0]

    result = loaded(book, make_file(less=[CHECK_IN]), now=LATER)
    clock.now = LATER

    late = Earn(card=ref(card), activity=CHECK_IN.key, occurred_at=LATER)
    early = replace(late, occurred_at=NOW, is_offline=True)
    refused, accepted = post(book, [ask(late), ask(early)])
    assert result.counts[ItemKind.ACTIVITY][ItemChange.WITHDRAWN] == 1
    assert refused == Refused(reason=Refusal.ACTIVITY_UNKNOWN)
    assert isinstance(accepted, Accepted)


def test_a_new_reward_brings_its_stock_and_the_others_keep_theirs(database: Database) -> None:
    book = book_of(database)
    loaded(book, make_file())
    soap = Reward(
        key=RewardKey("market/soap"),
        event=MARKET.key,
        name="肥皂",
        price=50,
        stock=200,
        home_booth=REDEEMING,
    )

    result = loaded(book, make_file(soap), now=LATER)

    assert result.posted == 1
    assert (on_shelf(database, soap.key), on_shelf(database, BIN_BAGS.key)) == (200, 400)


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (make_file(replace(BIN_BAGS, stock=500), replace(CHECK_IN, name="x")), "stock_changed"),
        (make_file(replace(TOWEL, reserved_for={})), "reserves_changed"),
    ],
)
def test_a_fault_loads_nothing_of_the_file(
    database: Database, file: ProgrammeFile, fault: str
) -> None:
    book = book_of(database)
    loaded(book, make_file())
    before = everything(database)

    refused = load_programme(book, file, now=LATER)

    assert isinstance(refused, LoadRefused)
    assert [(one.reason, one.command) for one in refused.faults] == [
        (ChangeFault(fault), "points stock receive")
    ]
    assert everything(database) == before


def with_budget(points: int | None) -> ProgrammeFile:
    return make_file(replace(CHECK_IN, points_budget=points, times=()))


def budget_left(database: Database) -> int:
    return balances(database)[budget(catalog_of(database).budgets[CHECK_IN.key])]


def earn_ten(book: Book) -> object:
    card = print_blank(book.database, 1, seed=len(everything(book.database)["card"]))[0]
    return post(book, [ask(Earn(card=ref(card), activity=CHECK_IN.key, occurred_at=NOW))])[0]


def test_a_budget_is_set_and_later_changed_by_what_was_not_awarded_yet(
    database: Database,
) -> None:
    book = book_of(database)
    loaded(book, with_budget(50))
    earn_ten(book)
    assert budget_left(database) == 40

    for points, left in ((20, 10), (50, 40), (10, 0), (30, 20)):
        assert loaded(book, with_budget(points), now=LATER).posted == 1
        assert budget_left(database) == left


def test_a_budget_below_what_was_awarded_loads_nothing(database: Database) -> None:
    book = book_of(database)
    loaded(book, with_budget(50))
    earn_ten(book)
    before = everything(database)

    for _ in range(2):
        assert load_programme(book, with_budget(9), now=LATER) == LoadRefused(
            faults=(
                ChangeRefused(
                    kind=ItemKind.ACTIVITY,
                    key=CHECK_IN.key,
                    reason=ChangeFault.BUDGET_BELOW_AWARDED,
                    before="10",
                    after="9",
                ),
            )
        )
    assert everything(database) == before


def test_a_catalog_that_was_taken_back_is_not_remembered(database: Database) -> None:
    """The refused file and the next one would both make the catalog's next number."""
    book = book_of(database)
    loaded(book, with_budget(50))
    earn_ten(book)
    load_programme(book, with_budget(9), now=LATER)

    loaded(book, make_file(replace(CHECK_IN, points_budget=50, rule=Fixed(points=7))), now=NOW)

    outcome = earn_ten(book)
    assert isinstance(outcome, Accepted)
    assert outcome.points == 7


def test_a_budget_added_later_counts_from_then_on(database: Database) -> None:
    book = book_of(database)
    loaded(book, with_budget(None))
    earn_ten(book)

    loaded(book, with_budget(10), now=LATER)

    assert isinstance(earn_ten(book), Accepted)
    outcome = earn_ten(book)
    assert isinstance(outcome, Refused)
    assert outcome.reason is Refusal.BUDGET_EXHAUSTED


@pytest.mark.parametrize("step", ["add_shelves", "add_budgets", "post_within"])
def test_a_crash_half_way_leaves_nothing_and_loading_again_heals(
    database: Database, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    book = book_of(database)
    before = everything(database)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(service, step, crash)
        with pytest.raises(SystemExit):
            load_programme(book, with_budget(50), now=NOW)
    assert everything(database) == before

    loaded(book, with_budget(50), now=LATER)
    assert (on_shelf(database, BIN_BAGS.key), budget_left(database)) == (400, 50)


def test_goods_that_a_catalog_lacks_are_brought_by_loading_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A catalog without its stock, as a restored backup may have it, is made whole."""
    book = book_of(database)
    nothing: Callable[..., list[Any]] = lambda *_: []  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(service, "_stock", nothing)
        loaded(book, make_file())

    loaded(book, make_file(), now=LATER)

    assert on_shelf(database, BIN_BAGS.key) == 400


def test_two_loads_at_once_load_once(database: Database) -> None:
    def load(_: int) -> Loaded | LoadRefused:
        return load_programme(book_of(database), with_budget(50), now=NOW)

    with ThreadPoolExecutor(4) as desks:
        results = list(desks.map(load, range(4)))

    added = [
        result.counts[ItemKind.REWARD][ItemChange.ADDED]
        for result in results
        if isinstance(result, Loaded)
    ]
    assert sorted(added) == [0, 0, 0, len(make_file().rewards)]
    assert (on_shelf(database, BIN_BAGS.key), budget_left(database)) == (400, 50)


def test_a_load_waits_for_the_one_before_it(database: Database) -> None:
    with ThreadPoolExecutor(1) as desk:
        with transaction(database) as connection:
            lock_catalog(connection)
            load = desk.submit(load_programme, book_of(database), make_file(), now=NOW)
            wait_until_blocked(database)
            assert not load.done()

        assert isinstance(load.result(), Loaded)


def test_scans_go_on_while_a_file_is_loaded(database: Database) -> None:
    book = book_of(database)
    loaded(book, make_file())
    card = print_blank(database, 1)[0]

    def load_all() -> list[Loaded | LoadRefused]:
        prices = enumerate(range(31, 36))
        return [
            load_programme(book, make_file(replace(BIN_BAGS, price=price)), now=after(minutes))
            for minutes, price in prices
        ]

    with ThreadPoolExecutor(2) as doors:
        loads = doors.submit(load_all)
        earn = Earn(card=ref(card), activity=CHECK_IN.key, occurred_at=NOW)
        outcome = doors.submit(post, book, [ask(earn, by=OPERATOR)]).result()

    assert all(isinstance(load, Loaded) for load in loads.result())
    assert isinstance(outcome[0], Accepted)
    assert catalog_of(database).rewards[BIN_BAGS.key].latest.item == replace(BIN_BAGS, price=35)


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)

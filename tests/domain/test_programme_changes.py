"""What a programme file changes: only what differs, only from now on, and never what is booked."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from points.domain.ids import BoothKey
from points.domain.programme import Activity, Catalog, Shelf
from points.domain.programme_changes import (
    SINCE_EVER,
    ChangeFault,
    ChangeRefused,
    ItemChange,
    ItemKind,
    NewVersion,
    budget_since,
    compare,
    opening_stock,
    shelves_of,
)
from tests.build import make_catalog, with_version, without
from tests.desk import make_file
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    CLEAN_UP,
    CORRIDORS,
    ITEMS,
    MARKET,
    NOW,
    PROGRAMME,
    QINGSHUI,
    REDEEMING,
    SHIJI,
    TOWEL,
)

LATER = NOW + timedelta(hours=1)


def empty_catalog() -> Catalog:
    from_nothing: dict[str, Any] = {
        name: {} for name in ("communities", "events", "booths", "activities", "rewards")
    }
    programme = replace(make_catalog().programme, all=())
    return Catalog(number=0, programme=programme, shelves={}, budgets={}, **from_nothing)


def test_the_first_file_is_in_force_since_ever() -> None:
    changes = compare(empty_catalog(), make_file(), NOW)

    assert len(changes.versions) == len(ITEMS)
    assert {(one.number, one.valid_from) for one in changes.versions} == {(1, SINCE_EVER)}
    assert changes.counts[ItemKind.BOOTH] == Counter({ItemChange.ADDED: len(BOOTHS)})
    assert changes.faults == []


def test_the_same_file_again_changes_nothing() -> None:
    changes = compare(make_catalog(), make_file(), LATER)

    assert (changes.versions, changes.budgets, changes.faults) == ([], [], [])
    assert changes.counts[ItemKind.PROGRAMME] == Counter({ItemChange.UNCHANGED: 1})


def test_a_changed_price_is_a_further_version_from_now_on() -> None:
    dearer = replace(BIN_BAGS, price=40)

    changes = compare(make_catalog(), make_file(dearer), LATER)

    assert changes.versions == [
        NewVersion(kind=ItemKind.REWARD, key=BIN_BAGS.key, number=2, valid_from=LATER, item=dearer)
    ]
    assert changes.counts[ItemKind.REWARD][ItemChange.CHANGED] == 1


def test_what_is_no_longer_in_the_file_is_withdrawn_once() -> None:
    file = make_file(less=[CHECK_IN])

    first = compare(make_catalog(), file, LATER)
    again = compare(without(make_catalog(), CHECK_IN, valid_from=LATER), file, LATER)

    assert first.versions == [
        NewVersion(kind=ItemKind.ACTIVITY, key=CHECK_IN.key, number=2, valid_from=LATER, item=None)
    ]
    assert first.counts[ItemKind.ACTIVITY][ItemChange.WITHDRAWN] == 1
    assert again.versions == []
    assert again.counts[ItemKind.ACTIVITY][ItemChange.WITHDRAWN] == 0


def test_what_comes_back_was_not_there_meanwhile() -> None:
    catalog = without(make_catalog(), CHECK_IN, valid_from=NOW)

    changes = compare(catalog, make_file(), LATER)

    assert changes.versions == [
        NewVersion(
            kind=ItemKind.ACTIVITY, key=CHECK_IN.key, number=3, valid_from=LATER, item=CHECK_IN
        )
    ]
    assert changes.counts[ItemKind.ACTIVITY][ItemChange.ADDED] == 1


def test_versions_follow_each_other_even_when_the_clock_went_back() -> None:
    catalog = with_version(make_catalog(), replace(BIN_BAGS, price=40), valid_from=LATER)

    changes = compare(catalog, make_file(), NOW)

    assert [one.valid_from for one in changes.versions] == [LATER + timedelta(microseconds=1)]


@pytest.mark.parametrize(
    ("item", "fault", "before", "after"),
    [
        (
            replace(PROGRAMME, zone=ZoneInfo("Asia/Urumqi")),
            ChangeFault.ZONE_CHANGED,
            "Asia/Shanghai",
            "Asia/Urumqi",
        ),
        (replace(BIN_BAGS, stock=500), ChangeFault.STOCK_CHANGED, "400", "500"),
        (
            replace(TOWEL, reserved_for={}),
            ChangeFault.RESERVES_CHANGED,
            str(dict(TOWEL.reserved_for)),
            "{}",
        ),
        (
            replace(BIN_BAGS, home_booth=BoothKey("market/7")),
            ChangeFault.HOME_BOOTH_CHANGED,
            "market/4",
            "market/7",
        ),
        (
            replace(CORRIDORS, community=QINGSHUI.key),
            ChangeFault.COMMUNITY_CHANGED,
            "shiji",
            "qingshui",
        ),
    ],
)
def test_a_file_cannot_change_what_the_book_builds_on(
    item: Any, fault: ChangeFault, before: str, after: str
) -> None:
    changes = compare(make_catalog(), make_file(item), LATER)

    assert [(one.reason, one.before, one.after) for one in changes.faults] == [
        (fault, before, after)
    ]


def test_a_fault_about_stock_names_the_command_that_changes_stock() -> None:
    refused = compare(make_catalog(), make_file(replace(BIN_BAGS, stock=500)), LATER).faults[0]

    assert (refused.key, refused.command) == (BIN_BAGS.key, "points stock receive")


def test_every_fault_is_named() -> None:
    bags, towel = replace(BIN_BAGS, stock=1), replace(TOWEL, stock=1)

    changes = compare(make_catalog(), make_file(bags, towel), LATER)

    assert [fault.key for fault in changes.faults] == [BIN_BAGS.key, TOWEL.key]


def test_stock_is_held_against_what_was_there_before_a_withdrawal() -> None:
    catalog = without(make_catalog(), BIN_BAGS, valid_from=NOW)

    changes = compare(catalog, make_file(replace(BIN_BAGS, stock=500)), LATER)

    assert [fault.reason for fault in changes.faults] == [ChangeFault.STOCK_CHANGED]


def test_an_event_without_clean_ups_may_move_to_another_community() -> None:
    changes = compare(make_catalog(), make_file(replace(MARKET, community=SHIJI.key)), LATER)

    assert changes.faults == []


def test_a_budget_can_be_set_and_changed_but_not_removed() -> None:
    limited = replace(CHECK_IN, points_budget=500)
    catalog = make_catalog(limited)

    added = compare(make_catalog(), make_file(limited), LATER)
    changed = compare(catalog, make_file(replace(CHECK_IN, points_budget=600)), LATER)
    removed = compare(catalog, make_file(CHECK_IN), LATER)

    assert (added.budgets, added.faults) == ([CHECK_IN.key], [])
    assert (changed.budgets, changed.faults) == ([], [])
    assert removed.faults == [
        ChangeRefused(
            kind=ItemKind.ACTIVITY,
            key=CHECK_IN.key,
            reason=ChangeFault.BUDGET_REMOVED,
            before="set",
            after="removed",
        )
    ]


def test_each_reward_has_a_shelf_at_each_redeeming_booth_and_reserves_at_home() -> None:
    second = replace(BOOTHS[7], redeems=True)

    shelves = shelves_of(make_file(second, less=[BIN_BAGS]))

    assert [shelf for shelf in shelves if shelf.reward == TOWEL.key] == [
        Shelf(reward=TOWEL.key, booth=REDEEMING),
        Shelf(reward=TOWEL.key, booth=second.key),
        *(
            Shelf(reward=TOWEL.key, booth=REDEEMING, reserve=reserve)
            for reserve in TOWEL.reserved_for
        ),
    ]


def test_only_shelves_that_are_new_are_made() -> None:
    catalog = make_catalog()
    bags = Shelf(reward=BIN_BAGS.key, booth=REDEEMING)
    fewer = {shelf: number for shelf, number in catalog.shelves.items() if shelf != bags}

    changes = compare(replace(catalog, shelves=fewer), make_file(), LATER)

    assert changes.shelves == [bags]


def test_reserved_pieces_lie_apart_from_the_start() -> None:
    towel = replace(TOWEL, stock=20, reserved_for={"elders": 4, "nobody": 0})

    assert opening_stock(towel) == {"": 16, "elders": 4}
    assert opening_stock(replace(towel, stock=4)) == {"elders": 4}
    assert opening_stock(replace(towel, stock=0, reserved_for={})) == {}


def test_a_budget_is_as_old_as_its_size() -> None:
    def limited(points: int | None) -> Activity:
        return replace(CLEAN_UP, points_budget=points)

    catalog = make_catalog(limited(None))
    assert budget_since(catalog.activities[CLEAN_UP.key]) == 1
    for points in (500, 600, 600):
        catalog = with_version(catalog, limited(points), valid_from=NOW)
    catalog = without(catalog, CLEAN_UP, valid_from=NOW)
    catalog = with_version(catalog, limited(600), valid_from=NOW)
    assert budget_since(catalog.activities[CLEAN_UP.key]) == 3
    catalog = with_version(catalog, limited(500), valid_from=NOW)
    assert budget_since(catalog.activities[CLEAN_UP.key]) == 7

from dataclasses import replace

import pytest

from points.service.transactions import transaction
from points.storage.catalog import Change, add_changes
from tests.market import BIN_BAGS, LI, MARKET, SINCE_EVER, TOWEL, at
from tests.web.served import CODES, Served, redeem


def keys(served: Served, caller: str, path: str) -> list[str]:
    answer = served.ask(caller, "GET", path)
    assert answer.status_code == 200, answer.text
    return [one["key"] for one in answer.json()]


def test_an_event_is_told_by_the_programmes_clocks(served: Served) -> None:
    told = {
        "key": "market",
        "name": "市集",
        "name_en": "",
        "place": "",
        "community": None,
        "kind": "",
        "sessions": [{"opens": "2019-12-05T09:00:00+08:00", "closes": "2019-12-05T12:00:00+08:00"}],
        "is_open": True,
        "buildings": [],
    }

    assert served.ask("stamps", "GET", "/events").json() == [told]
    assert served.ask("stamps", "GET", "/events/market").json() == told

    served.clock.now = at("12:00")
    assert served.ask("stamps", "GET", "/events/market").json() == told | {"is_open": False}


@pytest.mark.parametrize("event", ["corridors", "lanes", "nowhere", "Market", "市集"])
def test_an_event_that_is_not_the_callers_is_not_found(served_once: Served, event: str) -> None:
    answer = served_once.ask("stamps", "GET", f"/events/{event}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_booths_phone_sees_its_booth_and_a_supervisor_all_of_them(served_once: Served) -> None:
    assert keys(served_once, "stamps", "/booths") == ["market/1"]
    assert keys(served_once, "partner", "/booths") == ["market/4"]
    assert keys(served_once, "supervisor", "/booths") == [f"market/{n}" for n in range(1, 8)]
    assert keys(served_once, "corridors", "/booths") == []
    assert served_once.ask("redeeming", "GET", "/booths").json() == [
        {
            "key": "market/4",
            "number": 4,
            "name": "展位4",
            "activities": ["market/check-in"],
            "redeems": True,
        }
    ]


def test_a_phone_sees_the_activities_of_its_booth_or_of_an_event_without_booths(
    served_once: Served,
) -> None:
    of_booth_7 = ["game", "hand-in", "quiz", "shift", "sorting"]

    assert keys(served_once, "stamps", "/activities") == ["market/stamp"]
    assert keys(served_once, "games", "/activities") == [f"market/{one}" for one in of_booth_7]
    assert keys(served_once, "corridors", "/activities") == ["corridors/clean-up"]
    assert len(keys(served_once, "supervisor", "/activities")) == 7


def test_an_activity_tells_what_it_pays(served_once: Served) -> None:
    found = served_once.ask("supervisor", "GET", "/activities").json()
    terms = {
        one["key"].partition("/")[2]: {
            name: value for name, value in one["rule"].items() if value is not None
        }
        for one in found
    }

    assert terms == {
        "check-in": {"kind": "fixed", "points": 10},
        "game": {"kind": "fixed", "points": 5},
        "hand-in": {
            "kind": "weighed",
            "points_per_kilogram": {"paper": 2.0, "metal": 8.0, "glass": 0.2},
        },
        "quiz": {"kind": "per_correct_answer", "points": 1, "points_max": 10},
        "shift": {"kind": "shift", "points": 10, "hours_counted_max": 2.0},
        "sorting": {"kind": "fixed", "points": 10},
        "stamp": {"kind": "stamp", "points": 2, "different_booths": 3, "bonus_points": 20},
    }
    assert served_once.ask("corridors", "GET", "/activities").json()[0]["rule"]["points"] == 20


def test_a_reward_tells_its_price_what_is_left_here_and_when_more_comes(served: Served) -> None:
    served.operate("redeeming", redeem(quantity=2), redeem(card=CODES[LI]))

    assert served.ask("redeeming", "GET", "/rewards").json() == [
        {
            "key": "market/bin-bags",
            "name": "垃圾袋",
            "name_en": "",
            "price": 30,
            "per_household_per_event": 2,
            "left": 397,
            "stock": [{"booth": 4, "left": 397, "reserved": {}, "next_release": None}],
        },
        {
            "key": "market/towel",
            "name": "毛巾",
            "name_en": "",
            "price": 800,
            "per_household_per_event": None,
            "left": 10,
            "stock": [
                {
                    "booth": 4,
                    "left": 10,
                    "reserved": {"elders": 4},
                    "next_release": {"at": "2019-12-05T11:00:00+08:00", "pieces": 6},
                }
            ],
        },
    ]


def test_what_is_shown_as_left_is_what_can_be_had(served: Served) -> None:
    def left() -> int:
        found = served.ask("partner", "GET", "/rewards").json()
        return next(int(one["left"]) for one in found if one["key"] == "market/towel")

    towels = {"reward": "towel", "price_shown": 0}
    _change(served, "reward", TOWEL.key, replace(TOWEL, price=0))

    assert left() == 10
    assert served.redeem("too-many", "partner", **towels, quantity=11).status_code == 409
    assert served.redeem("all", "partner", **towels, quantity=10).status_code == 201
    assert left() == 0


def test_a_booth_that_hands_nothing_out_has_no_rewards(served_once: Served) -> None:
    assert keys(served_once, "stamps", "/rewards") == []
    assert keys(served_once, "corridors", "/rewards") == []


def test_a_supervisor_sees_what_is_left_at_every_booth_that_hands_out(served_once: Served) -> None:
    found = served_once.ask("supervisor", "GET", "/rewards").json()

    assert [(one["left"], [stock["booth"] for stock in one["stock"]]) for one in found] == [
        (400, [4]),
        (10, [4]),
    ]


def test_a_changed_price_is_shown_from_its_instant_on_and_what_was_withdrawn_is_gone(
    served: Served,
) -> None:
    _change(served, "reward", BIN_BAGS.key, replace(BIN_BAGS, price=35))
    _change(served, "booth", "market/1", None)

    assert served.ask("partner", "GET", "/rewards").json()[0]["price"] == 35
    assert keys(served, "stamps", "/booths") == []
    assert keys(served, "stamps", "/activities") == []


def test_an_event_that_was_withdrawn_shows_nothing(served: Served) -> None:
    _change(served, "event", MARKET.key, None)

    assert keys(served, "stamps", "/events") == []
    balance = served.ask("redeeming", "POST", "/balances", json={"card": CODES[LI]})
    assert balance.json()["code"] == "card_unknown"


def _change(served: Served, kind: str, key: str, item: object) -> None:
    change = Change(kind=kind, key=key, number=2, valid_from=SINCE_EVER, item=item)
    with transaction(served.book.database) as connection:
        add_changes(connection, [change])

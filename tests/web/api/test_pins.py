"""A PIN typed at the booth: it lets more go, and is nowhere afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.service.confirming import MadeCode, make_code, set_pin
from points.service.transactions import transaction
from points.storage.catalog import PROGRAMME as ONE
from points.storage.catalog import Change, add_changes
from tests.desk import Dice, everything
from tests.market import NOW, PROGRAMME, WANG
from tests.web.served import NUMBERS, Served, redeem

PIN = "271836"


def limit(served: Served, points: int = 30) -> None:
    """Let a card alone spend no more on a day, and give Wang a PIN."""
    stricter = replace(PROGRAMME, unconfirmed_points_per_day_max=points)
    since = NOW - timedelta(hours=1)
    with transaction(served.book.database) as connection:
        change = Change(kind=ONE, key=ONE, number=2, valid_from=since, item=stricter)
        add_changes(connection, [change])
    set_pin(served.book.database, NUMBERS[WANG], PIN, now=NOW, random_bytes=Dice())


def one_time(served: Served, pin: str | None = PIN) -> str:
    made = make_code(served.book.database, NUMBERS[WANG], now=NOW, random_bytes=Dice(), pin=pin)
    assert isinstance(made, MadeCode)
    return made.code


def test_the_pin_lets_more_go_under_the_same_name_and_is_kept_nowhere(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    limit(served)
    caplog.set_level(0)
    asked = redeem(quantity=2)

    [alone] = served.operate("redeeming", asked)
    [wrong] = served.operate("redeeming", asked | {"pin": "000001"})
    [right] = served.operate("redeeming", asked | {"pin": PIN})
    [again] = served.operate("redeeming", asked)

    told = [(one["status"], one["code"], one["final"]) for one in (alone, wrong, right, again)]
    assert told == [
        ("refused", "second_factor_needed", False),
        ("refused", "pin_wrong", False),
        ("accepted", None, True),
        ("replayed", None, True),
    ]
    assert alone["details"] == {"limit": 30, "left": 30}
    assert PIN not in repr(everything(served.book.database))
    assert PIN not in caplog.text


def test_a_pin_is_looked_at_in_no_request_of_several_operations(served: Served) -> None:
    limit(served)

    told = served.operate("redeeming", redeem(quantity=2) | {"pin": PIN}, redeem())

    assert [one["code"] for one in told] == ["second_factor_needed", None]


def test_nobody_tries_pins_who_hands_nothing_out(served: Served) -> None:
    limit(served)
    for _ in range(5):
        served.operate("games", redeem() | {"pin": "000001"})
        served.operate("redeeming", redeem() | {"pin": "000001", "offline": True})

    [told] = served.operate("redeeming", redeem(quantity=2) | {"pin": PIN})

    assert told["status"] == "accepted"


def test_a_till_sends_the_pin_too(served: Served) -> None:
    limit(served)

    alone = served.redeem("till-1", quantity=2)
    right = served.redeem("till-1", quantity=2, pin=PIN)

    assert (alone.status_code, alone.json()["code"]) == (409, "second_factor_needed")
    assert right.status_code == 201


def test_a_one_time_code_tells_the_balance_and_pays_once(served: Served) -> None:
    limit(served)
    code = one_time(served)

    def balance() -> Any:
        return served.ask("redeeming", "POST", "/balances", json={"card": code})

    before = balance().json()["available"]
    [paid] = served.operate("redeeming", redeem(card=code, quantity=2))
    [twice] = served.operate("redeeming", redeem(card=code))
    used = balance()
    served.clock.now = NOW + timedelta(seconds=60)

    assert (before, paid["status"], twice["code"]) == (1000, "accepted", "code_used")
    assert (used.status_code, used.json()["code"]) == (409, "code_used")
    assert balance().json()["code"] == "code_expired"


def test_a_one_time_code_earns_nothing_and_opens_no_statement(served: Served) -> None:
    code = one_time(served, None)

    told = served.ask("redeeming", "POST", "/statements", json={"card": code})

    assert (told.status_code, told.json()["code"]) == (422, "card_unreadable")

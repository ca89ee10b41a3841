"""Households' PINs at a booth, over the wire."""

import logging
from typing import Any

import pytest

from points.domain.facts import PinChecked
from points.domain.pins import FREE_TRIES
from points.service.cards import freeze_card
from points.service.confirming import has_pin, try_pin
from points.service.transactions import snapshot
from points.storage.desk import load_desk_acts
from tests.market import LI, NOW, WANG, ZHAO
from tests.web.served import CODES, NUMBERS, STRAY, Served

PIN = "271828"
OTHER = "314159"


def set_pin(served: Served, caller: str = "supervisor", **given: Any) -> Any:
    asked = {"card": CODES[WANG], "pin": PIN} | given
    return served.ask(caller, "PUT", "/cards/pin", json=asked)


def is_pin(served: Served, typed: str) -> bool:
    return try_pin(served.book.database, WANG, typed, now=NOW) == PinChecked(is_right=True)


def test_a_household_chooses_its_first_pin_where_the_lead_sees_it(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    answer = set_pin(served)

    number = NUMBERS[WANG]
    assert (answer.status_code, answer.json()) == (
        200,
        {"number": number, "spoken": f"{number[:3]} {number[3:6]} {number[6:]}"},
    )
    assert is_pin(served, PIN)
    assert PIN not in caplog.text
    with snapshot(served.book.database) as connection:
        acts = load_desk_acts(connection, WANG)
    assert [(done.act, done.by, done.at) for done in acts] == [("pin_set", "device:9", NOW)]


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_pin(served: Served) -> None:
    first, again = set_pin(served), set_pin(served, old=PIN)

    assert (first.status_code, again.json()) == (200, first.json())
    # It also may never have arrived.
    assert set_pin(served, card=CODES[LI], old=PIN).status_code == 200


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({}, 409, "pin_already_set"),
        ({"old": OTHER}, 409, "pin_wrong"),
        ({"old": PIN}, 200, None),
        ({"vouched": True}, 200, None),
    ],
)
def test_another_pin_needs_the_one_that_is_there_or_the_leads_word(
    served: Served, given: dict[str, Any], status: int, code: str | None
) -> None:
    assert set_pin(served).status_code == 200

    answer = set_pin(served, pin="161803", **given)

    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert is_pin(served, PIN if code else "161803")


def test_nobody_guesses_the_pin_that_is_there(served: Served) -> None:
    set_pin(served)

    told = [set_pin(served, old=OTHER).json()["code"] for _ in range(FREE_TRIES + 1)]

    assert told == ["pin_wrong"] * (FREE_TRIES - 1) + ["pin_locked"] * 2
    assert set_pin(served, old=PIN).json()["code"] == "pin_locked"


@pytest.mark.parametrize(
    ("caller", "given", "code"),
    [
        ("supervisor", {"card": "hello"}, "card_unreadable"),
        ("supervisor", {"card": STRAY}, "card_unknown"),
        ("lanes supervisor", {"card": CODES[ZHAO]}, None),
        ("lanes supervisor", {}, "card_unknown"),
        ("supervisor", {"card": CODES[LI]}, "card_frozen"),
        ("supervisor", {"pin": "123456"}, "pin_invalid"),
        ("supervisor", {"pin": "12345"}, "pin_invalid"),
        ("redeeming", {}, "forbidden"),
        ("stamps", {}, "forbidden"),
    ],
)
def test_who_may_set_none_is_told_why(
    served: Served, caller: str, given: dict[str, Any], code: str | None
) -> None:
    freeze_card(served.book.database, NUMBERS[LI], now=NOW)

    answer = set_pin(served, caller, **given)

    assert answer.json().get("code") == code
    assert not has_pin(served.book.database, WANG)

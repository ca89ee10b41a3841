"""Binding and freezing over the wire."""

from typing import Any

import pytest

from points.domain.notices import notice_of
from points.service.cards import print_cards
from tests.desk import NOBODYS_NUMBER, Dice
from tests.market import LI, NOW, PROGRAMME, WANG, ZHAO
from tests.web.served import CODES, NUMBERS, STRAY, Served, earn, name

NOTICE = notice_of(PROGRAMME).version
HOME = {"community": "shiji", "building": "3"}


def blank(served: Served) -> Any:
    [card] = print_cards(served.book.database, 1, now=NOW, random_bytes=Dice(9), public_url=None)
    return card


def bind(served: Served, caller: str = "redeeming", **given: object) -> Any:
    return served.ask(caller, "POST", "/cards/bind", json={"id": name()} | given)


def freeze(served: Served, number: object, caller: str = "supervisor") -> Any:
    return served.ask(caller, "POST", "/cards/freeze", json={"number": number})


@pytest.mark.parametrize("caller", ["stamps", "redeeming", "supervisor"])
def test_a_blank_card_is_bound_with_what_somebody_agreed_to(served: Served, caller: str) -> None:
    card = blank(served)
    served.operate("redeeming", earn(card=card.code))

    answer = bind(served, caller, card=card.code, to={"new": HOME}, notice=NOTICE)

    number = card.number
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "number": number,
            "spoken": f"{number[:3]} {number[3:6]} {number[6:]}",
            "cards": 1,
            "balance": {
                "available": 10,
                "balance": 10,
                "owed": 0,
                "expiring_soon": [],
                "card_state": "active",
            },
        },
    )


def test_a_blank_card_comes_to_the_household_of_another(served: Served) -> None:
    card = blank(served)

    asked = {"id": name(), "card": card.code, "to": {"same_as": CODES[WANG]}}
    first, again = bind(served, **asked), bind(served, **asked)

    assert (first.status_code, first.json()["cards"]) == (200, 3)
    assert first.json()["balance"]["available"] == 1000
    assert again.json() == first.json()


def test_nothing_is_told_of_where_a_household_lives(served: Served) -> None:
    card = blank(served)

    told = bind(served, card=card.code, to={"new": HOME}, notice=NOTICE).text

    assert [word for word in ("shiji", "世纪", "building") if word in told] == []


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"card": "hello"}, 422, "card_unreadable"),
    ({"card": STRAY}, 404, "card_unknown"),
    ({"card": CODES[LI]}, 409, "card_bound"),
    ({"to": {"same_as": STRAY}}, 404, "card_unknown"),
    ({"to": {"same_as": "hello"}}, 422, "card_unreadable"),
    ({"to": {"new": HOME}}, 409, "consent_needed"),
    ({"to": {"new": HOME}, "notice": "0" * 12}, 409, "notice_unknown"),
    ({"to": {"new": {"community": "nowhere"}}, "notice": NOTICE}, 404, "community_unknown"),
]


@pytest.mark.parametrize(("given", "status", "code"), REFUSED, ids=str)
def test_what_cannot_be_bound_is_told_why(
    served: Served, given: dict[str, object], status: int, code: str
) -> None:
    card = blank(served)

    answer = bind(served, **({"card": card.code, "to": {"new": {}}} | given))

    assert (answer.status_code, answer.json()["code"]) == (status, code)


MISSHAPEN: list[tuple[dict[str, object], str, str]] = [
    ({"to": {}}, "to", "same_or_new"),
    ({"to": {"new": {}, "same_as": CODES[WANG]}}, "to", "same_or_new"),
    ({"to": {"new": {"name": "王伟"}}}, "to.new.name", "unknown_field"),
    ({"to": {"new": {"building": ""}}}, "to.new.building", "too_short"),
    ({"to": {"new": {"building": "x" * 41}}}, "to.new.building", "too_long"),
    ({"to": {"new": {"building": "=1+1"}}, "notice": NOTICE}, "to.new.building", "not_in_form"),
    ({"id": "1"}, "id", "not_in_form"),
    ({"notice": "latest"}, "notice", "not_in_form"),
]


@pytest.mark.parametrize(("given", "field", "reason"), MISSHAPEN, ids=str)
def test_a_misshapen_binding_is_told_where(
    served: Served, given: dict[str, object], field: str, reason: str
) -> None:
    card = blank(served)

    answer = bind(served, **({"card": card.code, "to": {"new": {}}} | given))

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"place": "body", "field": field, "reason": reason}]


def test_a_name_that_was_used_for_something_else_is_refused(served: Served) -> None:
    card, key = blank(served), name()
    bind(served, id=key, card=card.code, to={"new": {}})

    answer = bind(served, id=key, card=card.code, to={"same_as": CODES[WANG]})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_card_of_another_community_is_unknown_to_a_phone(served: Served) -> None:
    card = blank(served)

    answers = [
        bind(served, "corridors", card=CODES[ZHAO], to={"new": {}}),
        bind(served, "corridors", card=card.code, to={"same_as": CODES[ZHAO]}),
        bind(
            served,
            "corridors",
            card=card.code,
            to={"new": {"community": "qingshui"}},
            notice=NOTICE,
        ),
        freeze(served, NUMBERS[WANG], "lanes supervisor"),
    ]

    assert [one.json()["code"] for one in answers] == [
        "card_unknown",
        "card_unknown",
        "community_unknown",
        "card_unknown",
    ]


def test_a_lost_card_is_frozen_by_the_number_that_is_said(served: Served) -> None:
    spoken = " ".join(NUMBERS[LI][place : place + 3] for place in (0, 3, 6))

    first, again = freeze(served, spoken), freeze(served, NUMBERS[LI])

    assert (first.status_code, first.json()) == (
        200,
        {
            "number": NUMBERS[LI],
            "spoken": spoken,
            "state": "frozen",
            "stopped_at": "2019-12-05T10:00:00+08:00",
        },
    )
    assert again.json() == first.json()
    [scan] = served.operate("redeeming", earn(card=CODES[LI]))
    assert scan["code"] == "card_frozen"


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [("271836502", 422, "card_unreadable"), (NOBODYS_NUMBER, 404, "card_unknown")],
)
def test_a_number_that_is_none_freezes_nothing(
    served: Served, number: str, status: int, code: str
) -> None:
    answer = freeze(served, number)

    assert (answer.status_code, answer.json()["code"]) == (status, code)

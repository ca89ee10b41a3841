"""Family codes over the wire."""

import pytest

from points.domain.family import read_family_code
from points.service.cards import freeze_card
from points.service.family import add_by_code
from tests.market import LI, NOW, WANG, ZHAO
from tests.web.served import CODES, NUMBERS, STRAY, Served


def test_a_card_that_is_held_up_gets_a_code(served: Served) -> None:
    answer = served.ask("stamps", "POST", "/cards/codes", json={"card": CODES[LI]})

    told = answer.json()
    assert (answer.status_code, told) == (
        201,
        {
            "code": told["code"],
            "number": NUMBERS[LI],
            "spoken": " ".join(NUMBERS[LI][place : place + 3] for place in (0, 3, 6)),
            "ends_at": "2019-12-05T10:15:00+08:00",
        },
    )
    assert read_family_code(told["code"]) is not None
    # Li's household has a second card: to take one in is the desk's matter, and the code was right.
    found = add_by_code(served.book, WANG, told["code"], now=NOW)
    assert getattr(found, "reason", "") == "card_bound"


@pytest.mark.parametrize(
    ("caller", "card", "code"),
    [
        ("stamps", "hello", "card_unreadable"),
        ("stamps", STRAY, "card_unknown"),
        ("corridors", CODES[ZHAO], "card_unknown"),
        ("stamps", CODES[WANG], "card_frozen"),
    ],
)
def test_a_card_that_gets_none_is_told_why(
    served: Served, caller: str, card: str, code: str
) -> None:
    freeze_card(served.book.database, NUMBERS[WANG], now=NOW)

    answer = served.ask(caller, "POST", "/cards/codes", json={"card": card})

    assert answer.json()["code"] == code

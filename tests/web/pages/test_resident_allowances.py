"""代领: a household lets somebody spend for it, sees it in its statement, and ends it."""

import pytest
from playwright.sync_api import Browser

from points.service.allowances import read_allowances
from points.service.confirming import set_pin
from tests.desk import Dice
from tests.engines import ON_SQLITE
from tests.market import LI, NOW, WANG
from tests.web.pages.browsing import Browsing, read_off, text_of
from tests.web.served import NUMBERS, Served, redeem

PAGE = "/me/spend-for-me"
ASKED = {"label": "孙女", "points": "５０", "days": "7"}


@pytest.fixture
def browsing(served: Served) -> Browsing:
    made = Browsing(served)
    made.open()
    return made


@ON_SQLITE
def test_whom_a_household_allows_spends_up_to_its_limit_and_each_use_is_a_line(
    browsing: Browsing, browser: Browser
) -> None:
    made = browsing.submit(PAGE, **ASKED)
    code = read_off(made, browser)

    [bought] = browsing.served.operate("redeeming", redeem(card=code))
    [refused] = browsing.served.operate("redeeming", redeem(card=code))

    assert "50 of 50 points left, until 12 December" in text_of(made)
    assert "shown only now" in text_of(made)
    assert (bought["status"], refused["code"]) == ("accepted", "allowance_short")
    assert "垃圾袋, 1 today 10:00 booth 4 spent by 孙女 −30 970" in text_of(browsing.get("/me"))
    assert "spent by 孙女" in text_of(browsing.get("/me/statement"))
    assert "孙女 20 of 50 points left, until 12 December" in text_of(browsing.get(PAGE))


def test_an_allowance_is_ended_at_once_by_the_household_that_made_it(browsing: Browsing) -> None:
    browsing.submit(PAGE, **ASKED)
    [record] = read_allowances(browsing.served.book, WANG)

    browsing.open(LI)
    browsing.submit(PAGE, end=record.number)
    [still] = read_allowances(browsing.served.book, WANG)
    foreign = text_of(browsing.get(PAGE))
    browsing.open()
    answer = browsing.submit(PAGE, end=record.number)
    [ended] = read_allowances(browsing.served.book, WANG)

    assert (still.ended_at, ended.ended_at) == (None, NOW)
    assert "孙女" not in foreign
    assert (answer.status_code, answer.headers["Location"]) == (303, "../me/spend-for-me")
    assert "Nobody spends for you now." in text_of(browsing.get(PAGE))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"label": " "}, "Please write who spends"),
        ({"label": "x" * 33}, "Please write who spends"),
        ({"points": "many"}, "as a whole number"),
        ({"points": "0"}, "as a whole number"),
        ({"pin": "123456"}, "nothing changed"),
    ],
)
def test_what_cannot_be_is_told_in_words(
    browsing: Browsing, given: dict[str, str], words: str
) -> None:
    answer = browsing.submit(PAGE, **(ASKED | given))

    assert words in text_of(answer)
    assert read_allowances(browsing.served.book, WANG) == ()


def test_who_spends_goes_by_the_codes_number_once_names_are_erased(browsing: Browsing) -> None:
    browsing.submit(PAGE, **ASKED)
    [kept] = read_allowances(browsing.served.book, WANG)
    browsing.submit("/me/erase")
    browsing.open()

    ending = kept.number[-3:]

    assert f"card ending {ending} 50 of 50 points left" in text_of(browsing.get(PAGE))
    assert f"End this for card ending {ending}" in text_of(browsing.get(PAGE))


def test_a_wrong_pin_makes_nothing(browsing: Browsing) -> None:
    database = browsing.served.book.database
    set_pin(database, NUMBERS[WANG], "246813", now=NOW, random_bytes=Dice())

    wrong = browsing.submit(PAGE, **ASKED, pin="246814")
    right = browsing.submit(PAGE, **ASKED, pin="246813")

    assert "That is not the PIN" in text_of(wrong)
    assert "The code is ready" in text_of(right)


def test_it_takes_a_visit_and_its_seal(browsing: Browsing) -> None:
    no_seal = browsing.post(PAGE, ASKED)
    browsing.served.http.cookies.clear()

    assert no_seal.status_code == 403
    assert "Scan the code on your card" in text_of(browsing.get(PAGE))
    assert read_allowances(browsing.served.book, WANG) == ()

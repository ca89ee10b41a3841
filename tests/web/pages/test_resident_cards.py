"""One's own code on the screen, and a lost card."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from points.domain.cards import spoken
from points.service.cards import find_by_number
from points.service.confirming import LIVE_MAX, set_pin
from points.service.visits import form_seal
from points.web.pages.visitors import COOKIE
from tests.desk import Dice
from tests.engines import ON_SQLITE
from tests.market import LI, NOW, WANG
from tests.web.pages.browsing import Browsing, read_off, text_of
from tests.web.served import CODES, NUMBERS, Served, redeem


@pytest.fixture
def browsing(served: Served) -> Browsing:
    return Browsing(served)


def state_of_card(browsing: Browsing) -> str:
    record = find_by_number(browsing.served.book.database, NUMBERS[WANG])
    assert record is not None
    return record.state


@ON_SQLITE
def test_ones_own_code_is_drawn_so_that_a_scanner_reads_it(
    browsing: Browsing, browser: Browser
) -> None:
    browsing.open()

    assert read_off(browsing.get("/me/code"), browser) == CODES[WANG]


@ON_SQLITE
def test_a_one_time_code_is_good_at_a_till_for_a_minute_and_once(
    browsing: Browsing, browser: Browser
) -> None:
    browsing.open()
    made = browsing.submit("/me/once")
    code = read_off(made, browser)

    [first] = browsing.served.operate("redeeming", redeem(card=code))
    [again] = browsing.served.operate("redeeming", redeem(card=code))
    late = read_off(browsing.submit("/me/once"), browser)
    browsing.served.clock.now = NOW + timedelta(seconds=60)
    [ended] = browsing.served.operate("redeeming", redeem(card=late))

    assert "before 10:01:00" in text_of(made)
    assert made.headers["Refresh"] == "60; url=code"
    answers = [(one["status"], one["code"]) for one in (first, again, ended)]
    assert answers == [("accepted", None), ("refused", "code_used"), ("refused", "code_expired")]


def test_a_household_with_a_pin_types_it_to_spend_more_and_is_told_when_it_is_wrong(
    browsing: Browsing,
) -> None:
    browsing.open()
    without = browsing.get("/me/code")
    set_pin(browsing.served.book.database, NUMBERS[WANG], "246813", now=NOW, random_bytes=Dice())

    asked = browsing.get("/me/code")
    wrong = browsing.submit("/me/once", pin="111112")
    right = browsing.submit("/me/once", pin="246813")
    plain = browsing.submit("/me/once", pin="")

    assert 'name="pin"' not in without.text
    assert 'type="password" inputmode="numeric"' in asked.text
    assert "That is not the PIN. Please try again" in text_of(wrong)
    assert "The PIN was right" in text_of(right)
    assert "The PIN was right" not in text_of(plain)
    assert "246813" not in right.text


def test_no_one_makes_codes_without_end(browsing: Browsing) -> None:
    browsing.open()

    answers = [text_of(browsing.submit("/me/once")) for _ in range(LIVE_MAX + 1)]

    assert ["try again in a minute" in one for one in answers] == [False] * LIVE_MAX + [True]


def test_addresses_to_which_only_forms_lead_lead_home(browsing: Browsing) -> None:
    for path in ("/me/open", "/me/once", "/me/close"):
        answer = browsing.get(path)

        assert (answer.status_code, answer.headers["Location"]) == (303, "../me")


def test_the_code_has_its_number_to_be_said_and_read_aloud(browsing: Browsing) -> None:
    browsing.open()

    answer = browsing.get("/me/code")

    number = spoken(NUMBERS[WANG])
    assert f"Won't scan? Say this number {number}" in text_of(answer)
    assert f'aria-label="QR of the card, number {number}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert CODES[WANG] not in answer.text


def test_a_lost_card_is_stopped_only_after_asking_once_more(browsing: Browsing) -> None:
    token = browsing.open()

    asked = browsing.get("/me/lost")
    before = state_of_card(browsing)
    stopped = browsing.submit("/me/lost")
    browsing.served.http.cookies.set(COOKIE, token)

    assert "Your points stay, every one." in text_of(asked)
    assert spoken(NUMBERS[WANG]) in text_of(asked)
    assert (before, state_of_card(browsing)) == ("active", "frozen")
    assert "The card is stopped" in text_of(stopped)
    assert "Max-Age=0" in stopped.headers["Set-Cookie"]
    assert "This page was closed" in text_of(browsing.get("/me"))


def test_no_other_site_and_no_other_visit_stops_a_card(browsing: Browsing) -> None:
    theirs = browsing.open(LI)
    mine = browsing.open()
    right = {"seal": form_seal(mine)}

    answers = [
        browsing.post("/me/lost", {}),
        browsing.post("/me/lost", {"seal": ""}),
        browsing.post("/me/lost", {"seal": form_seal(theirs)}),
        browsing.post("/me/lost", right, **{"Sec-Fetch-Site": "cross-site"}),
        browsing.post("/me/lost", right, **{"Sec-Fetch-Site": "same-site"}),
        browsing.post("/me/lost", right, **{"Content-Type": "text/plain"}),
        browsing.post("/me/lost", right | {"x": "x" * 5_000}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {text_of(answer).count("nothing changed") for answer in answers} == {1}
    assert state_of_card(browsing) == "active"


def test_a_browser_that_does_not_say_where_forms_come_from_is_asked_for_the_seal_and_the_origin(
    browsing: Browsing,
) -> None:
    right = {"seal": form_seal(browsing.open())}

    def sent(origin: str) -> int:
        headers = {"Accept-Language": "en", "Origin": origin}
        answer = browsing.served.http.post("/me/lost", data=right, headers=headers)
        return int(answer.status_code)

    assert sent("https://elsewhere.example") == 403
    assert state_of_card(browsing) == "active"
    assert sent("null") == 200
    assert state_of_card(browsing) == "frozen"

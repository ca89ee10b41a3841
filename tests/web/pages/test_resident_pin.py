"""A household changes its PIN by the one it has; a first one is never chosen on the page."""

import pytest

from points.domain.pins import FREE_TRIES
from points.service.confirming import has_pin, set_pin, try_pin
from points.web.pages.visitors import COOKIE
from tests.asked import statements_asked
from tests.desk import Dice
from tests.engines import ON_SQLITE
from tests.market import NOW, WANG
from tests.web.pages.browsing import Browsing, text_of
from tests.web.served import NUMBERS, Served

PAGE = "/me/pin"
OLD, NEW = "246813", "135792"
CHANGE = {"old": OLD, "new": NEW, "again": NEW}
STATEMENTS = 3
BYTES_MAX = 6_000


@pytest.fixture
def browsing(served: Served) -> Browsing:
    made = Browsing(served)
    made.open()
    return made


def choose_at_desk(browsing: Browsing) -> None:
    database = browsing.served.book.database
    set_pin(database, NUMBERS[WANG], OLD, now=NOW, random_bytes=Dice())


def opens(browsing: Browsing, pin: str) -> bool:
    checked = try_pin(browsing.served.book.database, WANG, pin, now=NOW)
    return checked is not None and checked.is_right


def test_a_pin_is_changed_by_the_one_before(browsing: Browsing) -> None:
    choose_at_desk(browsing)

    answer = browsing.submit(PAGE, **CHANGE)

    assert "The PIN is changed" in text_of(answer)
    assert [opens(browsing, pin) for pin in (OLD, NEW)] == [False, True]


def test_a_first_pin_is_not_chosen_here_whatever_is_sent(browsing: Browsing) -> None:
    shown = browsing.get(PAGE)
    answers = [browsing.submit(PAGE, **(CHANGE | {"old": old})) for old in ("", NEW)]

    for told in (shown, *answers):
        assert "Your household has no PIN yet. The first is chosen at the desk" in text_of(told)
        assert "somebody with a photo of your card might choose it first" in text_of(told)
        assert 'name="new"' not in told.text
    assert not has_pin(browsing.served.book.database, WANG)


@ON_SQLITE
def test_what_is_no_pin_changes_nothing_and_costs_no_try(browsing: Browsing) -> None:
    choose_at_desk(browsing)
    wrong = {
        "12345": "takes six digits",
        "１２３４５６": "guessed too soon",
        "777777": "guessed too soon",
    }

    for _ in range(FREE_TRIES):
        for new, words in wrong.items():
            answer = browsing.submit(PAGE, old=OLD, new=new, again=new)

            assert words in text_of(answer).partition("Six digits")[0], new
    differing = browsing.submit(PAGE, **(CHANGE | {"again": OLD}))

    assert "typed in two ways" in text_of(differing)
    assert opens(browsing, OLD)


def test_who_guesses_the_old_one_is_locked_out_as_everywhere(browsing: Browsing) -> None:
    choose_at_desk(browsing)

    said = [
        text_of(browsing.submit(PAGE, **(CHANGE | {"old": "246814"}))) for _ in range(FREE_TRIES)
    ]
    late = browsing.submit(PAGE, **CHANGE)
    code = browsing.submit("/me/once", pin=OLD)

    assert "That is not the PIN" in said[0]
    for answer in (late, code):
        assert "Too many wrong PINs. Try again at 10:01" in text_of(answer)
    assert NEW not in late.text
    browsing.served.clock.now = NOW.replace(minute=2)
    assert "The PIN is changed" in text_of(browsing.submit(PAGE, **CHANGE))


@ON_SQLITE
def test_it_takes_a_visit_and_its_seal(browsing: Browsing) -> None:
    choose_at_desk(browsing)
    no_seal = browsing.post(PAGE, CHANGE)
    browsing.served.http.cookies.clear()
    browsing.served.http.cookies.set(COOKIE, "x" * 43)

    assert no_seal.status_code == 403
    assert "Scan the code on your card" in text_of(browsing.submit(PAGE, **CHANGE))
    assert "Scan the code on your card" in text_of(browsing.get(PAGE))
    assert opens(browsing, OLD)


@ON_SQLITE
def test_it_is_small_and_asks_the_database_a_known_number_of_times(browsing: Browsing) -> None:
    with statements_asked() as asked:
        page = browsing.get(PAGE)

    assert len(page.content) < BYTES_MAX
    assert len(asked) == STATEMENTS, asked

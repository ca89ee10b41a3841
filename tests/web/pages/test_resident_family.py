"""A household sees its cards, and one comes in or goes by the code that a booth gave for it."""

import pytest

from points.domain.cards import CardNumber, spoken
from points.domain.family import TRIES_MAX
from points.domain.verifying import Result
from points.outside.card_sheets import PrintedCard
from points.service.family import Given, give_code_by_number, read_household
from points.service.verifying import verify
from points.web.pages.visitors import COOKIE
from tests.asked import statements_asked
from tests.desk import Dice, print_blank
from tests.market import LI, NOW, WANG
from tests.web.pages.browsing import Browsing, text_of
from tests.web.served import NUMBERS, Served

PAGE = "/me/cards"
WRONG = "0000 0000"
STATEMENTS = 4
BYTES_MAX = 8_000


@pytest.fixture
def browsing(served: Served) -> Browsing:
    made = Browsing(served)
    made.open()
    return made


@pytest.fixture
def other(served: Served) -> PrintedCard:
    """A blank card that a grandchild got at a booth."""
    [card] = print_blank(served.book.database, 1)
    return card


def code_for(browsing: Browsing, number: CardNumber, *, seed: int = 1) -> str:
    database = browsing.served.book.database
    given = give_code_by_number(database, number, now=NOW, random_bytes=Dice(seed))
    assert isinstance(given, Given), given
    return given.code


def numbers(browsing: Browsing) -> set[str]:
    found = read_household(browsing.served.book.database, WANG)
    assert found is not None
    return {card.number for card in found.cards}


def test_a_card_comes_in_by_its_code_and_goes_by_another(
    browsing: Browsing, other: PrintedCard
) -> None:
    before = numbers(browsing)

    added = browsing.submit(PAGE, code=code_for(browsing, other.number))
    with_it, shown = numbers(browsing), text_of(browsing.get(PAGE))
    code = code_for(browsing, other.number, seed=2)
    removed = browsing.submit(PAGE, remove=spoken(other.number), code=code)

    assert (added.status_code, added.headers["Location"]) == (303, "../me/cards")
    assert with_it == before | {other.number}
    assert f"{spoken(other.number)} In use, printed" in shown
    assert f"{spoken(NUMBERS[WANG])} This one In use, printed" in shown
    assert removed.status_code == 303
    assert numbers(browsing) == before
    assert "1,000" in text_of(browsing.get("/me"))
    assert verify(browsing.served.book.database, now=NOW).result is Result.CLEAN


def test_the_card_that_a_phone_was_opened_with_goes_and_the_phone_shows_its_next_holder_nothing(
    browsing: Browsing, other: PrintedCard
) -> None:
    browsing.submit(PAGE, code=code_for(browsing, other.number))
    token = browsing.served.http.cookies[COOKIE]
    code = code_for(browsing, NUMBERS[WANG], seed=2)

    gone = browsing.submit(PAGE, remove=spoken(NUMBERS[WANG]), code=code)
    let_go = COOKIE not in browsing.served.http.cookies
    browsing.served.http.cookies.set(COOKIE, token)
    later = text_of(browsing.get("/me"))
    browsing.served.http.cookies.clear()
    browsing.open(code=other.code)

    assert gone.status_code == 200
    assert "All points are still your household's" in text_of(gone)
    assert let_go
    assert "Scan the code on your card" in later
    assert "1,000" in text_of(browsing.get("/me"))


def test_without_its_code_no_card_comes_or_goes(browsing: Browsing, other: PrintedCard) -> None:
    before = numbers(browsing)
    code = code_for(browsing, other.number)

    answers = [
        browsing.submit(PAGE, code=WRONG),
        browsing.submit(PAGE, remove=NUMBERS[WANG], code=code),
        browsing.submit(PAGE, remove="nine", code=code),
        browsing.submit(PAGE),
    ]

    assert {"This code does not match" in text_of(answer) for answer in answers} == {True}
    assert numbers(browsing) == before


def test_who_tries_codes_is_told_to_wait(browsing: Browsing, other: PrintedCard) -> None:
    for _ in range(TRIES_MAX):
        browsing.submit(PAGE, code=WRONG)

    answer = browsing.submit(PAGE, code=code_for(browsing, other.number))

    assert "tried too often" in text_of(answer)
    assert other.number not in numbers(browsing)


def test_another_households_cards_are_never_shown(browsing: Browsing) -> None:
    assert spoken(NUMBERS[LI]) not in text_of(browsing.get(PAGE))


def test_it_takes_a_visit_and_its_seal(browsing: Browsing, other: PrintedCard) -> None:
    code = code_for(browsing, other.number)
    no_seal = browsing.post(PAGE, {"code": code})
    browsing.served.http.cookies.clear()
    browsing.served.http.cookies.set(COOKIE, "x" * 43)

    assert no_seal.status_code == 403
    assert "Scan the code on your card" in text_of(browsing.submit(PAGE, code=code))
    assert other.number not in numbers(browsing)


def test_it_is_small_and_asks_the_database_a_known_number_of_times(browsing: Browsing) -> None:
    with statements_asked() as asked:
        page = browsing.get(PAGE)

    assert len(page.content) < BYTES_MAX
    assert len(asked) == STATEMENTS, asked

"""A household gives points away on its own page: looked at once more, given once, told to both."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from points.domain.cards import spoken
from points.domain.ids import HouseholdId
from points.domain.verifying import Result
from points.service.confirming import set_pin
from points.service.transactions import transaction
from points.service.verifying import verify
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import HouseholdRow
from points.web.pages.visitors import COOKIE
from tests.asked import statements_asked
from tests.desk import Dice
from tests.engines import ON_SQLITE
from tests.market import LI, NOW, PROGRAMME, WANG, ZHAO
from tests.web.pages.browsing import Browsing, text_of
from tests.web.served import CODES, NUMBERS, Served, serve

PAGE = "/me/give"
PIN = "246813"
GIVING = replace(PROGRAMME, gift_points_per_day_max=300, unconfirmed_points_per_day_max=100)
STATEMENTS = 6
BYTES_MAX = 8_000
FIFTY = {"to": NUMBERS[LI], "points": "50"}
_IMPOSSIBLE = (
    ({"to": "271 836 505"}, "There is no such number."),
    ({"to": "P1NOTACODE"}, "There is no such number."),
    ({"to": NUMBERS[WANG]}, "Both belong to one household already"),
    ({"to": NUMBERS[ZHAO]}, "for another community"),
    ({"points": "many"}, "as a whole number"),
    ({"points": "0"}, "as a whole number"),
    ({"points": "1001"}, "1 points short"),
    ({"pool": "yes", "to": ""}, "There is no such number."),
)


@pytest.fixture
def browsing(database: Database, database_url: str) -> Iterator[Browsing]:
    """Wang looks at its page, in a programme with gifts."""
    with serve(database, database_url, programme=GIVING) as served:
        name_it(served, LI, "李梅")
        made = Browsing(served)
        made.open()
        yield made


def name_it(served: Served, household: HouseholdId, name: str) -> None:
    rows = table_of(HouseholdRow)
    with transaction(served.book.database) as connection:
        connection.execute(rows.update().where(rows.c.id == household).values(name=name))


def fields_of(page: Any) -> dict[str, str]:
    """Read what the form of a page would send, without its seal."""
    main = page.text.partition("<main")[2]
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', main))
    return {name: value for name, value in found.items() if name != "seal"}


def test_whom_it_goes_to_is_shown_masked_before_anything_is_given(browsing: Browsing) -> None:
    asked = browsing.submit(PAGE, **FIFTY)

    said = text_of(asked)
    assert "李*" in said
    assert "李梅" not in asked.text
    assert f"To 李* card {spoken(NUMBERS[LI])} How many 50 points You keep 950 points." in said
    assert browsing.served.balance() == 1000


def test_a_gift_is_a_line_in_both_statements(browsing: Browsing) -> None:
    given = browsing.submit(PAGE, **fields_of(browsing.submit(PAGE, **FIFTY)))

    assert "50 points given to 李* You have 950 points now." in text_of(given)
    told = text_of(browsing.get("/me/statement"))
    assert "Given to 李* (card ending 022) today 10:00 −50 950" in told
    browsing.open(LI)
    told = text_of(browsing.get("/me"))
    assert "Given by the household of card ending 011 today 10:00 +50 1,050" in told
    assert verify(browsing.served.book.database, now=NOW).result is Result.CLEAN


def test_sent_twice_gone_back_to_or_loaded_anew_it_is_one_gift(browsing: Browsing) -> None:
    begun = fields_of(browsing.get(PAGE)) | FIFTY
    sure = fields_of(browsing.submit(PAGE, **begun))
    first, again = (text_of(browsing.submit(PAGE, **sure)) for _ in range(2))
    gone_back = fields_of(browsing.submit(PAGE, **begun))
    browsing.submit(PAGE, **gone_back)
    other = browsing.submit(PAGE, **(gone_back | {"points": "60"}))

    assert first == again
    assert browsing.served.balance() == 950
    assert "That gift was given before, and only once." in text_of(other)
    assert fields_of(other)["name"] != sure["name"]


@ON_SQLITE
def test_a_card_is_named_by_its_code_as_well(browsing: Browsing) -> None:
    asked = browsing.submit(PAGE, to=CODES[LI].lower(), points="５０")

    assert fields_of(asked)["to"] == NUMBERS[LI]
    assert CODES[LI] not in asked.text.upper()


@ON_SQLITE
def test_a_household_without_a_name_is_known_by_its_cards_number(browsing: Browsing) -> None:
    name_it(browsing.served, LI, "")

    asked = text_of(browsing.submit(PAGE, **FIFTY))

    assert f"To card {spoken(NUMBERS[LI])} How many" in asked
    assert "Please compare the card's number." in asked


@ON_SQLITE
def test_what_cannot_be_given_is_told_in_words_and_names_nobody(browsing: Browsing) -> None:
    name_it(browsing.served, ZHAO, "赵云")

    for given, words in _IMPOSSIBLE:
        answer = browsing.submit(PAGE, **(FIFTY | given))
        at_once = browsing.submit(PAGE, **(FIFTY | given), sure="yes")

        assert words in text_of(answer), given
        assert "赵" not in answer.text, given
        assert "It is given" not in text_of(at_once), given
    assert browsing.served.balance() == 1000


def test_beyond_the_limit_of_a_card_alone_it_takes_the_pin(browsing: Browsing) -> None:
    sure = fields_of(browsing.submit(PAGE, to=NUMBERS[LI], points="101"))

    without = text_of(browsing.submit(PAGE, **sure))
    set_pin(browsing.served.book.database, NUMBERS[WANG], PIN, now=NOW, random_bytes=Dice())
    unsaid = browsing.submit(PAGE, **sure)
    wrong = browsing.submit(PAGE, **sure, pin="246814")
    right = browsing.submit(PAGE, **sure, pin=PIN)

    assert "Without the PIN, 100 more points today" in without
    assert "your household has none" in without
    assert "PIN, six digits" in text_of(unsaid)
    assert "your household has none" not in text_of(unsaid)
    assert "That is not the PIN" in text_of(wrong)
    assert "101 points given to 李*" in text_of(right)
    assert browsing.served.balance() == 899


@ON_SQLITE
def test_more_than_the_programme_allows_on_a_day_is_not_given(browsing: Browsing) -> None:
    set_pin(browsing.served.book.database, NUMBERS[WANG], PIN, now=NOW, random_bytes=Dice())
    sure = fields_of(browsing.submit(PAGE, to=NUMBERS[LI], points="301"))

    answer = browsing.submit(PAGE, **sure, pin=PIN)

    assert "300 more points may be given today" in text_of(answer)
    assert browsing.served.balance() == 1000


def test_points_go_to_the_communitys_pool(database: Database, database_url: str) -> None:
    pooling = replace(GIVING, pool_card=NUMBERS[LI])
    with serve(database, database_url, programme=pooling) as served:
        name_it(served, LI, "李梅")
        browsing = Browsing(served)
        browsing.open()

        asked = browsing.submit(PAGE, pool="yes", points="50")
        given = browsing.submit(PAGE, **fields_of(asked))

        assert "李" not in asked.text
        assert "50 points given to the community's pool" in text_of(given)
        assert served.balance(LI) == 1050


def test_where_there_are_no_gifts_there_is_no_way_to_them(served: Served) -> None:
    browsing = Browsing(served)
    browsing.open()

    page = browsing.get(PAGE)
    answer = browsing.submit(PAGE, **FIFTY, name="0" * 32, sure="yes")

    assert "me/give" not in browsing.get("/me").text
    for told in (page, answer):
        assert "Points cannot be given away here" in text_of(told)
    assert served.balance(LI) == 1000


@ON_SQLITE
def test_the_first_page_leads_there_where_there_are(browsing: Browsing) -> None:
    assert 'href="me/give"' in browsing.get("/me").text


@ON_SQLITE
def test_who_asks_for_one_name_after_the_other_is_held_back(browsing: Browsing) -> None:
    answers = [browsing.submit(PAGE, **FIFTY).status_code for _ in range(31)]

    assert set(answers[:25]) == {200}
    assert answers[-1] == 429


def test_it_takes_a_visit_and_its_seal(browsing: Browsing) -> None:
    no_seal = browsing.post(PAGE, FIFTY)
    browsing.served.http.cookies.clear()
    browsing.served.http.cookies.set(COOKIE, "x" * 43)

    assert no_seal.status_code == 403
    assert "Scan the code on your card" in text_of(browsing.submit(PAGE, **FIFTY, sure="yes"))
    assert "Scan the code on your card" in text_of(browsing.get(PAGE))
    assert browsing.served.balance(LI) == 1000


def test_it_is_small_and_asks_the_database_a_known_number_of_times(browsing: Browsing) -> None:
    browsing.get(PAGE)
    with statements_asked() as asked:
        page = browsing.get(PAGE)

    assert len(page.content) < BYTES_MAX
    assert len(asked) == STATEMENTS, asked

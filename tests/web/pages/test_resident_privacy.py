"""What is known of a household: agreed to, taken back, carried home, and erased by itself."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from points.domain.consents import PAGE, Consent
from points.domain.people import Home
from points.domain.verifying import Result
from points.service.allowances import read_allowances
from points.service.confirming import has_pin, set_pin
from points.service.consents import agree, notice_today, read_consents
from points.service.family import read_household
from points.service.posting import Book
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage.columns import table_of
from points.storage.people import HouseholdRow
from points.storage.pins import PinRow
from points.storage.sessions import ResidentSessionRow
from points.web.pages.visitors import COOKIE
from tests.asked import statements_asked
from tests.desk import Dice
from tests.engines import ON_SQLITE
from tests.market import LI, NOW, SHIJI, WANG
from tests.web.pages.browsing import Browsing, text_of
from tests.web.served import NUMBERS, Served, redeem

PIN, DOOR = "246813", "9-7701"
STATEMENTS = {"/me/privacy": 7, "/me/erase": 3}
"""How often a page asks the database, whatever there is to show."""
BYTES_MAX = 12_000


@pytest.fixture
def browsing(served: Served) -> Browsing:
    made = Browsing(served)
    made.open()
    return made


def give_door(book: Book, name: str = "Wang") -> None:
    household = table_of(HouseholdRow)
    with transaction(book.database) as connection:
        connection.execute(
            household.update().where(household.c.id == WANG).values(door=DOOR, name=name)
        )


def words_in(folder: Path, words: Iterable[bytes]) -> set[bytes]:
    written = b"".join(path.read_bytes() for path in folder.glob("points.db*"))
    return {word for word in words if word in written}


def visits(book: Book) -> int:
    with snapshot(book.database) as connection:
        counted = select(func.count()).select_from(table_of(ResidentSessionRow))
        return int(connection.execute(counted).scalar_one())


def test_a_household_agrees_to_the_wording_it_sees_and_takes_that_back(browsing: Browsing) -> None:
    book = browsing.served.book
    version = notice_today(book, now=NOW).version
    before = text_of(browsing.get("/me/privacy"))

    agreed = browsing.submit("/me/privacy", agree=version)
    shown = text_of(browsing.get("/me/privacy"))
    [given] = read_consents(book.database, WANG)
    withdrawn = browsing.submit("/me/privacy", withdraw="yes")
    [taken_back] = read_consents(book.database, WANG)

    assert "You have agreed to nothing, and need not." in before
    assert (agreed.status_code, agreed.headers["Location"]) == (303, "../me/privacy")
    assert f"You agreed to this notice: today. Its version is {version}" in shown
    assert "I have read it and agree" not in shown
    assert given == Consent(household=WANG, version=version, agreed_at=NOW, by=PAGE)
    assert (withdrawn.status_code, withdrawn.headers["Location"]) == (303, "../me/erase")
    assert taken_back.withdrawn_at == NOW
    assert read_consents(book.database, LI) == []


def test_a_wording_that_nobody_wrote_is_agreed_to_by_nobody(browsing: Browsing) -> None:
    answer = browsing.submit("/me/privacy", agree="000000000000")

    assert "nothing changed" in text_of(answer)
    assert read_consents(browsing.served.book.database, WANG) == []


def test_a_household_carries_home_all_that_is_kept_of_it(browsing: Browsing) -> None:
    give_door(browsing.served.book)
    browsing.served.operate("redeeming", redeem())

    table = browsing.submit("/me/export", form="csv")
    exact = browsing.submit("/me/export", form="json")

    assert re.fullmatch(
        r'attachment; filename="points-\d{4}-\d\d-\d\d\.csv"',
        table.headers["Content-Disposition"],
    )
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Cache-Control"] == "no-store"
    assert DOOR in table.text
    told = json.loads(exact.text)
    assert exact.headers["Content-Disposition"].endswith('.json"')
    assert told["household"][0]["door"] == DOOR
    assert NUMBERS[WANG] in [card["number"] for card in told["cards"]]
    assert NUMBERS[LI] not in table.text + exact.text
    assert browsing.get("/me/export").headers["Location"] == "../me/privacy"


def test_what_names_a_household_is_erased_after_one_more_question_and_the_points_stay(
    browsing: Browsing,
) -> None:
    book = browsing.served.book
    give_door(book)
    browsing.submit("/me/spend-for-me", label="Granddaughter", points="50", days="7")
    agree(book, WANG, notice_today(book, now=NOW).version, by=PAGE, now=NOW)

    asked = text_of(browsing.get("/me/erase"))
    done = browsing.submit("/me/erase")

    assert "Your points and cards stay, every one." in asked
    assert "It is erased" in text_of(done)
    assert "Max-Age=0" in done.headers["Set-Cookie"]
    found = read_household(book.database, WANG)
    assert found is not None
    assert (found.home, found.building) == (None, None)
    assert visits(book) == 0
    assert [one.terms.label for one in read_allowances(book, WANG)] != ["Granddaughter"]
    assert [one.stands for one in read_consents(book.database, WANG)] == [False]
    browsing.open()
    assert "1,000" in text_of(browsing.get("/me"))
    assert verify(book.database, now=NOW).result is Result.CLEAN


@ON_SQLITE  # a server's files are not ours to read
def test_what_was_erased_is_in_no_byte_of_the_file_nor_of_its_log(
    browsing: Browsing, tmp_path: Path
) -> None:
    book = browsing.served.book
    give_door(book, name="Wang-the-Unforgotten")
    set_pin(book.database, NUMBERS[WANG], PIN, now=NOW, random_bytes=Dice())
    browsing.submit("/me/spend-for-me", label="Granddaughter-of-Wang", points="50", days="7")
    with snapshot(book.database) as connection:
        [pin] = connection.execute(select(table_of(PinRow).c.hash, table_of(PinRow).c.salt))
        [sealed] = connection.execute(select(table_of(ResidentSessionRow).c.sealed_code))
    words = {b"Wang-the-Unforgotten", b"Granddaughter-of-Wang", DOOR.encode(), *pin, *sealed}
    before = words_in(tmp_path, words)

    browsing.submit("/me/erase", pin=PIN)

    assert before == words
    assert words_in(tmp_path, words) == set()


@pytest.mark.parametrize("page", ["/me/export", "/me/erase"])
def test_a_photo_of_the_card_does_not_do_where_the_household_has_a_pin(
    browsing: Browsing, page: str
) -> None:
    book = browsing.served.book
    give_door(book)
    set_pin(book.database, NUMBERS[WANG], PIN, now=NOW, random_bytes=Dice())

    without, wrong = browsing.submit(page), browsing.submit(page, pin="246814")

    for answer in (without, wrong):
        assert "That is not the PIN" in text_of(answer)
        assert DOOR not in answer.text
    found = read_household(book.database, WANG)
    assert found is not None
    assert found.home == Home(community=SHIJI.key, door=DOOR, name="Wang")
    assert has_pin(book.database, WANG)

    right = browsing.submit(page, pin=PIN)

    assert right.status_code == 200
    assert has_pin(book.database, WANG) is (page == "/me/export")


@pytest.mark.parametrize("page", ["/me/privacy", "/me/export", "/me/erase"])
def test_it_takes_a_visit_and_its_seal(browsing: Browsing, page: str) -> None:
    give_door(browsing.served.book)
    assert browsing.post(page, {"agree": "x"}).status_code == 403

    browsing.served.http.cookies.clear()
    browsing.served.http.cookies.set(COOKIE, "x" * 43)
    answer = browsing.submit(page)

    assert "Scan the code on your card" in text_of(answer)
    found = read_household(browsing.served.book.database, WANG)
    assert found is not None
    assert found.home is not None


def test_without_a_visit_the_notice_is_there_and_nothing_else(browsing: Browsing) -> None:
    browsing.served.http.cookies.clear()

    page = browsing.get("/me/privacy")

    assert "The notice" in text_of(page)
    assert "<button" not in page.text.partition("<main")[2]


def test_each_page_is_small_and_asks_the_database_a_known_number_of_times(
    browsing: Browsing,
) -> None:
    browsing.get("/me")
    with statements_asked() as asked:
        for path, times in STATEMENTS.items():
            asked.clear()
            page = browsing.get(path)

            assert len(page.content) < BYTES_MAX, path
            assert len(asked) == times, (path, asked)

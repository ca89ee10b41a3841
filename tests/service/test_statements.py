"""A household's whole statement: every line from the first, over as many reads as it takes."""

import pytest

from points.domain.desk import NotDone
from points.domain.ids import HouseholdId
from points.domain.operations import Kind
from points.domain.outcomes import Refusal
from points.service import statements
from points.service.households import merge_households
from points.service.posting import Book, post
from points.service.reading import Ending
from points.service.statements import WholeStatement, read_whole_statement
from points.storage.engine import Database
from tests.build import ask, make_earn, make_undo
from tests.desk import print_blank, record, ref, scan
from tests.market import BOOTHS, CHECK_IN, NOW, POINTS_END, SORTING
from tests.save import open_market


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def whole(book: Book, household: HouseholdId) -> WholeStatement:
    found = read_whole_statement(book, household, now=NOW)
    assert isinstance(found, WholeStatement), found
    return found


def test_every_line_is_told_oldest_first_with_what_is_left(book: Book) -> None:
    [card] = print_blank(book.database, 1)
    for activity in (CHECK_IN, SORTING):
        scan(book, card, activity.key)

    found = whole(book, record(book.database, card.number).household)

    lines = [(it.item, it.booth, it.posted.points, it.posted.balance_after) for it in found.lines]
    assert lines == [(CHECK_IN, BOOTHS[4], 10, 10), (SORTING, BOOTHS[4], 10, 20)]
    assert (found.available, found.owed, found.numbers) == (20, 0, (card.number,))
    assert found.endings == (Ending(at=POINTS_END, points=20),)


def test_what_was_taken_back_stands_there_as_such(book: Book) -> None:
    [card] = print_blank(book.database, 1)
    earn = make_earn(card=ref(card), activity=CHECK_IN.key)
    post(book, [ask(earn, key="a"), ask(make_undo("a"))])
    household = record(book.database, card.number).household

    assert [(it.posted.points, it.is_undone) for it in whole(book, household).lines] == [
        (10, True),
        (-10, False),
    ]


def test_a_statement_longer_than_one_read_is_whole(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = print_blank(book.database, 2)
    for card in (first, second):
        for activity in (CHECK_IN, SORTING):
            scan(book, card, activity.key)
    homes = [record(book.database, card.number).household for card in (first, second)]
    merge_households(book, homes[1], homes[0], now=NOW)
    expected = whole(book, homes[0])

    monkeypatch.setattr(statements, "PART", 1)

    assert whole(book, homes[1]) == expected
    assert [it.posted.kind for it in expected.lines].count(Kind.EARN) == 4


def test_who_is_not_there_has_no_statement(book: Book) -> None:
    assert read_whole_statement(book, HouseholdId(999_999), now=NOW) == NotDone(
        reason=Refusal.HOUSEHOLD_UNKNOWN
    )

"""Dividing the book: every row falls into exactly one part, and the parts join."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from points.domain.shapes import OWED
from points.domain.stored import BatchLine
from points.domain.verifying_chains import end_of
from points.service.transactions import snapshot
from points.storage import verifying as stored
from points.storage.dividing import divide_accounts, divide_journal, size_of_journal
from points.storage.engine import Database
from points.storage.verifying import Part
from tests.cheat import cheats_engine, do, guards_asleep


@pytest.fixture
def book(whole_book: Database) -> Iterator[Connection]:
    with snapshot(whole_book) as connection:
        yield connection


@pytest.fixture
def spoilt(whole_book: Database) -> Iterator[Connection]:
    """Give a book to be spoilt, and have it whole again afterwards."""
    engine = cheats_engine(whole_book)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("count", [1, 2, 5, 1000])
@pytest.mark.parametrize("name", ["batches", "operations", "entries", "requests"])
def test_every_row_of_the_journal_falls_into_one_part(
    book: Connection, name: str, count: int
) -> None:
    read = getattr(stored, f"read_{name}")

    parts = [part for part, _ in divide_journal(book, count)]

    assert [row for part in parts for row in read(book, part)] == list(read(book, Part()))
    assert len(parts) > min(count, 5) // 2


def test_a_part_begins_where_the_one_before_it_ends(book: Connection) -> None:
    before: list[BatchLine] = []

    for part, starts in divide_journal(book, 5):
        assert list(starts.values()) == [end_of(before[-1])] if before else not starts
        before = list(stored.read_batches(book, part))


def test_parts_are_of_about_the_same_size(book: Connection) -> None:
    sizes = [len(list(stored.read_operations(book, part))) for part, _ in divide_journal(book, 4)]

    assert sum(sizes) == size_of_journal(book)
    assert max(sizes) < sum(sizes) / 2


def test_nothing_begins_where_batches_do_not_join(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE batch SET operations = operations + 1")

    assert divide_journal(spoilt, 5) == [(Part(), {})]


def test_nothing_begins_at_operations_that_are_gone(spoilt: Connection) -> None:
    do(spoilt, "UPDATE chain SET next_operation = next_operation + 1000000 WHERE number > 0")

    assert divide_journal(spoilt, 3) == [(Part(), {})]


@pytest.mark.parametrize("count", [1, 2, 5, 1000])
@pytest.mark.parametrize("name", ["accounts", "sides", "lots", "acts"])
def test_everything_of_an_account_falls_into_one_span(
    book: Connection, name: str, count: int
) -> None:
    read = getattr(stored, f"read_{name}")

    spans = divide_accounts(book, count)

    assert [row for span in spans for row in read(book, span)] == list(read(book))
    assert (spans[0].first, spans[-1].first, spans[-1].end) == (None, OWED, None)


def test_a_book_without_accounts_is_divided_all_the_same(database: Database) -> None:
    with snapshot(database) as connection:
        connection.execute(text("SELECT 1"))

        assert len(divide_accounts(connection, 3)) == 2
        assert divide_journal(connection, 3) == [(Part(), {})]

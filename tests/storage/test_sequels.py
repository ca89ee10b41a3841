"""Reading undos and merges with all that they depend on."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from points.domain.verifying_undoing import Sequel
from points.service.transactions import snapshot
from points.storage import verifying as stored
from points.storage.engine import Database
from points.storage.sequels import load_sequels
from points.storage.verifying import Part


@pytest.fixture
def book(whole_book: Database) -> Iterator[Connection]:
    with snapshot(whole_book) as connection:
        yield connection


@pytest.mark.parametrize("at_once", [1, 3, 200])
def test_every_undo_and_merge_comes_with_what_it_depends_on(book: Connection, at_once: int) -> None:
    operations = {line.id: line for line in stored.read_operations(book, Part())}
    entries = list(stored.read_entries(book, Part()))
    lots = list(stored.read_lots(book))

    def sequel_of(number: int) -> Sequel:
        one = operations[number]
        mine = [entry for entry in entries if entry.operation == number]
        before = [entry for entry in entries if entry.operation == one.reverses]
        named = {entry.lot for entry in (*mine, *before) if entry.lot is not None}
        return Sequel(
            operation=one,
            entries=mine,
            original=operations.get(one.reverses or 0),
            original_entries=before,
            lots={lot.id: lot for lot in lots if lot.id in named or lot.origin in named},
        )

    found = list(load_sequels(book, at_once=at_once))

    wanted = [line.id for line in stored.read_sequels(book)]
    assert found == [sequel_of(number) for number in wanted]
    assert len(wanted) > 5

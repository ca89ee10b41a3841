"""Reading the whole book in order."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from points.domain.anchors import Head
from points.domain.shapes import WALLET
from points.domain.stored import HASHED
from points.service.transactions import snapshot
from points.storage import streaming
from points.storage import verifying as stored
from points.storage.engine import Database
from points.storage.locks import first_operation
from points.storage.verifying import Part


@pytest.fixture
def book(whole_book: Database) -> Iterator[Connection]:
    with snapshot(whole_book) as connection:
        yield connection


def number_of(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


Key = Callable[[Any], Any]

ORDERS: dict[str, tuple[str, Key]] = {
    "batches": ("batch", lambda line: (line.chain, line.number)),
    "operations": ("operation", lambda line: line.id),
    "entries": ("entry", lambda line: (line.operation, line.line)),
    "requests": ("request WHERE operation IS NOT NULL", lambda line: line.operation),
    "accounts": ("account", lambda line: line.id),
    "lots": ("lot", lambda line: (line.account, line.id)),
    "acts": (
        "operation WHERE household IS NOT NULL",
        lambda line: (line.household, line.posted_at, line.id),
    ),
    "slips": ("slip", lambda line: line.ref),
    "slip_acts": (
        "operation WHERE kind IN ('slip_issued', 'slip_cashed')",
        lambda line: (line.slip, line.id),
    ),
    "sequels": (
        "operation WHERE kind IN ('undo', 'merge')",
        lambda line: (line.posted_at, line.id),
    ),
}
IN_PARTS = {"batches", "operations", "entries", "requests"}


@pytest.mark.parametrize("name", ORDERS)
def test_every_row_comes_once_and_in_order(book: Connection, name: str) -> None:
    table, key = ORDERS[name]
    read = getattr(stored, f"read_{name}")

    lines = list(read(book, Part()) if name in IN_PARTS else read(book))

    assert len(lines) == number_of(book, table) > 0
    assert all(key(one) < key(following) for one, following in pairwise(lines))


def test_each_entry_is_seen_from_both_of_its_accounts(book: Connection) -> None:
    entries = list(stored.read_entries(book, Part()))
    sides = list(stored.read_sides(book))

    expected = [
        (
            account,
            seq,
            one.operation,
            one.line,
            is_credit,
            one.amount,
            one.lot,
            other,
            one.expires_at,
        )
        for one in entries
        for account, seq, is_credit, other in (
            (one.debit, one.debit_seq, 0, one.credit),
            (one.credit, one.credit_seq, 1, one.debit),
        )
        if account >= WALLET
    ]
    assert [tuple(side) for side in sides] == sorted(expected)


def test_values_come_as_they_are_stored(book: Connection) -> None:
    line = next(stored.read_operations(book, Part()))

    kinds = {type(value) for value in line[:HASHED]}

    assert kinds <= {int, str, bytes, type(None)}
    assert isinstance(line.details, str)
    assert isinstance(line.posted_at, int)


def test_an_act_of_a_household_knows_what_took_it_back(book: Connection) -> None:
    undone = {
        line.reverses: line.id
        for line in stored.read_operations(book, Part())
        if line.reverses is not None and line.household is not None
    }

    found = {act.id: act.undone_by for act in stored.read_acts(book)}

    assert {number: undo for number, undo in found.items() if undo is not None} == undone
    assert undone


def test_a_part_is_one_chain_after_one_of_its_batches(book: Connection) -> None:
    batches = list(stored.read_batches(book, Part()))
    after = batches[len(batches) // 2]
    part = Part(0, after.number, after.first_operation + after.operations)
    rest = [line for line in batches if line.number > after.number]

    assert list(stored.read_batches(book, part)) == rest
    operations = list(stored.read_operations(book, part))
    assert len(operations) == sum(line.operations for line in rest)
    assert {line.operation for line in stored.read_entries(book, part)} <= {
        line.id for line in operations
    }
    assert [line.operation for line in stored.read_requests(book, part)] == [
        line.id for line in operations
    ]
    assert list(stored.read_operations(book, Part(1, 0, first_operation(1)))) == []


def test_batches_are_found_where_heads_say(book: Connection) -> None:
    batches = list(stored.read_batches(book, Part()))
    heads = {0: Head(2, b""), 1: Head(1, b"")}

    assert stored.find_batches(book, heads) == {0: batches[1]}
    assert stored.find_batches(book, {}) == {}


def test_rows_are_found_by_number(book: Connection) -> None:
    operations = list(stored.read_operations(book, Part()))
    entries = list(stored.read_entries(book, Part()))
    wanted = {line.id for line in operations if line.id % 2} | {10**9}

    assert stored.find_operations(book, wanted) == {
        line.id: line for line in operations if line.id % 2
    }
    assert stored.find_entries(book, wanted) == {
        number: [line for line in entries if line.operation == number]
        for number in wanted
        if any(line.operation == number for line in entries)
    }


def test_lots_are_found_with_those_that_their_points_moved_to(book: Connection) -> None:
    lots = list(stored.read_lots(book))
    moved = next(lot for lot in lots if lot.origin is not None)

    found = stored.find_lots(book, [moved.origin or 0])

    assert set(found) == {lot.id for lot in lots if moved.origin in (lot.id, lot.origin)}
    assert moved.id in found


def test_what_is_asked_for_in_millions_is_asked_for_in_portions(
    book: Connection, whole_book: Database
) -> None:
    asked: list[str] = []
    event.listen(
        whole_book.reader,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: asked.append(statement),
    )

    assert len(stored.find_operations(book, range(1, 2501))) == number_of(book, "operation")
    assert sum("FROM operation" in statement for statement in asked) == 4  # three, and the count


def test_nothing_repeats_and_refusals_stand_apart(book: Connection) -> None:
    assert list(stored.read_repeated(book)) == []
    assert list(stored.read_undone_twice(book)) == []
    refusals = list(stored.read_refusals(book))
    assert {line.status for line, _ in refusals} == {"refused"}
    assert all(notes and "refusal:" in notes for _, notes in refusals)


def test_households_that_went_up_in_another_name_it(book: Connection) -> None:
    found = list(stored.read_merged(book))

    assert len(found) == number_of(book, "household WHERE merged_into IS NOT NULL") > 0


def test_only_a_few_rows_are_held_at_a_time(
    book: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "ROWS_AT_ONCE", 10)
    lines = stored.read_operations(book, Part())

    first = next(lines)
    lines.close()

    assert first.id == 1
    assert len(list(stored.read_operations(book, Part()))) == number_of(book, "operation")


def test_heads_and_sizes_are_read_at_once(book: Connection) -> None:
    chains = stored.read_chains(book)

    assert list(chains) == list(range(8))
    assert chains[0].number == number_of(book, "batch")
    assert stored.count_rows(book) == {
        "operation": number_of(book, "operation"),
        "account": number_of(book, "account"),
    }


@pytest.mark.parametrize("whole_book", ["postgresql"], indirect=True)  # SQLite knows no such limits
def test_a_check_takes_the_time_that_it_takes(book: Connection) -> None:
    stored.lift_limits(book)

    assert book.execute(text("SHOW statement_timeout")).scalar_one() == "0"
    assert book.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "0"

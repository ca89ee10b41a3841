from collections.abc import Callable, Iterator
from dataclasses import replace
from tracemalloc import get_traced_memory
from tracemalloc import start as start_tracing
from tracemalloc import stop as stop_tracing
from typing import Any

import pytest

from points.domain.chain import GENESIS, record_hash, seal
from points.domain.findings import Code, Findings
from points.domain.stored import HASHED, BatchLine, OperationLine
from points.domain.verifying_chains import (
    Journal,
    beginning,
    check_heads,
    check_journal,
    end_of,
)
from points.storage.locks import first_operation
from tests.build import make_earn
from tests.lines import Lines, lines_of, open_book
from tests.market import LI, LI_CARD, WANG


def book() -> Lines:
    memory = open_book({WANG: 100, LI: 50})
    memory.tell(make_earn())
    memory.tell(make_earn(card=LI_CARD))
    return lines_of(memory)


def ignore(*_: object) -> None:
    pass


def found_in(lines: Lines) -> list[tuple[Code, int]]:
    """Tell the codes, each with the batch or operation that it is about."""
    findings = Findings()
    check_journal(lines.journal(), findings, each=ignore)
    return [
        (one.code, int(one.about.get("operation", one.about.get("batch", 0))))
        for one in findings.items
    ]


def codes_in(lines: Lines) -> set[Code]:
    return {code for code, _ in found_in(lines)}


def test_a_whole_journal_ends_at_its_last_batch() -> None:
    lines, findings = book(), Findings()

    ends = check_journal(lines.journal(), findings, each=ignore)

    assert findings.items == []
    assert ends == {0: end_of(lines.batches[-1])}


def test_every_operation_is_met_by_its_entries_and_its_request() -> None:
    lines = book()
    met: list[tuple[int, list[int], list[int | None]]] = []

    check_journal(
        lines.journal(),
        Findings(),
        each=lambda operation, entries, requests: met.append(
            (operation.id, [one.line for one in entries], [one.operation for one in requests])
        ),
    )

    assert met == [
        (
            one.id,
            [entry.line for entry in lines.entries if entry.operation == one.id],
            [one.id],
        )
        for one in lines.operations
    ]


def change(lines: Lines, place: int, **values: Any) -> None:
    lines.batches[place] = lines.batches[place]._replace(**values)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda lines: lines.batches.pop(2), Code.BATCH_MISSING),
        (lambda lines: change(lines, 2, number=9), Code.BATCH_MISSING),
        (lambda lines: change(lines, 2, previous=b"\1" * 32), Code.BATCH_UNLINKED),
        (lambda lines: change(lines, 2, hash=b"\1" * 32), Code.BATCH_CHANGED),
        (lambda lines: change(lines, 2, posted_at=1), Code.BATCH_TIME),
        (lambda lines: change(lines, 2, operations=2), Code.BATCH_CHANGED),
        (lambda lines: change(lines, 2, operations=10**15), Code.BATCH_CHANGED),
        (lambda lines: change(lines, 2, operations=0), Code.OPERATION_UNSEALED),
        (lambda lines: change(lines, 2, first_operation=4), Code.OPERATION_UNSEALED),
        (lambda lines: change(lines, 2, first_operation=10**15), Code.OPERATION_UNSEALED),
        (lambda lines: change(lines, 2, first_operation=-5), Code.BATCH_CHANGED),
        (lambda lines: lines.operations.pop(2), Code.OPERATION_MISSING),
        (lambda lines: lines.batches.pop(), Code.OPERATION_UNSEALED),
        (lambda lines: lines.entries.pop(2), Code.BATCH_CHANGED),
        (lambda lines: lines.batches.clear(), Code.OPERATION_UNSEALED),
    ],
)
def test_whatever_is_spoilt_is_named(spoil: Callable[[Lines], object], code: Code) -> None:
    lines = book()

    spoil(lines)

    assert code in codes_in(lines)


@pytest.mark.parametrize("name", OperationLine._fields[:HASHED])
def test_no_value_of_an_operation_can_be_changed(name: str) -> None:
    lines = book()
    value = getattr(lines.operations[3], name)
    other: Any = {str: "x", bytes: b"x", int: 10**6, type(None): 10**6}[type(value)]

    lines.operations[3] = lines.operations[3]._replace(**{name: other})

    assert Code.BATCH_CHANGED in codes_in(lines)


@pytest.mark.parametrize("name", ["chain", "batch", "posted_at"])
def test_an_operation_stands_where_its_batch_is(name: str) -> None:
    lines = book()
    elsewhere: dict[str, Any] = {name: 77}

    lines.operations[3] = lines.operations[3]._replace(**elsewhere)

    assert (Code.OPERATION_MISPLACED, lines.operations[3].id) in found_in(lines)


def test_one_fault_does_not_hide_the_rest() -> None:
    lines = book()
    change(lines, 1, operations=10**15)

    assert (Code.BATCH_CHANGED, 3) not in found_in(lines)
    lines.operations[3] = lines.operations[3]._replace(points=10**6)

    assert (Code.BATCH_CHANGED, 4) in found_in(lines)


def test_entries_and_requests_of_no_operation_are_strays() -> None:
    lines = book()
    lines.entries.append(lines.entries[-1]._replace(operation=10**6))
    lines.requests.append(lines.requests[-1]._replace(operation=10**6 + 1))

    assert found_in(lines) == [(Code.ENTRY_STRAY, 10**6), (Code.REQUEST_STRAY, 10**6 + 1)]


def test_a_part_of_a_chain_joins_the_end_that_is_taken_as_given() -> None:
    lines, findings = book(), Findings()
    whole = lines.journal()
    tail = replace(
        whole,
        batches=lines.batches[2:],
        operations=lines.operations[2:],
        entries=[one for one in lines.entries if one.operation > 2],
        requests=lines.requests[2:],
        starts={0: end_of(lines.batches[1])},
    )

    assert check_journal(tail, findings, each=ignore) == {0: end_of(lines.batches[-1])}
    assert findings.items == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("number", 1), ("next_operation", 99), ("head", b"\1" * 32), ("last_at", 5)],
)
def test_a_head_is_its_chains_last_batch(column: str, value: Any) -> None:
    lines, findings = book(), Findings()
    head = lines.chain()._replace(**{column: value})

    check_heads({0: head}, {0: end_of(lines.batches[-1])}, findings, first_of=first_operation)

    assert [(one.code, one.about["column"]) for one in findings.items] == [
        (Code.CHAIN_HEAD, column)
    ]


def test_a_chain_without_a_batch_ends_where_it_begins() -> None:
    lines, findings = book(), Findings()
    first = first_operation(3)
    empty = lines.chain()._replace(id=3, number=0, next_operation=first, head=GENESIS, last_at=0)

    check_heads({3: empty}, {}, findings, first_of=first_operation)
    check_heads({}, {0: beginning(1)}, findings, first_of=first_operation)

    assert [one.code for one in findings.items] == [Code.CHAIN_MISSING]


def test_no_more_is_kept_in_mind_than_one_batch() -> None:
    model = book().operations[0]

    def operations(count: int) -> Iterator[OperationLine]:
        for number in range(1, count + 1):
            yield model._replace(id=number, batch=number, posted_at=number)

    def batches(count: int) -> Iterator[BatchLine]:
        before = GENESIS
        for operation in operations(count):
            number = operation.id
            mark = record_hash(operation[:HASHED])
            at = {"chain": 0, "number": number, "posted_at": number}
            hashed = seal([mark], **at, previous=before)
            yield BatchLine(0, number, number, 1, number, before, hashed)
            before = hashed

    def most_memory(count: int) -> int:
        journal = Journal(
            batches=batches(count),
            operations=operations(count),
            entries=(),
            requests=(),
            first_of=first_operation,
        )
        start_tracing()
        ends = check_journal(journal, findings, each=ignore)
        _, most = get_traced_memory()
        stop_tracing()
        assert ends[0].number == count
        return most

    findings = Findings()
    few, many = most_memory(500), most_memory(4000)

    assert findings.items == []
    assert many < few + 4_000_000  # what the encoder remembers has an end; rows are never kept

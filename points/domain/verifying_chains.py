"""Check the chains: every operation sealed in its batch, every batch linked to the one before.

The journal is walked once, in order; each operation is met by its entries and its request, and is
handed on to whoever checks operations.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain as joined
from itertools import pairwise
from operator import attrgetter

from points.domain.chain import GENESIS, record_hash, seal
from points.domain.findings import Code, Findings
from points.domain.notes import notes_marks
from points.domain.stored import (
    HASHED,
    BatchLine,
    ChainLine,
    EntryLine,
    OperationLine,
    RequestLine,
)
from points.domain.walking import Followers

EachOperation = Callable[[OperationLine, Sequence[EntryLine], Sequence[RequestLine]], None]
"""What is done with an operation, its entries in order and its requests (one, if all is well)."""


@dataclass(frozen=True, slots=True)
class End:
    """How far a chain goes: its last batch, or where a check of its newest part begins."""

    number: int
    hash: bytes
    next_operation: int
    posted_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What the chains are checked over. Each part is in the order of its numbers."""

    batches: Iterable[BatchLine]
    """By chain and number."""
    operations: Iterable[OperationLine]
    entries: Iterable[EntryLine]
    """By operation and line."""
    requests: Iterable[RequestLine]
    """Those accepted, by operation."""
    first_of: Callable[[int], int]
    """Gives the number of a chain's first operation."""
    starts: Mapping[int, End] = field(default_factory=dict)
    """Ends of chains that are taken as given: only what comes after them is in the journal."""


def beginning(first_operation: int) -> End:
    """Give the end of a chain that has no batch yet."""
    return End(number=0, hash=GENESIS, next_operation=first_operation, posted_at=None)


def end_of(batch: BatchLine) -> End:
    """Give the end of a chain whose last batch this is."""
    return End(
        number=batch.number,
        hash=batch.hash,
        next_operation=batch.first_operation + batch.operations,
        posted_at=batch.posted_at,
    )


def check_journal(journal: Journal, findings: Findings, *, each: EachOperation) -> dict[int, End]:
    """Check a journal and give the end that each of its chains comes to.

    Args:
        journal: Batches, operations, entries and requests.
        findings: Told of every disagreement.
        each: Called for every operation, sealed or not.
    """
    walk = _Walk(journal, findings, each)
    ends = dict(journal.starts)
    for batch, following in pairwise(joined(journal.batches, [None])):
        assert batch is not None, "only the end is followed by nothing"
        before = ends.get(batch.chain) or beginning(journal.first_of(batch.chain))
        _check_link(batch, before, findings)
        limit = _limit_of(batch, following, journal)
        walk.unsealed_until(min(batch.first_operation, limit))
        marks = walk.sealed(batch, min(batch.first_operation + batch.operations, limit))
        _check_seal(batch, marks, findings)
        ends[batch.chain] = end_of(batch)
    walk.finish()
    return ends


def check_heads(
    chains: Mapping[int, ChainLine],
    ends: Mapping[int, End],
    findings: Findings,
    *,
    first_of: Callable[[int], int],
) -> None:
    """Check that each chain's head is its last batch.

    The head is what tells that a chain's end was cut off, so it is not merely a cache.
    """
    for number in sorted(ends.keys() - chains.keys()):
        findings.add(Code.CHAIN_MISSING, {"chain": number})
    for number, head in sorted(chains.items()):
        end = ends.get(number) or beginning(first_of(number))
        facts: list[tuple[str, int | bytes, int | bytes]] = [
            ("number", end.number, head.number),
            ("next_operation", end.next_operation, head.next_operation),
            ("head", end.hash, head.head),
            ("last_at", end.posted_at or 0, head.last_at),
        ]
        for column, expected, found in facts:
            if expected != found:
                about: dict[str, int | str] = {"chain": number, "column": column}
                findings.add(Code.CHAIN_HEAD, about, expected=expected, found=found)


class _Walk:
    """Goes through the operations of a journal, never back."""

    def __init__(self, journal: Journal, findings: Findings, each: EachOperation) -> None:
        self._findings = findings
        self._each = each
        self._operations = iter(journal.operations)
        self._next = next(self._operations, None)
        by_operation = attrgetter("operation")
        self._entries = Followers(journal.entries, by_operation, stray=self._stray_entry)
        self._requests = Followers(journal.requests, by_operation, stray=self._stray_request)

    def unsealed_until(self, number: int) -> None:
        """Name the operations before this number: they stand in no batch."""
        for operation in self._until(number):
            self._findings.add(Code.OPERATION_UNSEALED, {"operation": operation.id})
            self._look_at(operation)

    def sealed(self, batch: BatchLine, end: int) -> list[bytes]:
        """Give the hashes of a batch's operations, which go up to before `end`."""
        marks: list[bytes] = []
        expected = batch.first_operation
        for operation in self._until(end):
            self._name_missing(batch, expected, operation.id)
            expected = operation.id + 1
            if (operation.chain, operation.batch, operation.posted_at) != (
                batch.chain,
                batch.number,
                batch.posted_at,
            ):
                self._findings.add(Code.OPERATION_MISPLACED, {"operation": operation.id})
            marks.append(self._look_at(operation))
        self._name_missing(batch, expected, batch.first_operation + batch.operations)
        return marks

    def finish(self) -> None:
        """Name all that is left over."""
        while self._next is not None:
            self.unsealed_until(self._next.id + 1)
        self._entries.end()
        self._requests.end()

    def _until(self, number: int) -> Iterator[OperationLine]:
        while self._next is not None and self._next.id < number:
            operation = self._next
            self._next = next(self._operations, None)
            yield operation

    def _look_at(self, operation: OperationLine) -> bytes:
        entries = self._entries.of(operation.id)
        self._each(operation, entries, self._requests.of(operation.id))
        record = operation[:HASHED]
        for entry in entries:
            record += entry[1:]
        return record_hash(record)

    def _name_missing(self, batch: BatchLine, expected: int, found: int) -> None:
        if expected < found:
            about = {"chain": batch.chain, "batch": batch.number, "operation": expected}
            self._findings.add(Code.OPERATION_MISSING, about)

    def _stray_entry(self, entry: EntryLine) -> None:
        about = {"operation": entry.operation, "line": entry.line}
        self._findings.add(Code.ENTRY_STRAY, about)

    def _stray_request(self, request: RequestLine) -> None:
        assert request.operation is not None, "these requests were accepted"
        about: dict[str, int | str] = {
            "operation": request.operation,
            "scope": request.scope,
            "key": request.key,
        }
        self._findings.add(Code.REQUEST_STRAY, about)


def _limit_of(batch: BatchLine, following: BatchLine | None, journal: Journal) -> int:
    """Say before which operation a batch must end, whatever it claims."""
    if following is not None and following.chain == batch.chain:
        return following.first_operation
    return journal.first_of(batch.chain + 1)


def _check_link(batch: BatchLine, before: End, findings: Findings) -> None:
    about = {"chain": batch.chain, "batch": batch.number}
    if batch.number != before.number + 1:
        findings.add(Code.BATCH_MISSING, about, expected=before.number + 1, found=batch.number)
    if batch.previous != before.hash:
        findings.add(Code.BATCH_UNLINKED, about, expected=before.hash, found=batch.previous)
    if before.posted_at is not None and batch.posted_at <= before.posted_at:
        findings.add(Code.BATCH_TIME, about, expected=before.posted_at, found=batch.posted_at)
    if batch.first_operation > before.next_operation:
        missing = about | {"operation": before.next_operation}
        findings.add(Code.OPERATION_MISSING, missing)


def _check_seal(batch: BatchLine, marks: Sequence[bytes], findings: Findings) -> None:
    hashed = seal(
        [*marks, *notes_marks(batch.notes)],
        chain=batch.chain,
        number=batch.number,
        posted_at=batch.posted_at,
        previous=batch.previous,
    )
    if hashed != batch.hash or len(marks) != batch.operations:
        about = {"chain": batch.chain, "batch": batch.number}
        findings.add(Code.BATCH_CHANGED, about, expected=batch.hash, found=hashed)

"""Write a book of millions: rows of the service's own making, over and over, in bulk.

The service registers nobody and posts two operations: a scan and a redemption. Every other row is
one of these, for another household, with all that must differ: names, numbers, balances, lots, and
the hashes of its batch, made by the service's own encoder. Nothing here is trusted: `points verify`
has to accept every row (`growing`).

Rows go straight from the driver, without indexes that can be made afterwards.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from uuid import UUID

from points.domain.cards import code_fingerprint
from points.domain.chain import instant_of, micros, record_hash, seal
from points.domain.ids import LINES_MAX
from points.domain.operations import CardRef, card_by_code
from points.domain.shapes import OWED, WALLET
from points.domain.stored import (
    HASHED,
    AccountLine,
    BatchLine,
    ChainLine,
    EntryLine,
    LotLine,
    OperationLine,
    RequestLine,
)
from tests.bench.town import code_of
from tests.market import SINCE_EVER

BATCH = 4000
_REDEEMED = 0.25
_REMEMBERED_MAX = 20_000
_BETWEEN_BATCHES = 1000  # microseconds
_NOBODY = -1
MARK_BYTES = 32

Write = Callable[[str, tuple[str, ...], Sequence[tuple[object, ...]]], None]
"""Writes rows of a table, given by name with its columns."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One operation as the service wrote it."""

    operation: OperationLine
    entries: tuple[EntryLine, ...]
    request: RequestLine

    def bodies(self, card: CardRef, moment: int) -> tuple[str, str]:
        """Give what stands before and after the card in the body of such a request."""
        before, _, after = (self.request.body or "").partition(card)
        then = instant_of(self.operation.occurred_at).isoformat()
        assert then in after, "a scan says when it was"
        return before, after.replace(then, instant_of(moment).isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What everything is made of."""

    earning: Sample
    spending: Sample
    card: CardRef
    """Whose they are."""
    chain: ChainLine
    """Where the journal goes on."""
    shelf: AccountLine


def write_people(numbers: range, write: Write, *, at_once: int = 20_000) -> bytes:
    """Register anonymous households with these numbers, and give the marks of their cards."""
    since = micros(SINCE_EVER)
    marks = bytearray()
    columns = ("id", "number", "fingerprint", "household", "state", "printed_at")
    for first in range(numbers.start, numbers.stop, at_once):
        some = range(first, min(first + at_once, numbers.stop))
        write("household", ("id", "added_at"), [(one, since) for one in some])
        cards = [
            (one, f"{one:09}", code_fingerprint(code_of(one)), one, "active", since) for one in some
        ]
        write("card", columns, cards)
        marks += b"".join(card[2] for card in cards)
    return bytes(marks)


class Bulk:
    """Households with their wallets, in as little memory as millions of them allow."""

    def __init__(self, samples: Samples, households: range, marks: bytes, write: Write) -> None:
        self._samples = samples
        self._marks = marks
        self._people = households
        self._write = write
        self._random = Random(4)
        self._able: list[int] = []
        count = len(households)
        self._balance, self._seq = array("q", bytes(8 * count)), array("i", bytes(4 * count))
        self._earned, self._spent = array("i", bytes(4 * count)), array("i", bytes(4 * count))
        self._moved_at = array("q", bytes(8 * count))
        self._first = array("i", [_NOBODY]) * count
        self._last = array("i", [_NOBODY]) * count
        self._lots = _Lots()
        self._chain = samples.chain
        self._shelf = samples.shelf

    def post(self, operations: int) -> None:
        """Write a batch of so many operations, with its hash and its place in the chain."""
        chain = self._chain
        now = chain.last_at + _BETWEEN_BATCHES
        batch = _Batch(self._samples, number=chain.number + 1, now=now)
        marks = []
        for number in range(chain.next_operation, chain.next_operation + operations):
            made = self._make(batch, number)
            record = made[:HASHED]
            for entry in batch.entries[batch.counted :]:
                record += entry[1:]
            batch.counted = len(batch.entries)
            marks.append(record_hash(record))
        head = seal(marks, chain=chain.id, number=batch.number, posted_at=now, previous=chain.head)
        place = (chain.id, batch.number, chain.next_operation, operations)
        closed = (*place, now, chain.head, head, None)
        self._write("operation", OperationLine._fields, batch.operations)
        self._write("entry", EntryLine._fields, batch.entries)
        self._write("request", RequestLine._fields, batch.requests)
        self._write("batch", BatchLine._fields, [closed])
        following = chain.next_operation + operations
        self._chain = ChainLine(chain.id, batch.number, following, head, now)

    def finish(self) -> tuple[ChainLine, AccountLine]:
        """Write what follows from all of it; give the chain's end and the shelf as they now are."""
        for rows in _in_parts(self._wallets()):
            self._write("account", AccountLine._fields, rows)
        for rows in _in_parts(self._lots.rows(self._samples, self._people)):
            self._write("lot", LotLine._fields, rows)
        return self._chain, self._shelf

    def _make(self, batch: "_Batch", number: int) -> OperationLine:
        price = -self._samples.spending.operation.points
        if self._able and self._random.random() < _REDEEMED:
            place = self._able.pop(self._random.randrange(len(self._able)))
            if self._balance[place] >= price:
                return self._redeem(batch, number, place, price)
        place = self._random.randrange(len(self._people))
        self._able.append(place)
        if len(self._able) > _REMEMBERED_MAX:
            del self._able[: _REMEMBERED_MAX // 2]
        return self._earn(batch, number, place)

    def _earn(self, batch: "_Batch", number: int, place: int) -> OperationLine:
        points = self._samples.earning.operation.points
        household = self._people[place]
        self._balance[place] += points
        self._seq[place] += 1
        self._earned[place] += 1
        self._moved_at[place] = batch.now
        lot = self._lots.add(place, number, points)
        if self._first[place] == _NOBODY:
            self._first[place] = lot
        else:
            self._lots.follow(self._last[place], lot)
        self._last[place] = lot
        (entry,) = self._samples.earning.entries
        batch.entries.append(
            entry._replace(
                operation=number,
                credit=WALLET + household,
                lot=number * LINES_MAX,
                credit_seq=self._seq[place],
            )
        )
        return self._add(batch, batch.earning, number, place)

    def _redeem(self, batch: "_Batch", number: int, place: int, price: int) -> OperationLine:
        household, lots = self._people[place], self._lots
        paid, handed = self._samples.spending.entries
        line, due = 0, price
        while due:
            lot = self._first[place]
            taken = min(due, lots.left[lot])
            due -= taken
            lots.left[lot] -= taken
            if not lots.left[lot]:
                self._first[place] = lots.following[lot]
            self._seq[place] += 1
            batch.entries.append(
                paid._replace(
                    operation=number,
                    line=line,
                    debit=WALLET + household,
                    amount=taken,
                    lot=lots.made_by[lot] * LINES_MAX,
                    debit_seq=self._seq[place],
                )
            )
            line += 1
        shelf = self._shelf
        self._shelf = AccountLine(
            shelf.id, shelf.balance - handed.amount, shelf.version + 1, batch.now
        )
        batch.entries.append(
            handed._replace(operation=number, line=line, debit_seq=self._shelf.version)
        )
        self._balance[place] -= price
        self._spent[place] += 1
        self._moved_at[place] = batch.now
        return self._add(batch, batch.spending, number, place)

    def _add(self, batch: "_Batch", form: "_Form", number: int, place: int) -> OperationLine:
        mark_at = MARK_BYTES * place
        card = card_by_code(self._marks[mark_at : mark_at + MARK_BYTES])
        body = f"{form.before}{card}{form.after}"
        mark, line, household = sha256(body.encode()).digest(), form.line, self._people[place]
        times = self._earned[place] if form is batch.earning else self._spent[place]
        key = str(UUID(int=self._random.getrandbits(128), version=4))
        made = line._replace(
            id=number,
            key=key,
            fingerprint=mark,
            household=household,
            balance_after=self._balance[place],
            reference=f"{line.item}:{household}:{line.local_day}:{times}",
        )
        batch.operations.append(made)
        request = RequestLine(
            number, line.scope, key, mark, "accepted", body, None, None, batch.now
        )
        batch.requests.append(request)
        return made

    def _wallets(self) -> Iterator[tuple[object, ...]]:
        moved = [place for place, seq in enumerate(self._seq) if seq]
        for place in moved:
            number = WALLET + self._people[place]
            yield number, self._balance[place], self._seq[place], self._moved_at[place]
        for place in moved:
            yield OWED + self._people[place], 0, 0, 0


class _Lots:
    """Lots by the order in which they were made, each with the one that its owner got next."""

    def __init__(self) -> None:
        self.owner, self.following = array("i"), array("i")
        self.made_by, self.left = array("q"), array("q")

    def add(self, owner: int, operation: int, points: int) -> int:
        self.owner.append(owner)
        self.following.append(_NOBODY)
        self.made_by.append(operation)
        self.left.append(points)
        return len(self.owner) - 1

    def follow(self, lot: int, next_lot: int) -> None:
        self.following[lot] = next_lot

    def rows(self, samples: Samples, people: range) -> Iterator[tuple[object, ...]]:
        (entry,) = samples.earning.entries
        for owner, operation, left in zip(self.owner, self.made_by, self.left, strict=True):
            account = WALLET + people[owner]
            lot = operation * LINES_MAX
            yield account, lot, entry.amount, left, 0, None, entry.expires_at


class _Form:
    """What all operations of a kind in a batch have in common."""

    def __init__(self, sample: Sample, card: CardRef, *, number: int, now: int) -> None:
        self.line = sample.operation._replace(occurred_at=now, posted_at=now, batch=number)
        self.before, self.after = sample.bodies(card, now)


class _Batch:
    """The rows of a batch."""

    def __init__(self, samples: Samples, *, number: int, now: int) -> None:
        self.number = number
        self.now = now
        self.earning, self.spending = (
            _Form(sample, samples.card, number=number, now=now)
            for sample in (samples.earning, samples.spending)
        )
        self.operations: list[tuple[object, ...]] = []
        self.entries: list[EntryLine] = []
        self.requests: list[tuple[object, ...]] = []
        self.counted = 0


def _in_parts(rows: Iterator[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    part: list[tuple[object, ...]] = []
    for row in rows:
        part.append(row)
        if len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part

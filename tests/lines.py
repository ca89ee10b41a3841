"""Rows as the tables hold them, made from what was posted in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from json import dumps

from points.domain.chain import GENESIS, micros, operation_hash, seal
from points.domain.facts import Posted
from points.domain.ids import HouseholdId, OperationId
from points.domain.ledger import Account, Lot
from points.domain.stored import (
    AccountLine,
    ActLine,
    BatchLine,
    ChainLine,
    EntryLine,
    LotLine,
    OperationLine,
    RequestLine,
    SideLine,
    act_of,
)
from points.domain.verifying_chains import Journal
from points.storage.locks import first_operation
from tests.build import make_facts
from tests.memory import Memory
from tests.save import opening


def open_book(points: Mapping[HouseholdId, int] | None = None) -> Memory:
    """Set the market day up, and let everything in the book be there by an operation."""
    facts = replace(make_facts(), next_operation=OperationId(1), accounts={}, granted={})
    memory = Memory(facts)
    for asked in opening(facts.catalog, points or {}):
        memory.post(asked)
    return memory


def operation_line(posted: Posted, *, batch: int = 1) -> OperationLine:
    return OperationLine(
        id=posted.id,
        scope=posted.ref.scope,
        key=posted.ref.key,
        kind=posted.kind.value,
        fingerprint=posted.fingerprint,
        evidence=posted.evidence.value,
        occurred_at=micros(posted.occurred_at),
        posted_at=micros(posted.posted_at),
        local_day=posted.local_day.isoformat(),
        household=posted.household,
        resident=posted.resident,
        event=posted.event,
        booth=posted.booth,
        item=posted.item,
        version=posted.version,
        quantity=posted.quantity,
        points=posted.points,
        expired=posted.expired,
        balance_after=posted.balance_after,
        reference=posted.reference,
        reverses=posted.reverses,
        details=dumps(dict(posted.details), ensure_ascii=False, sort_keys=True),
        chain=0,
        batch=batch,
    )


def entry_lines(posted: Posted) -> list[EntryLine]:
    return [
        EntryLine(
            operation=entry.operation,
            line=entry.line,
            debit=entry.debit,
            credit=entry.credit,
            amount=entry.amount,
            lot=entry.lot,
            expires_at=None if entry.expires_at is None else micros(entry.expires_at),
            debit_seq=entry.debit_seq,
            credit_seq=entry.credit_seq,
        )
        for entry in posted.entries
    ]


def request_line(posted: Posted) -> RequestLine:
    return RequestLine(
        operation=posted.id,
        scope=posted.ref.scope,
        key=posted.ref.key,
        fingerprint=posted.fingerprint,
        status="accepted",
        body=posted.body,
        reason=None,
        details=None,
        answered_at=micros(posted.posted_at),
    )


@dataclass
class Lines:
    """A book as rows, for a test to spoil; each operation is a batch of its own."""

    operations: list[OperationLine] = field(default_factory=list)
    entries: list[EntryLine] = field(default_factory=list)
    requests: list[RequestLine] = field(default_factory=list)
    batches: list[BatchLine] = field(default_factory=list)
    accounts: list[AccountLine] = field(default_factory=list)
    lots: list[LotLine] = field(default_factory=list)

    def journal(self) -> Journal:
        return Journal(
            batches=self.batches,
            operations=self.operations,
            entries=self.entries,
            requests=self.requests,
            first_of=first_operation,
        )

    def chain(self) -> ChainLine:
        """Give the head of a chain that ends as the batches do."""
        last = self.batches[-1]
        return ChainLine(
            id=0,
            number=last.number,
            next_operation=last.first_operation + last.operations,
            head=last.hash,
            last_at=last.posted_at,
        )

    def sides(self) -> list[SideLine]:
        """Give each entry from both of its accounts, by account and number."""
        found = [
            SideLine(
                account=account,
                seq=seq,
                operation=one.operation,
                line=one.line,
                is_credit=is_credit,
                amount=one.amount,
                lot=one.lot,
                other=other,
                expires_at=one.expires_at,
            )
            for one in self.entries
            for account, seq, is_credit, other in (
                (one.debit, one.debit_seq, 0, one.credit),
                (one.credit, one.credit_seq, 1, one.debit),
            )
            if seq is not None
        ]
        return sorted(found, key=lambda side: (side.account, side.seq or 0))

    def acts(self) -> list[ActLine]:
        """Give the households' operations, by household and in the order of posting."""
        undone = {one.reverses: one.id for one in self.operations if one.reverses is not None}
        found = [
            act_of(one)._replace(undone_by=undone.get(one.id))
            for one in self.operations
            if one.household is not None
        ]
        return sorted(found, key=lambda act: (act.household, act.posted_at, act.id))


def lines_of(memory: Memory) -> Lines:
    """Write a book in memory down as rows."""
    lines = Lines()
    before = GENESIS
    for number, posted in enumerate(memory.posted, start=1):
        lines.operations.append(operation_line(posted, batch=number))
        lines.entries += entry_lines(posted)
        lines.requests.append(request_line(posted))
        lines.batches.append(_batch(posted, number, before))
        before = lines.batches[-1].hash
    moved: dict[int, int] = {
        account: micros(posted.posted_at)
        for posted in memory.posted
        for entry in posted.entries
        for account in (entry.debit, entry.credit)
    }
    accounts: Iterable[tuple[int, Account]] = memory.facts.accounts.items()
    lines.accounts = sorted(
        AccountLine(number, one.balance, one.version, moved.get(number, 0))
        for number, one in accounts
        if one.version
    )
    lines.lots = _lots(memory.facts.lots)
    return lines


def _batch(posted: Posted, number: int, before: bytes) -> BatchLine:
    at = micros(posted.posted_at)
    return BatchLine(
        chain=0,
        number=number,
        first_operation=posted.id,
        operations=1,
        posted_at=at,
        previous=before,
        hash=seal([operation_hash(posted)], chain=0, number=number, posted_at=at, previous=before),
    )


def _lots(lots: Sequence[Lot]) -> list[LotLine]:
    return sorted(
        LotLine(
            account=lot.account,
            id=lot.id,
            amount=lot.amount,
            remaining=lot.remaining,
            expired=lot.expired,
            origin=lot.origin,
            expires_at=micros(lot.expires_at),
        )
        for lot in lots
    )

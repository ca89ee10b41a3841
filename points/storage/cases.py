"""Cases and how they were settled: two tables that are only ever added to.

`case` alone is a word of SQL's own, so the table is named by many.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Index,
    Row,
    Select,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from points.domain.cards import CardNumber
from points.domain.cases import Case, CaseId, CaseKind, Decision, NewCase, Settlement, Wish
from points.domain.chain import micros, record_hash
from points.domain.facts import CardState, Posted
from points.domain.ids import BoothKey, CredentialId, EventKey, HouseholdId, OperationId
from points.domain.notes import Note, NoteKind, note
from points.domain.operations import OperationKey, RequestKey
from points.domain.stored import CaseLine, SettlementLine
from points.storage.columns import BIG, Json, Moment, among, json_of, table_of
from points.storage.history import operation_of
from points.storage.ledger import OperationRow
from points.storage.people import CardRow


class CaseRow(SQLModel, table=True):
    """Something that a person must settle."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("reference"),
        Index("ix_cases_key_device", "key", "device"),
        CheckConstraint("(kind = 'review') = (body is not null)", name="body"),
        CheckConstraint("operation is null or key is not null", name="operation"),
        {"sqlite_strict": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    kind: str
    reference: str
    opened_at: datetime = Field(sa_type=Moment)
    device: str
    event: str | None = Field(default=None, index=True)
    booth: str | None = None
    household: int | None = Field(default=None, sa_type=BIG)
    key: str | None = None
    operation: int | None = Field(default=None, foreign_key="operation.id", sa_type=BIG)
    body: str | None = None
    is_offline: int = Field(default=0, sa_type=BIG)
    details: Mapping[str, Any] = Field(sa_type=Json)
    seal: bytes
    """A hash of all else; of a case about an operation, the batch that opened it notes it."""


class SettlementRow(SQLModel, table=True):
    """How a case was settled; numbered by its case, so that there is only one."""

    __tablename__ = "settlement"
    __table_args__ = {"sqlite_strict": True}

    id: int = Field(
        primary_key=True,
        foreign_key="cases.id",
        sa_type=BIG,
        sa_column_kwargs={"autoincrement": False},
    )
    key: str
    decision: str
    settled_by: str
    name: str
    note: str
    settled_at: datetime = Field(sa_type=Moment)
    operation: int | None = Field(default=None, foreign_key="operation.id", sa_type=BIG)
    seal: bytes
    """A hash of all but name and note; a batch notes it."""


_case, _settlement = table_of(CaseRow), table_of(SettlementRow)
_operation, _card = table_of(OperationRow), table_of(CardRow)
_STORED = select(
    _case,
    *(_settlement.c[name] for name in ("decision", "settled_by", "name", "note", "settled_at")),
    _settlement.c.key.label("settlement_key"),
    _settlement.c.operation.label("settled_operation"),
).outerjoin(_settlement, _settlement.c.id == _case.c.id)


def open_case(connection: Connection, case: NewCase, *, at: datetime) -> CaseId:
    """Open a case and give its number; one that was opened for the same cause is left as it is."""
    open_cases(connection, [case], at=at)
    found = select(_case.c.id).where(_case.c.reference == case.reference)
    return CaseId(connection.execute(found).scalar_one())


def open_cases(connection: Connection, cases: Sequence[NewCase], *, at: datetime) -> list[Note]:
    """Open cases; those that were opened before are left alone.

    Returns:
        What a batch must note of those that are new, if they are about operations.
    """
    insert_of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    # In order of cause: two writers that find the same then never cross.
    rows = [_row(case, at) for case in sorted(cases, key=lambda case: case.reference)]
    add = insert_of(_case).on_conflict_do_nothing(index_elements=["reference"])
    opened = connection.execute(add.returning(_case.c.id, _case.c.seal), rows).all()
    return [Note(NoteKind.CASE.value, row.id, bytes(row.seal).hex()) for row in sorted(opened)]


def find_case(connection: Connection, number: CaseId) -> Case | None:
    """Find a case, settled or not."""
    row = connection.execute(_STORED.where(_case.c.id == number)).one_or_none()
    return None if row is None else _case_of(row)


def load_cases(connection: Connection, wish: Wish) -> list[Case]:
    """Read cases, the newest first."""
    wanted: Select[Any] = _STORED.order_by(_case.c.id.desc()).limit(wish.limit)
    if wish.event is not None:
        wanted = wanted.where(_case.c.event == wish.event)
    if wish.is_open is not None:
        settled = _settlement.c.id
        wanted = wanted.where(settled.is_(None) if wish.is_open else settled.is_not(None))
    if wish.before is not None:
        wanted = wanted.where(_case.c.id < wish.before)
    return [_case_of(row) for row in connection.execute(wanted)]


def load_operations(
    connection: Connection, numbers: Collection[OperationId]
) -> dict[OperationId, Posted]:
    """Read the operations that cases are about."""
    rows = connection.execute(
        select(_operation).where(among(_operation.c.id, "numbers")), {"numbers": list(numbers)}
    )
    return {OperationId(row.id): operation_of(row) for row in rows}


def spoken_numbers(
    connection: Connection, households: Collection[HouseholdId]
) -> dict[HouseholdId, CardNumber]:
    """Give a number to say aloud for each household that has a card which is good today."""
    rows = connection.execute(
        select(_card.c.household, func.min(_card.c.number).label("number"))
        .where(among(_card.c.household, "households"), _card.c.state == CardState.ACTIVE)
        .group_by(_card.c.household),
        {"households": list(households)},
    )
    return {HouseholdId(row.household): CardNumber(row.number) for row in rows}


def add_settlement(connection: Connection, number: CaseId, settlement: Settlement) -> Note:
    """Settle a case. Whoever is second breaks a key, and finds it settled when they look again.

    Returns:
        What a batch must note of it.
    """
    line = SettlementLine(
        id=number,
        key=settlement.key,
        decision=settlement.decision.value,
        settled_by=settlement.settled_by,
        settled_at=micros(settlement.settled_at),
        operation=settlement.operation,
        seal=b"",
    )
    row = line._asdict() | {
        "name": settlement.name,
        "note": settlement.note,
        "settled_at": settlement.settled_at,
        "seal": record_hash(line.sealed()),
    }
    connection.execute(insert(_settlement), row)
    return note(NoteKind.SETTLEMENT, line.sealed(), subject=number)


def cases_of(connection: Connection, refs: Collection[RequestKey]) -> dict[RequestKey, CaseId]:
    """Give the newest case of each of these operations that has any."""
    found = connection.execute(
        select(_case.c.device, _case.c.key, _case.c.id)
        .where(among(_case.c.key, "keys"))
        .order_by(_case.c.id),
        {"keys": [ref.key for ref in refs]},
    )
    numbers = {RequestKey(row.device, row.key): CaseId(row.id) for row in found}
    return {ref: numbers[ref] for ref in refs if ref in numbers}


def _row(case: NewCase, at: datetime) -> dict[str, object]:
    line = CaseLine(
        id=0,
        kind=case.kind.value,
        reference=case.reference,
        opened_at=micros(at),
        device=case.device,
        event=case.event,
        booth=case.booth,
        household=case.household,
        key=case.key,
        operation=case.operation,
        body=case.body,
        is_offline=int(case.is_offline),
        details=json_of(case.details),
        seal=b"",
    )
    row = line._asdict() | {
        "opened_at": at,
        "details": dict(case.details),
        "seal": record_hash(line.sealed()),
    }
    del row["id"]
    return row


def _case_of(row: Row[Any]) -> Case:
    about = NewCase(
        kind=CaseKind(row.kind),
        reference=row.reference,
        device=CredentialId(row.device),
        event=None if row.event is None else EventKey(row.event),
        booth=None if row.booth is None else BoothKey(row.booth),
        household=None if row.household is None else HouseholdId(row.household),
        key=None if row.key is None else OperationKey(row.key),
        operation=None if row.operation is None else OperationId(row.operation),
        body=row.body,
        is_offline=bool(row.is_offline),
        details=row.details,
    )
    return Case(
        id=CaseId(row.id),
        opened_at=row.opened_at,
        about=about,
        settlement=None if row.decision is None else _settlement_of(row),
    )


def _settlement_of(row: Row[Any]) -> Settlement:
    operation = row.settled_operation
    return Settlement(
        key=row.settlement_key,
        decision=Decision(row.decision),
        settled_by=CredentialId(row.settled_by),
        name=row.name,
        note=row.note,
        settled_at=row.settled_at,
        operation=None if operation is None else OperationId(operation),
    )

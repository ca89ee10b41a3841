"""How events were closed, and what is known of their phones. Only ever added to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, and_, exists, func, insert, select
from sqlmodel import Field, SQLModel

from points.domain.access import Role
from points.domain.closing import (
    ENDS_AN_OPERATION,
    NAMES_AN_OPERATION,
    OPEN,
    ClosingAct,
    EventEnd,
    Phone,
    Signature,
    Total,
)
from points.domain.ids import BoothKey, CredentialId, EventKey, device_number
from points.domain.operations import Kind
from points.storage.access import CredentialRow
from points.storage.columns import BIG, Moment, among, table_of
from points.storage.invites import InviteRow
from points.storage.journals import LineRow
from points.storage.ledger import ChainRow, OperationRow, RequestRow
from points.storage.reports import ReportRow, ShiftRow, report_of
from points.storage.statements import Query


class ClosingRow(SQLModel, table=True):
    """Something that was done about an event's end, by whom and why."""

    __tablename__ = "closing"
    __table_args__ = (
        CheckConstraint("act in ('asked', 'closed', 'reopened')", name="act"),
        {"sqlite_strict": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    event: str = Field(index=True)
    act: str
    at: datetime = Field(sa_type=Moment)
    name: str
    reason: str


class WriteOffRow(SQLModel, table=True):
    """A phone that was given up when its event was closed."""

    __tablename__ = "write_off"
    __table_args__ = {"sqlite_strict": True}

    closing: int = Field(
        primary_key=True,
        foreign_key="closing.id",
        sa_type=BIG,
        sa_column_kwargs={"autoincrement": False},
    )
    device: str = Field(primary_key=True, foreign_key="credential.id")
    waiting: int | None = Field(default=None, sa_type=BIG)
    """How much it still held, as far as it said."""


_credential, _invite = table_of(CredentialRow), table_of(InviteRow)
_operation, _request = table_of(OperationRow), table_of(RequestRow)
_report, _shift, _line = table_of(ReportRow), table_of(ShiftRow), table_of(LineRow)
_closing, _write_off = table_of(ClosingRow), table_of(WriteOffRow)
_chain = table_of(ChainRow)
_later, _ending = _closing.alias("later"), _line.alias("ending")
# Asked for every batch that is posted.
_CLOSED = Query(
    select(_closing.c.event).where(
        among(_closing.c.event, "events"),
        _closing.c.act == ClosingAct.CLOSED,
        ~exists().where(_later.c.event == _closing.c.event, _later.c.id > _closing.c.id),
    )
)


def closed_among(connection: Connection, events: Collection[EventKey]) -> frozenset[EventKey]:
    """Tell which of these events are closed."""
    if not events:
        return frozenset()
    rows = _CLOSED.rows(connection, events=list(events))
    return frozenset(EventKey(row.event) for row in rows)


def hold_posting(connection: Connection) -> None:
    """Let nobody post, and nobody close an event, until the end of this transaction.

    Every batch holds a chain, and reads what is closed after that: so nothing is posted that did
    not know of a closing.
    """
    connection.execute(select(_chain.c.id).order_by(_chain.c.id).with_for_update()).all()


def load_end(connection: Connection, event: EventKey) -> EventEnd:
    """Tell how far the closing of an event has come."""
    acts = connection.execute(
        select(_closing.c.act, _closing.c.at)
        .where(_closing.c.event == event)
        .order_by(_closing.c.id)
    )
    end = OPEN
    for row in acts:
        match ClosingAct(row.act):
            case ClosingAct.ASKED:
                end = EventEnd(asked_at=row.at)
            case ClosingAct.CLOSED:
                end = EventEnd(asked_at=end.asked_at, closed_at=row.at)
            case ClosingAct.REOPENED:
                end = OPEN
    return end


def add_act(
    connection: Connection, event: EventKey, act: ClosingAct, by: Signature, *, at: datetime
) -> int:
    """Note what was done about an event's end; give its number."""
    number: int = connection.execute(
        insert(_closing)
        .values(event=event, act=act, at=at, name=by.name, reason=by.reason)
        .returning(_closing.c.id)
    ).scalar_one()
    return number


def add_write_offs(connection: Connection, closing: int, phones: Sequence[Phone]) -> None:
    """Note which phones were given up when an event was closed."""
    rows = [
        {
            "closing": closing,
            "device": phone.device,
            "waiting": None if phone.report is None else phone.report.waiting,
        }
        for phone in phones
    ]
    if rows:
        connection.execute(insert(_write_off), rows)


def load_write_offs(connection: Connection, event: EventKey) -> list[CredentialId]:
    """Name the phones that were given up when an event was last closed."""
    last = select(func.max(_closing.c.id)).where(
        _closing.c.event == event, _closing.c.act == ClosingAct.CLOSED
    )
    rows = connection.execute(
        select(_write_off.c.device)
        .where(_write_off.c.closing == last.scalar_subquery())
        .order_by(_write_off.c.device)
    )
    return [CredentialId(row.device) for row in rows]


def load_totals(connection: Connection, event: EventKey) -> list[Total]:
    """Add up what was done at an event, by booth and kind."""
    rows = connection.execute(
        select(
            _operation.c.booth,
            _operation.c.kind,
            func.count().label("operations"),
            func.sum(_operation.c.points).label("points"),
            func.sum(_operation.c.quantity).label("quantity"),
        )
        .where(_operation.c.event == event)
        .group_by(_operation.c.booth, _operation.c.kind)
        .order_by(_operation.c.booth.nulls_first(), _operation.c.kind)
    )
    return [
        Total(
            booth=None if row.booth is None else BoothKey(row.booth),
            kind=Kind(row.kind),
            operations=row.operations,
            points=int(row.points),
            quantity=int(row.quantity),
        )
        for row in rows
    ]


def load_phones(connection: Connection, event: EventKey) -> list[Phone]:
    """Read what is known of every phone that was let in for an event, in order of their numbers.

    The number of questions does not depend on how many there are.
    """
    rows = connection.execute(
        select(_credential, _report)
        .join(_invite, _invite.c.device == _credential.c.id)
        .outerjoin(_report, _report.c.device == _credential.c.id)
        .where(_invite.c.event == event)
    ).all()
    devices = {"devices": [row.id for row in rows]}
    holders, acts = _holders(connection, devices), _last_acts(connection, event, devices)
    here, open_ = _journals_here(connection, devices), _not_settled(connection, devices)
    phones = [
        Phone(
            device=CredentialId(row.id),
            name=row.name,
            role=Role(row.role),
            booth=None if row.booth is None else BoothKey(row.booth),
            is_revoked=row.revoked_at is not None,
            holder=holders.get(row.id),
            report=None if row.arrived_at is None else report_of(row),
            last_act_at=acts.get(row.id),
            is_journal_here=row.journal_number in (None, 0) or row.id in here,
            not_settled=open_.get(row.id, 0),
        )
        for row in rows
    ]
    return sorted(phones, key=lambda phone: device_number(phone.device) or 0)


def _holders(connection: Connection, devices: Mapping[str, Any]) -> dict[str, str | None]:
    newest = (
        select(func.max(_shift.c.id))
        .where(among(_shift.c.device, "devices"))
        .group_by(_shift.c.device)
    )
    rows = connection.execute(
        select(_shift.c.device, _shift.c.volunteer).where(_shift.c.id.in_(newest)), devices
    )
    return {row.device: row.volunteer for row in rows}


def _last_acts(
    connection: Connection, event: EventKey, devices: Mapping[str, Any]
) -> dict[str, datetime]:
    """Tell when the last that each phone did arrived: an operation, or a line of its journal."""
    posted = (
        select(_operation.c.scope.label("device"), func.max(_operation.c.posted_at).label("at"))
        .where(_operation.c.event == event, among(_operation.c.scope, "devices"))
        .group_by(_operation.c.scope)
    )
    written = (
        select(_line.c.device, func.max(_line.c.arrived_at).label("at"))
        .where(among(_line.c.device, "devices"))
        .group_by(_line.c.device)
    )
    found: dict[str, datetime] = {}
    for statement in (posted, written):
        for row in connection.execute(statement, devices):
            found[row.device] = max(row.at, found.get(row.device, row.at))
    return found


def _journals_here(connection: Connection, devices: Mapping[str, Any]) -> set[str]:
    """Tell whose journal is here to the line that its report names."""
    rows = connection.execute(
        select(_report.c.device)
        .join(
            _line,
            and_(
                _line.c.device == _report.c.device,
                _line.c.number == _report.c.journal_number,
                _line.c.hash == _report.c.journal_hash,
            ),
        )
        .where(among(_report.c.device, "devices")),
        devices,
    )
    return {row.device for row in rows}


def _not_settled(connection: Connection, devices: Mapping[str, Any]) -> dict[str, int]:
    """Count, by phone, the operations that its journal names and nobody has answered."""
    rows = connection.execute(
        select(_line.c.device, func.count(_line.c.subject.distinct()).label("found"))
        .where(
            among(_line.c.device, "devices"),
            _line.c.kind.in_(NAMES_AN_OPERATION),
            ~exists().where(_request.c.key == _line.c.subject, _request.c.scope == _line.c.device),
            ~exists().where(
                _ending.c.device == _line.c.device,
                _ending.c.subject == _line.c.subject,
                _ending.c.kind.in_(ENDS_AN_OPERATION),
            ),
        )
        .group_by(_line.c.device),
        devices,
    )
    return {row.device: row.found for row in rows}

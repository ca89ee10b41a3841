"""What phones say of themselves, and who holds them.

Volunteers' names stand here alone, so they can be erased and nothing else changes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from points.domain.closing import Report
from points.domain.ids import CredentialId, EventKey
from points.domain.journals import Head
from points.storage.access import CredentialRow
from points.storage.columns import BIG, Moment, table_of


class ReportRow(SQLModel, table=True):
    """The last that a phone said of itself. Written every minute, so it stands by itself."""

    __tablename__ = "report"
    __table_args__ = {"sqlite_strict": True}

    device: str = Field(primary_key=True, foreign_key="credential.id")
    arrived_at: datetime = Field(sa_type=Moment)
    said_at: datetime = Field(sa_type=Moment)
    waiting: int = Field(sa_type=BIG)
    attention: int = Field(sa_type=BIG)
    oldest_waiting_at: datetime | None = Field(default=None, sa_type=Moment)
    journal_number: int = Field(sa_type=BIG)
    journal_hash: bytes
    app: str | None = None


class ShiftRow(SQLModel, table=True):
    """A volunteer took a phone; without a name, somebody put it down."""

    __tablename__ = "shift"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    device: str = Field(foreign_key="credential.id", index=True)
    volunteer: str | None = None
    began_at: datetime = Field(sa_type=Moment)


_credential = table_of(CredentialRow)
_report, _shift = table_of(ReportRow), table_of(ShiftRow)


def keep_report(connection: Connection, device: CredentialId, report: Report) -> None:
    """Keep what a phone says of itself, in place of what it said before."""
    said = {
        "arrived_at": report.arrived_at,
        "said_at": report.said_at,
        "waiting": report.waiting,
        "attention": report.attention,
        "oldest_waiting_at": report.oldest_waiting_at,
        "journal_number": report.journal.n,
        "journal_hash": bytes.fromhex(report.journal.hash),
        "app": report.app,
    }
    insert_of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    add = insert_of(_report).values(device=device, **said)
    connection.execute(add.on_conflict_do_update(index_elements=["device"], set_=said))


def find_report(connection: Connection, device: CredentialId) -> Report | None:
    """Find the last that a phone said of itself."""
    row = connection.execute(select(_report).where(_report.c.device == device)).one_or_none()
    return None if row is None else report_of(row)


def report_of(row: Row[Any]) -> Report:
    """Make a report of its row."""
    return Report(
        arrived_at=row.arrived_at,
        said_at=row.said_at,
        waiting=row.waiting,
        attention=row.attention,
        oldest_waiting_at=row.oldest_waiting_at,
        journal=Head(row.journal_number, row.journal_hash.hex()),
        app=row.app,
    )


def keep_holder(
    connection: Connection, device: CredentialId, volunteer: str | None, *, at: datetime
) -> None:
    """Note who holds a phone, if that is somebody else than before."""
    if find_holder(connection, device) != volunteer:
        connection.execute(insert(_shift).values(device=device, volunteer=volunteer, began_at=at))


def find_holder(connection: Connection, device: CredentialId) -> str | None:
    """Tell who holds a phone, as far as it said."""
    newest = (
        select(_shift.c.volunteer).where(_shift.c.device == device).order_by(_shift.c.id.desc())
    )
    found: str | None = connection.execute(newest.limit(1)).scalar_one_or_none()
    return found


def erase_holders(connection: Connection, event: EventKey) -> int:
    """Forget who held the phones of an event; tell how many notes that were."""
    theirs = select(_credential.c.id).where(_credential.c.event == event)
    done = connection.execute(delete(_shift).where(_shift.c.device.in_(theirs)))
    return done.rowcount

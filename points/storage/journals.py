"""The journals of phones: every line that arrived, only ever added to.

A phone whose memory was wiped, or went back to an earlier state, begins another life: what it wrote
in the one before stays as it was. No line holds a name or a code; what a phone did is named by its
digest.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select
from sqlmodel import Field, SQLModel

from points.domain.ids import CredentialId
from points.domain.intake import Held, Kept
from points.domain.journals import Entry
from points.storage.columns import BIG, Moment, among, table_of


class LineRow(SQLModel, table=True):
    """A line of a phone's journal."""

    __tablename__ = "journal_line"
    __table_args__ = {"sqlite_strict": True}

    device: str = Field(primary_key=True, foreign_key="credential.id")
    life: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    hash: bytes
    previous: bytes
    at: int = Field(sa_type=BIG)
    """Milliseconds since 1970 by the phone's own clock, which may show anything."""
    session: str
    ticked: int = Field(sa_type=BIG)
    kind: str
    subject: str
    digest: str
    arrived_at: datetime = Field(sa_type=Moment)


_line = table_of(LineRow)
_HERE = select(_line).where(_line.c.device == bindparam("device"))
_LAST = _HERE.order_by(_line.c.life.desc(), _line.c.number.desc()).limit(1)
_NEAR = _HERE.where(among(_line.c.number, "near"))


def load_held(connection: Connection, device: CredentialId, *, near: Collection[int]) -> Held:
    """Read the end of a phone's journal, and what is here under these numbers in all its lives."""
    newest = connection.execute(_LAST, {"device": device}).one_or_none()
    rows = connection.execute(_NEAR, {"device": device, "near": list(near)})
    return Held(
        last=None if newest is None else _kept(newest), near=tuple(_kept(row) for row in rows)
    )


def add_lines(
    connection: Connection, device: CredentialId, lines: Sequence[Kept], *, at: datetime
) -> None:
    """Keep lines of a phone's journal."""
    rows = [
        {
            "device": device,
            "life": kept.life,
            "number": kept.entry.n,
            "hash": bytes.fromhex(kept.hash),
            "previous": bytes.fromhex(kept.entry.previous),
            "at": kept.entry.at,
            "session": kept.entry.session,
            "ticked": kept.entry.ticked,
            "kind": kept.entry.kind,
            "subject": kept.entry.subject,
            "digest": kept.entry.digest,
            "arrived_at": at,
        }
        for kept in lines
    ]
    if rows:
        connection.execute(insert(_line), rows)


def _kept(row: Row[Any]) -> Kept:
    entry = Entry(
        n=row.number,
        previous=row.previous.hex(),
        at=row.at,
        session=row.session,
        ticked=row.ticked,
        kind=row.kind,
        subject=row.subject,
        digest=row.digest,
    )
    return Kept(life=row.life, entry=entry, hash=row.hash.hex())

"""What was done to cards and households beside the book: who did it, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, UniqueConstraint, insert, select
from sqlmodel import Field, SQLModel

from points.domain.binding import DeskAct
from points.domain.ids import CardId, CredentialId, HouseholdId
from points.storage.columns import BIG, Moment, table_of
from points.storage.people import members_of


class DeskActRow(SQLModel, table=True):
    """One act. It names nobody: the card and the household are numbers."""

    __tablename__ = "desk_act"
    __table_args__ = (UniqueConstraint("by", "key"), {"sqlite_strict": True})

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    by: str
    key: str | None = None
    """Its name, where whoever asked for it may ask again."""
    fingerprint: bytes | None = None
    act: str
    card: int | None = Field(default=None, foreign_key="card.id", sa_type=BIG)
    household: int = Field(foreign_key="household.id", index=True, sa_type=BIG)
    at: datetime = Field(sa_type=Moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something that was done."""

    act: DeskAct
    by: CredentialId
    household: HouseholdId
    at: datetime
    card: CardId | None = None
    key: str | None = None
    fingerprint: bytes | None = None


_act = table_of(DeskActRow)


def add_desk_act(connection: Connection, done: Done) -> None:
    """Note what was done."""
    connection.execute(
        insert(_act).values(
            by=done.by,
            key=done.key,
            fingerprint=done.fingerprint,
            act=done.act,
            card=done.card,
            household=done.household,
            at=done.at,
        )
    )


def load_desk_acts(connection: Connection, household: HouseholdId) -> list[Done]:
    """Read what was done to a household, and to those that went up in it; oldest first."""
    theirs = select(_act).where(_act.c.household.in_(members_of(household)))
    rows = connection.execute(theirs.order_by(_act.c.id))
    return [_done_of(row) for row in rows]


def find_desk_act(connection: Connection, by: CredentialId, key: str) -> Done | None:
    """Find what was done under a name."""
    row = connection.execute(select(_act).where(_act.c.by == by, _act.c.key == key)).one_or_none()
    return None if row is None else _done_of(row)


def _done_of(row: Row[Any]) -> Done:
    return Done(
        act=DeskAct(row.act),
        by=CredentialId(row.by),
        household=HouseholdId(row.household),
        at=row.at,
        card=None if row.card is None else CardId(row.card),
        key=row.key,
        fingerprint=row.fingerprint,
    )

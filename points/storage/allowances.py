"""Allowances: cards that spend some of a household's points. Their codes are known only by hash.

What was spent follows from the book; the label is all that is personal, and nowhere else.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Row,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from points.domain.allowances import AllowanceRecord, Terms
from points.domain.cards import CardNumber
from points.domain.chain import instant_of
from points.domain.facts import Allowance, Card, CardState
from points.domain.ids import AllowanceId, CardId, HouseholdId
from points.domain.notes import Note, NoteKind, note
from points.domain.operations import CardRef
from points.domain.shown_cards import card_by_allowance, is_allowance
from points.domain.stored import AllowanceLine
from points.storage.columns import BIG, Day, Moment, among, table_of
from points.storage.people import HouseholdRow
from points.storage.statements import Change, Query
from points.storage.streaming import plain


class AllowanceRow(SQLModel, table=True):
    """An allowance, with what was spent of it."""

    __tablename__ = "allowance"
    __table_args__ = (
        CheckConstraint("is_confirmed in (0, 1)", name="confirmed"),
        CheckConstraint("points_max > 0", name="points"),
        {"sqlite_strict": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    number: str = Field(unique=True)
    fingerprint: bytes = Field(unique=True)
    household: int = Field(foreign_key="household.id", index=True, sa_type=BIG)
    label: str | None = None
    points_max: int = Field(sa_type=BIG)
    last_day: date = Field(sa_type=Day)
    is_confirmed: int = Field(sa_type=BIG)
    made_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    spent: int = Field(default=0, sa_type=BIG)


_allowance, _household = table_of(AllowanceRow), table_of(HouseholdRow)
_STANDS = func.coalesce(_household.c.merged_into, _household.c.id)
_SHOWN = Query(
    select(_allowance, _STANDS.label("stands"))
    .join(_household, _household.c.id == _allowance.c.household)
    .where(among(_allowance.c.fingerprint, "codes"))
)
_SPEND = Change(
    *("points", "allowance"),
    statement=update(_allowance)
    .where(_allowance.c.id == bindparam("allowance"))
    .values(spent=_allowance.c.spent + bindparam("points")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAllowance:
    """What is kept of an allowance when it is made; its code is not."""

    number: CardNumber
    fingerprint: bytes
    terms: Terms
    is_confirmed: bool


def add_allowance(
    connection: Connection, household: HouseholdId, new: NewAllowance, *, at: datetime
) -> AllowanceId:
    """Keep a new allowance."""
    terms = new.terms
    made = connection.execute(
        insert(_allowance)
        .values(
            number=new.number,
            fingerprint=new.fingerprint,
            household=household,
            label=terms.label,
            points_max=terms.points_max,
            last_day=terms.last_day,
            is_confirmed=int(new.is_confirmed),
            made_at=at,
        )
        .returning(_allowance.c.id)
    )
    return AllowanceId(made.scalar_one())


def load_allowances_of(
    connection: Connection, household: HouseholdId
) -> tuple[AllowanceRecord, ...]:
    """Read all allowances of a household that stands, the newest first."""
    owners = select(_household.c.id).where(
        or_(_household.c.id == household, _household.c.merged_into == household)
    )
    theirs = select(_allowance).where(_allowance.c.household.in_(owners))
    rows = connection.execute(theirs.order_by(_allowance.c.id.desc()))
    return tuple(_record(row) for row in rows)


def end_allowance(connection: Connection, allowance: AllowanceId, at: datetime) -> bool:
    """End an allowance; tell whether it was not ended before."""
    done = connection.execute(
        update(_allowance)
        .where(_allowance.c.id == allowance, _allowance.c.ended_at.is_(None))
        .values(ended_at=at)
    )
    return bool(done.rowcount)


def note_of(connection: Connection, allowance: AllowanceId) -> Note:
    """Give what a batch must note of an allowance as it now stands."""
    columns = plain(_allowance, AllowanceLine._fields)
    found = connection.execute(select(*columns).where(_allowance.c.id == allowance)).one()
    line = AllowanceLine._make(found)
    kind = NoteKind.ALLOWANCE if line.ended_at is None else NoteKind.ALLOWANCE_ENDED
    return note(kind, line.terms(), subject=line.id)


def labels_of(
    connection: Connection, allowances: Collection[AllowanceId]
) -> dict[AllowanceId, str | None]:
    """Tell who carries these allowances, in their households' words."""
    if not allowances:
        return {}
    named = select(_allowance.c.id, _allowance.c.label)
    rows = connection.execute(named.where(_allowance.c.id.in_(sorted(allowances))))
    return {AllowanceId(row.id): row.label for row in rows}


def load_allowances(connection: Connection, refs: Collection[CardRef]) -> dict[CardRef, Allowance]:
    """Read the allowances of these names, each with the household of today."""
    codes = [bytes.fromhex(ref.partition(":")[2]) for ref in refs if is_allowance(ref)]
    if not codes:
        return {}
    rows = _SHOWN.rows(connection, codes=codes)
    return {card_by_allowance(row.fingerprint): _shown(row) for row in rows}


def spend_allowances(connection: Connection, spent: Mapping[AllowanceId, int]) -> None:
    """Count points as spent. Whoever does holds the household's wallet, so no count is lost."""
    _SPEND.write(connection, [(points, allowance) for allowance, points in sorted(spent.items())])


def _shown(row: Row[Any]) -> Allowance:
    ended_at = None if row.ended_at is None else instant_of(row.ended_at)
    card = Card(
        id=CardId(0),
        household=HouseholdId(row.stands),
        resident=None,
        state=CardState.ACTIVE if ended_at is None else CardState.FROZEN,
        stopped_at=ended_at,
    )
    return Allowance(
        id=AllowanceId(row.id),
        card=card,
        points_max=row.points_max,
        last_day=date.fromisoformat(row.last_day),
        is_confirmed=bool(row.is_confirmed),
        spent=row.spent,
    )


def _record(row: Row[Any]) -> AllowanceRecord:
    terms = Terms(label=row.label or "", points_max=row.points_max, last_day=row.last_day)
    return AllowanceRecord(
        id=AllowanceId(row.id),
        number=CardNumber(row.number),
        terms=terms,
        spent=row.spent,
        made_at=row.made_at,
        ended_at=row.ended_at,
    )

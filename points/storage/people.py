"""Households, residents and cards. What names a person is kept here and nowhere else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Index,
    Row,
    Select,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from points.domain.chain import instant_of
from points.domain.facts import Card, CardState
from points.domain.ids import CardId, CommunityKey, HouseholdId, ResidentId
from points.domain.operations import CardRef, card_by_code, card_by_number, is_by_code, is_by_number
from points.storage.columns import BIG, Moment, among, table_of
from points.storage.statements import Query


class HouseholdRow(SQLModel, table=True):
    """A wallet's owner. Without a community and a door it is anonymous: a card and nothing more.

    `merged_into` always names the household that stands, never one that went up in another itself.
    """

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("community", "door"),
        Index("ix_household_merged_into", "merged_into"),
        {"sqlite_strict": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    community: str | None = None
    door: str | None = None
    """Where it lives within the community, for example "2-301"."""
    name: str | None = None
    merged_into: int | None = Field(default=None, foreign_key="household.id", sa_type=BIG)
    added_at: datetime = Field(sa_type=Moment)
    building: str | None = None
    """All that it told a booth of where it lives."""


class ResidentRow(SQLModel, table=True):
    """A person of a household, where limits or cards are kept apart by person."""

    __tablename__ = "resident"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    household: int = Field(foreign_key="household.id", index=True, sa_type=BIG)
    name: str | None = None
    added_at: datetime = Field(sa_type=Moment)


class CardRow(SQLModel, table=True):
    """A card. Its secret code is known only by fingerprint; its number is said aloud."""

    __tablename__ = "card"
    __table_args__ = (
        CheckConstraint("state in ('active', 'frozen', 'replaced')", name="state"),
        CheckConstraint("(state = 'active') = (stopped_at is null)", name="stopped"),
        CheckConstraint("(sealed_tag is null) = (sealing_key is null)", name="sealing"),
        {"sqlite_strict": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    number: str = Field(unique=True)
    fingerprint: bytes = Field(unique=True)
    household: int = Field(foreign_key="household.id", index=True, sa_type=BIG)
    resident: int | None = Field(default=None, foreign_key="resident.id", sa_type=BIG)
    state: str = "active"
    stopped_at: datetime | None = Field(default=None, sa_type=Moment)
    replaced_by: int | None = Field(default=None, foreign_key="card.id", sa_type=BIG)
    printed_at: datetime = Field(sa_type=Moment)
    sealed_tag: bytes | None = None
    """By this, and opened by the key, phones find its balance; cards of old have neither."""
    sealing_key: bytes | None = None


_household, _card = table_of(HouseholdRow), table_of(CardRow)

_STANDS = func.coalesce(_household.c.merged_into, _household.c.id)
CARDS = select(
    *(_card.c[name] for name in ("id", "number", "fingerprint", "resident", "state", "stopped_at")),
    _STANDS.label("stands"),
).join(_household, _household.c.id == _card.c.household)
_BY_CODE = Query(CARDS.where(among(_card.c.fingerprint, "codes")))
_BY_NUMBER = Query(CARDS.where(among(_card.c.number, "numbers")))
_ROOTS = select(_STANDS).where(among(_household.c.id, "ids"))
_HOUSEHOLDS = Query(
    select(_household.c.id, _household.c.merged_into, _household.c.community).where(
        or_(_household.c.id.in_(_ROOTS), _household.c.merged_into.in_(_ROOTS))
    )
)
_MARK_MERGED = (
    update(_household)
    .where(
        or_(_household.c.id == bindparam("source"), _household.c.merged_into == bindparam("source"))
    )
    .values(merged_into=bindparam("into"))
)


def load_cards(connection: Connection, refs: Collection[CardRef]) -> dict[CardRef, Card]:
    """Read the cards of these names, each with the household that stands for it today."""
    codes = [bytes.fromhex(ref[5:]) for ref in refs if is_by_code(ref)]
    numbers = [ref[7:] for ref in refs if is_by_number(ref)]
    found: dict[CardRef, Card] = {}
    if codes:
        rows = _BY_CODE.rows(connection, codes=codes)
        found |= {card_by_code(row.fingerprint): card_of(row) for row in rows}
    if numbers:
        rows = _BY_NUMBER.rows(connection, numbers=numbers)
        found |= {card_by_number(row.number): card_of(row) for row in rows}
    return found


_STATES = {state.value: state for state in CardState}


def card_of(row: Row[Any]) -> Card:
    """Read a row of `CARDS`."""
    return Card(
        id=CardId(row.id),
        household=HouseholdId(row.stands),
        resident=None if row.resident is None else ResidentId(row.resident),
        state=_STATES[row.state],
        stopped_at=None if row.stopped_at is None else instant_of(row.stopped_at),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """Households asked for, with those that went up in them."""

    stands: Mapping[HouseholdId, HouseholdId]
    """The household that stands today, for each one asked for and each member."""
    communities: Mapping[HouseholdId, CommunityKey | None]
    """The community of each household that stands."""


def load_households(connection: Connection, ids: Collection[HouseholdId]) -> Households:
    """Read households that were named, the ones that they went up in, and all their members."""
    if not ids:
        return Households(stands={}, communities={})
    rows = _HOUSEHOLDS.rows(connection, ids=ids)
    return Households(
        stands={HouseholdId(row.id): HouseholdId(row.merged_into or row.id) for row in rows},
        communities={
            HouseholdId(row.id): None if row.community is None else CommunityKey(row.community)
            for row in rows
            if row.merged_into is None
        },
    )


def members_of(household: HouseholdId) -> Select[tuple[int]]:
    """Find a household that stands, and those that went up in it."""
    is_it, went_up = _household.c.id == household, _household.c.merged_into == household
    return select(_household.c.id).where(or_(is_it, went_up))


def mark_merged(connection: Connection, merged: Mapping[HouseholdId, HouseholdId]) -> None:
    """Let households, and all that went up in them before, stand in another from now on."""
    for source, into in merged.items():
        connection.execute(_MARK_MERGED, {"source": source, "into": into})

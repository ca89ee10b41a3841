"""PINs of households: a salt, a slow hash, and how often they were guessed at."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Field, SQLModel

from points.domain.chain import micros, record_hash
from points.domain.ids import HouseholdId
from points.domain.pins import Tries
from points.domain.stored import PinLine
from points.storage.columns import BIG, Moment, table_of


class PinRow(SQLModel, table=True):
    """A household's PIN. Personal, and in no proof: it can be removed at any time."""

    __tablename__ = "pin"
    __table_args__ = {"sqlite_strict": True}

    household: int = Field(primary_key=True, foreign_key="household.id", sa_type=BIG)
    salt: bytes
    hash: bytes
    set_at: datetime = Field(sa_type=Moment)
    tries: int = Field(default=0, sa_type=BIG)
    locked_until: datetime | None = Field(default=None, sa_type=Moment)
    seal: bytes
    """A hash of all else, written anew with each try: a count set back by hand shows."""


_pin = table_of(PinRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPin:
    """What is kept of a PIN."""

    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)
    set_at: datetime
    tries: Tries


def hold_pin(connection: Connection, household: HouseholdId) -> KeptPin | None:
    """Read a household's PIN; nobody else tries one until the end of this transaction."""
    row = connection.execute(
        select(_pin).where(_pin.c.household == household).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    return KeptPin(
        salt=row.salt, hash=row.hash, set_at=row.set_at, tries=Tries(row.tries, row.locked_until)
    )


def has_pin(connection: Connection, household: HouseholdId) -> bool:
    """Tell whether a household has a PIN."""
    found = select(_pin.c.household).where(_pin.c.household == household)
    return connection.execute(found).first() is not None


def set_pin(
    connection: Connection, household: HouseholdId, *, salt: bytes, hashed: bytes, at: datetime
) -> None:
    """Give a household a PIN, in place of the one that it had."""
    remove_pin(connection, household)
    kept = KeptPin(salt=salt, hash=hashed, set_at=at, tries=Tries())
    connection.execute(
        insert(_pin).values(
            household=household,
            salt=salt,
            hash=hashed,
            set_at=at,
            tries=0,
            seal=_seal(household, kept),
        )
    )


def remove_pin(connection: Connection, household: HouseholdId) -> None:
    """Forget a household's PIN."""
    connection.execute(delete(_pin).where(_pin.c.household == household))


def note_tries(connection: Connection, household: HouseholdId, tries: Tries) -> None:
    """Note how often a household's PIN was guessed at."""
    kept = hold_pin(connection, household)
    if kept is None:  # forgotten meanwhile
        return
    connection.execute(
        update(_pin)
        .where(_pin.c.household == household)
        .values(
            tries=tries.count,
            locked_until=tries.locked_until,
            seal=_seal(household, replace(kept, tries=tries)),
        )
    )


def _seal(household: HouseholdId, kept: KeptPin) -> bytes:
    ends = kept.tries.locked_until
    line = PinLine(
        household=household,
        salt=kept.salt,
        hash=kept.hash,
        set_at=micros(kept.set_at),
        tries=kept.tries.count,
        locked_until=None if ends is None else micros(ends),
        seal=b"",
    )
    return record_hash(line.sealed())

"""Family codes, known by hash, and how often wrong ones were tried."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import Field, SQLModel

from points.domain.ids import CardId, CredentialId, HouseholdId
from points.storage.columns import BIG, Moment, table_of


class FamilyCodeRow(SQLModel, table=True):
    """A code that says for a quarter of an hour: this card was in somebody's hand at a booth."""

    __tablename__ = "family_code"
    __table_args__ = {"sqlite_strict": True}

    hash: bytes = Field(primary_key=True)
    card: int = Field(foreign_key="card.id", sa_type=BIG)
    by: str
    ends_at: datetime = Field(sa_type=Moment)


class FamilyTryRow(SQLModel, table=True):
    """A household typed a code that nobody gave."""

    __tablename__ = "family_try"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    household: int = Field(foreign_key="household.id", sa_type=BIG)
    at: datetime = Field(sa_type=Moment, index=True)


_code, _try = table_of(FamilyCodeRow), table_of(FamilyTryRow)


def add_family_code(
    connection: Connection, code_hash: bytes, card: CardId, *, by: CredentialId, ends_at: datetime
) -> None:
    """Keep a code in place of any other of the card."""
    connection.execute(delete(_code).where(_code.c.card == card))
    connection.execute(insert(_code).values(hash=code_hash, card=card, by=by, ends_at=ends_at))


def find_family_code(connection: Connection, code_hash: bytes, *, now: datetime) -> CardId | None:
    """Find the card that a code is for, while it lasts."""
    found: int | None = connection.execute(
        select(_code.c.card).where(_code.c.hash == code_hash, _code.c.ends_at > now)
    ).scalar_one_or_none()
    return None if found is None else CardId(found)


def use_family_code(connection: Connection, code_hash: bytes) -> bool:
    """Let a code be good no more; tell whether it still was."""
    return bool(connection.execute(delete(_code).where(_code.c.hash == code_hash)).rowcount)


def forget_family_codes(connection: Connection, *, now: datetime, tried_before: datetime) -> None:
    """Forget the codes that have ended, and tries of long ago."""
    connection.execute(delete(_code).where(_code.c.ends_at <= now))
    connection.execute(delete(_try).where(_try.c.at <= tried_before))


def count_tries(
    connection: Connection, household: HouseholdId, *, since: datetime
) -> tuple[int, int]:
    """Count the wrong codes of a household since an instant, and those of everybody."""
    of_it = func.count().filter(_try.c.household == household)
    row = connection.execute(select(of_it, func.count()).where(_try.c.at > since)).one()
    return row[0], row[1]


def add_try(connection: Connection, household: HouseholdId, *, at: datetime) -> None:
    """Note a wrong code."""
    connection.execute(insert(_try).values(household=household, at=at))

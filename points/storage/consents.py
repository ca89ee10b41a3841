"""What households agreed to, and the wordings that they heard."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlmodel import Field, SQLModel

from points.domain.consents import Consent
from points.domain.ids import CredentialId, HouseholdId
from points.domain.notices import Notice
from points.storage.columns import BIG, Moment, table_of
from points.storage.people import members_of


class NoticeRow(SQLModel, table=True):
    """A wording that somebody agreed to; kept when the programme has another one long since."""

    __tablename__ = "notice"
    __table_args__ = {"sqlite_strict": True}

    version: str = Field(primary_key=True)
    text: str
    text_en: str


class ConsentRow(SQLModel, table=True):
    """A household agreed to a wording."""

    __tablename__ = "consent"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    household: int = Field(foreign_key="household.id", index=True, sa_type=BIG)
    version: str
    agreed_at: datetime = Field(sa_type=Moment)
    by: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)


_notice, _consent = table_of(NoticeRow), table_of(ConsentRow)


def keep_notice(connection: Connection, notice: Notice) -> None:
    """Keep a wording, once."""
    if find_kept_notice(connection, notice.version) is None:
        connection.execute(
            insert(_notice).values(version=notice.version, text=notice.text, text_en=notice.text_en)
        )


def find_kept_notice(connection: Connection, version: str) -> Notice | None:
    """Find a wording that somebody agreed to."""
    row = connection.execute(select(_notice).where(_notice.c.version == version)).one_or_none()
    if row is None:
        return None
    return Notice(version=row.version, text=row.text, text_en=row.text_en)


def add_consent(connection: Connection, consent: Consent) -> None:
    """Note that a household agreed."""
    connection.execute(
        insert(_consent).values(
            household=consent.household,
            version=consent.version,
            agreed_at=consent.agreed_at,
            by=consent.by,
        )
    )


def load_consents(connection: Connection, household: HouseholdId) -> list[Consent]:
    """Read what a household that stands agreed to, and those that went up in it; oldest first."""
    rows = connection.execute(
        select(_consent)
        .where(_consent.c.household.in_(members_of(household)))
        .order_by(_consent.c.agreed_at, _consent.c.id)
    )
    return [
        Consent(
            household=HouseholdId(row.household),
            version=row.version,
            agreed_at=row.agreed_at,
            by=CredentialId(row.by),
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def withdraw_consents(connection: Connection, household: HouseholdId, *, at: datetime) -> int:
    """Note that a household takes back what it agreed to; tell how many consents that were."""
    done = connection.execute(
        update(_consent)
        .where(_consent.c.household.in_(members_of(household)), _consent.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )
    return done.rowcount

"""The book's tables.

`operation`, `entry`, `batch` and accepted requests are only ever added to: triggers refuse anything
else. `account`, `lot`, `slip` and `chain` are caches of them: `points verify` proves it and
`points rebuild` restores them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, literal_column, text
from sqlmodel import Field, SQLModel

from points.storage.columns import BIG, Day, Json, Moment, table_of

BALANCE_MAX = 2**53 - 1
AMOUNT_MAX = 10**12

_HAS_POINTS = text("remaining > 0")
_HAS_ORIGIN = text("origin is not null")


class AccountRow(SQLModel, table=True):
    """An account that has a limit: the only rows that a batch locks."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(f"balance between 0 and {BALANCE_MAX}", name="balance"),
        CheckConstraint("version >= 0", name="version"),
        # Room on the page lets PostgreSQL update in place.
        {"sqlite_strict": True, "postgresql_with": {"fillfactor": 80}},
    )

    id: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    balance: int = Field(default=0, sa_type=BIG)
    version: int = Field(default=0, sa_type=BIG)
    last_at: datetime = Field(sa_type=Moment)


class OperationRow(SQLModel, table=True):
    """One accepted act."""

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("key", "scope"),
        UniqueConstraint("reference"),
        UniqueConstraint("reverses"),
        Index("ix_operation_household_posted", "household", "posted_at", "id"),
        Index("ix_operation_household_day", "household", "local_day"),
        Index("ix_operation_household_event", "household", "event"),
        Index("ix_operation_event_item", "event", "item"),
        {"sqlite_strict": True},
    )

    id: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    chain: int = Field(sa_type=BIG)
    batch: int = Field(sa_type=BIG)
    scope: str
    key: str
    kind: str
    fingerprint: bytes
    evidence: str
    occurred_at: datetime = Field(sa_type=Moment)
    posted_at: datetime = Field(sa_type=Moment)
    local_day: date = Field(sa_type=Day)
    household: int | None = Field(default=None, sa_type=BIG)
    resident: int | None = Field(default=None, sa_type=BIG)
    event: str | None = None
    booth: str | None = None
    item: str | None = None
    version: int | None = Field(default=None, sa_type=BIG)
    quantity: int = Field(sa_type=BIG)
    points: int = Field(sa_type=BIG)
    expired: int = Field(sa_type=BIG)
    balance_after: int | None = Field(default=None, sa_type=BIG)
    reference: str | None = None
    reverses: int | None = Field(default=None, foreign_key="operation.id", sa_type=BIG)
    details: Mapping[str, Any] = Field(sa_type=Json)


class RequestRow(SQLModel, table=True):
    """A request that has its final answer, under the name that whoever asked gave it."""

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(
            "(status = 'accepted' and operation is not null and reason is null)"
            " or (status = 'refused' and operation is null and reason is not null)",
            name="status",
        ),
        {"sqlite_strict": True},
    )

    key: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    fingerprint: bytes
    status: str
    operation: int | None = Field(
        default=None, unique=True, foreign_key="operation.id", sa_type=BIG
    )
    body: str | None = None
    """What was asked, where it was accepted."""
    reason: str | None = None
    details: Mapping[str, Any] | None = Field(default=None, sa_type=Json)
    answered_at: datetime = Field(sa_type=Moment)
    chain: int | None = Field(default=None, sa_type=BIG)
    batch: int | None = Field(default=None, sa_type=BIG)
    """The batch that notes a refusal; an operation tells its own."""


class EntryRow(SQLModel, table=True):
    """One line of the book: an amount from one account to another."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("debit", "debit_seq"),
        UniqueConstraint("credit", "credit_seq"),
        CheckConstraint(f"amount between 1 and {AMOUNT_MAX}", name="amount"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        {"sqlite_strict": True},
    )

    operation: int = Field(primary_key=True, foreign_key="operation.id", sa_type=BIG)
    line: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    debit: int = Field(sa_type=BIG)
    credit: int = Field(sa_type=BIG)
    amount: int = Field(sa_type=BIG)
    lot: int | None = Field(default=None, sa_type=BIG)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the points end, in an entry that makes a lot of them."""
    debit_seq: int | None = Field(default=None, sa_type=BIG)
    credit_seq: int | None = Field(default=None, sa_type=BIG)


class LotRow(SQLModel, table=True):
    """Points earned together, and how many of them are left."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("remaining between 0 and amount", name="remaining"),
        CheckConstraint("expired between 0 and amount - remaining", name="expired"),
        Index(
            "ix_lot_account_live",
            "account",
            "expires_at",
            "id",
            sqlite_where=_HAS_POINTS,
            postgresql_where=_HAS_POINTS,
        ),
        Index(
            "ix_lot_expires_live",
            "expires_at",
            sqlite_where=_HAS_POINTS,
            postgresql_where=_HAS_POINTS,
        ),
        Index("ix_lot_origin", "origin", sqlite_where=_HAS_ORIGIN, postgresql_where=_HAS_ORIGIN),
        {"sqlite_strict": True},
    )

    id: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    account: int = Field(sa_type=BIG)
    amount: int = Field(sa_type=BIG)
    remaining: int = Field(sa_type=BIG)
    expired: int = Field(default=0, sa_type=BIG)
    origin: int | None = Field(default=None, sa_type=BIG)
    expires_at: datetime = Field(sa_type=Moment)


HAS_POINTS = table_of(LotRow).c.remaining > literal_column("0")
"""Whether a lot has points left, the nought written out. Handed over as a parameter, as SQLAlchemy
would have it, it hides from both databases that their indexes over such lots hold what is asked."""


class SlipRow(SQLModel, table=True):
    """A paper code worth points, known by the fingerprint of its code."""

    __tablename__ = "slip"
    __table_args__ = {"sqlite_strict": True}

    ref: str = Field(primary_key=True)
    points: int = Field(sa_type=BIG)
    valid_until: datetime = Field(sa_type=Moment)
    is_cashed: int = Field(default=0, sa_type=BIG)
    times_cashed: int = Field(default=0, sa_type=BIG)


class BatchRow(SQLModel, table=True):
    """A batch's place in its chain and its hash."""

    __tablename__ = "batch"
    __table_args__ = {"sqlite_strict": True}

    chain: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    first_operation: int = Field(sa_type=BIG)
    operations: int = Field(sa_type=BIG)
    posted_at: datetime = Field(sa_type=Moment)
    previous: bytes
    hash: bytes
    notes: str | None = None
    """What it seals beside its operations, see `points.domain.notes`."""


class ChainRow(SQLModel, table=True):
    """The newest end of a chain. A batch holds one chain for itself; writers never wait for it."""

    __tablename__ = "chain"
    __table_args__ = {"sqlite_strict": True}

    id: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    number: int = Field(default=0, sa_type=BIG)
    next_operation: int = Field(sa_type=BIG)
    head: bytes
    last_at: datetime = Field(sa_type=Moment)


class AnchorRow(SQLModel, table=True):
    """Heads of all chains as they were published at an instant."""

    __tablename__ = "anchor"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    published_at: datetime = Field(sa_type=Moment)
    heads: Mapping[str, Any] = Field(sa_type=Json)

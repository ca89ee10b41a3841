"""Make the tables of the book, of people and of the programme."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from points.storage.triggers import guard

revision = "0001"
down_revision = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHAINS = 8
_COUNTER_BITS = 40


def upgrade() -> None:
    """Make every table, its guards, and the chains of an empty book."""
    _make_programme()
    _make_people()
    _make_operations()
    _make_entries()
    _make_chains()
    _make_caches()
    guard(op.get_bind(), ("operation", "entry", "batch", "request", "anchor", "catalog"))


def _make_programme() -> None:
    _make(
        "catalog",
        _counted("id"),
        _text("kind"),
        _text("key"),
        _number("number"),
        _number("valid_from"),
        _text("body", nullable=True),
        _key("catalog", "id"),
        _unique("catalog", "kind", "key", "number"),
    )
    _make(
        "shelf",
        _counted("id"),
        _text("reward"),
        _text("booth"),
        _text("reserve"),
        _key("shelf", "id"),
        _unique("shelf", "reward", "booth", "reserve"),
    )
    _make(
        "budget",
        _counted("id"),
        _text("item"),
        _key("budget", "id"),
        _unique("budget", "item"),
    )
    _make(
        "credential",
        _text("id"),
        _text("name"),
        _text("role"),
        _text("event", nullable=True),
        _text("booth", nullable=True),
        _bytes("token_hash"),
        _number("added_at"),
        _number("revoked_at", nullable=True),
        _key("credential", "id"),
        _unique("credential", "token_hash"),
    )


def _make_people() -> None:
    _make(
        "household",
        _counted("id"),
        _text("community", nullable=True),
        _text("door", nullable=True),
        _text("name", nullable=True),
        _number("merged_into", nullable=True),
        _number("added_at"),
        _key("household", "id"),
        _unique("household", "community", "door"),
        _refers("household", "merged_into", "household"),
    )
    op.create_index("ix_household_merged_into", "household", ["merged_into"])
    _make(
        "resident",
        _counted("id"),
        _number("household"),
        _text("name", nullable=True),
        _number("added_at"),
        _key("resident", "id"),
        _refers("resident", "household", "household"),
    )
    op.create_index("ix_resident_household", "resident", ["household"])
    _make(
        "card",
        _counted("id"),
        _text("number"),
        _bytes("fingerprint"),
        _number("household"),
        _number("resident", nullable=True),
        _text("state"),
        _number("stopped_at", nullable=True),
        _number("replaced_by", nullable=True),
        _number("printed_at"),
        _key("card", "id"),
        _check("card", "state", "state in ('active', 'frozen', 'replaced')"),
        _check("card", "stopped", "(state = 'active') = (stopped_at is null)"),
        _unique("card", "number"),
        _unique("card", "fingerprint"),
        _refers("card", "household", "household"),
        _refers("card", "resident", "resident"),
        _refers("card", "replaced_by", "card"),
    )
    op.create_index("ix_card_household", "card", ["household"])


def _make_operations() -> None:
    _make(
        "operation",
        *(_number(name) for name in ("id", "chain", "batch")),
        *(_text(name) for name in ("scope", "key", "kind")),
        _bytes("fingerprint"),
        _text("evidence"),
        _number("occurred_at"),
        _number("posted_at"),
        _text("local_day"),
        _number("household", nullable=True),
        _number("resident", nullable=True),
        *(_text(name, nullable=True) for name in ("event", "booth", "item")),
        _number("version", nullable=True),
        *(_number(name) for name in ("quantity", "points", "expired")),
        _number("balance_after", nullable=True),
        _text("reference", nullable=True),
        _number("reverses", nullable=True),
        _text("details"),
        _key("operation", "id"),
        _unique("operation", "key", "scope"),
        _unique("operation", "reference"),
        _unique("operation", "reverses"),
        _refers("operation", "reverses", "operation"),
    )
    op.create_index("ix_operation_household_posted", "operation", ["household", "posted_at", "id"])
    op.create_index("ix_operation_household_day", "operation", ["household", "local_day"])
    op.create_index("ix_operation_household_event", "operation", ["household", "event"])
    op.create_index("ix_operation_event_item", "operation", ["event", "item"])
    _make(
        "request",
        _text("key"),
        _text("scope"),
        _bytes("fingerprint"),
        _text("status"),
        _number("operation", nullable=True),
        _text("body", nullable=True),
        _text("reason", nullable=True),
        _text("details", nullable=True),
        _number("answered_at"),
        _key("request", "key", "scope"),
        _check(
            "request",
            "status",
            "(status = 'accepted' and operation is not null and reason is null)"
            " or (status = 'refused' and operation is null and reason is not null)",
        ),
        _unique("request", "operation"),
        _refers("request", "operation", "operation"),
    )


def _make_entries() -> None:
    _make(
        "entry",
        *(_number(name) for name in ("operation", "line", "debit", "credit", "amount")),
        *(_number(name, nullable=True) for name in ("lot", "debit_seq", "credit_seq")),
        _key("entry", "operation", "line"),
        _unique("entry", "debit", "debit_seq"),
        _unique("entry", "credit", "credit_seq"),
        _check("entry", "amount", "amount between 1 and 1000000000000"),
        _check("entry", "two_accounts", "debit <> credit"),
        _refers("entry", "operation", "operation"),
    )


def _make_chains() -> None:
    _make(
        "batch",
        *(_number(name) for name in ("chain", "number", "first_operation", "operations")),
        _number("posted_at"),
        _bytes("previous"),
        _bytes("hash"),
        _key("batch", "chain", "number"),
    )
    chain = _make(
        "chain",
        *(_number(name) for name in ("id", "number", "next_operation")),
        _bytes("head"),
        _number("last_at"),
        _number("replays"),
        _key("chain", "id"),
    )
    op.bulk_insert(chain, [_first_end(number) for number in range(_CHAINS)])
    _make(
        "anchor",
        _counted("id"),
        _number("published_at"),
        _text("heads"),
        _key("anchor", "id"),
    )


def _first_end(chain: int) -> dict[str, object]:
    return {
        "id": chain,
        "number": 0,
        "next_operation": (chain << _COUNTER_BITS) + 1,
        "head": bytes(32),
        "last_at": 0,
        "replays": 0,
    }


def _make_caches() -> None:
    _make(
        "account",
        *(_number(name) for name in ("id", "balance", "version", "last_at")),
        _key("account", "id"),
        _check("account", "balance", "balance between 0 and 9007199254740991"),
        _check("account", "version", "version >= 0"),
        postgresql_with={"fillfactor": 80},
    )
    _make(
        "lot",
        *(_number(name) for name in ("id", "account", "amount", "remaining", "expired")),
        _number("origin", nullable=True),
        _number("expires_at"),
        _key("lot", "id"),
        _check("lot", "remaining", "remaining between 0 and amount"),
        _check("lot", "expired", "expired between 0 and amount - remaining"),
    )
    _make_partial_index("lot", "account_live", ["account", "expires_at", "id"], "remaining > 0")
    _make_partial_index("lot", "expires_live", ["expires_at"], "remaining > 0")
    _make_partial_index("lot", "origin", ["origin"], "origin is not null")
    _make(
        "slip",
        _text("ref"),
        _number("points"),
        _number("valid_until"),
        _number("is_cashed"),
        _number("times_cashed"),
        _key("slip", "ref"),
    )


def _make(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:  # noqa: ANN401
    return op.create_table(name, *parts, sqlite_strict=True, **options)


def _make_partial_index(table: str, name: str, columns: list[str], where: str) -> None:
    op.create_index(
        f"ix_{table}_{name}",
        table,
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _counted(name: str) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=False, autoincrement=True)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=nullable, autoincrement=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=f"ck_{table}_{name}")


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")

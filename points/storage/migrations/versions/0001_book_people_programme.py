"""Make the tables of the book, of people and of the programme."""

from alembic import op

from points.storage.migrations.parts import (
    check,
    counted,
    key,
    make,
    make_partial_index,
    number,
    raw,
    refers,
    text,
    unique,
)
from points.storage.triggers import guard

revision = "0001"
down_revision = None

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
    make(
        "catalog",
        counted("id"),
        text("kind"),
        text("key"),
        number("number"),
        number("valid_from"),
        text("body", nullable=True),
        key("catalog", "id"),
        unique("catalog", "kind", "key", "number"),
    )
    make(
        "shelf",
        counted("id"),
        text("reward"),
        text("booth"),
        text("reserve"),
        key("shelf", "id"),
        unique("shelf", "reward", "booth", "reserve"),
    )
    make(
        "budget",
        counted("id"),
        text("item"),
        key("budget", "id"),
        unique("budget", "item"),
    )
    make(
        "credential",
        text("id"),
        text("name"),
        text("role"),
        text("event", nullable=True),
        text("booth", nullable=True),
        raw("token_hash"),
        number("added_at"),
        number("revoked_at", nullable=True),
        key("credential", "id"),
        unique("credential", "token_hash"),
    )


def _make_people() -> None:
    make(
        "household",
        counted("id"),
        text("community", nullable=True),
        text("door", nullable=True),
        text("name", nullable=True),
        number("merged_into", nullable=True),
        number("added_at"),
        key("household", "id"),
        unique("household", "community", "door"),
        refers("household", "merged_into", "household"),
    )
    op.create_index("ix_household_merged_into", "household", ["merged_into"])
    make(
        "resident",
        counted("id"),
        number("household"),
        text("name", nullable=True),
        number("added_at"),
        key("resident", "id"),
        refers("resident", "household", "household"),
    )
    op.create_index("ix_resident_household", "resident", ["household"])
    make(
        "card",
        counted("id"),
        text("number"),
        raw("fingerprint"),
        number("household"),
        number("resident", nullable=True),
        text("state"),
        number("stopped_at", nullable=True),
        number("replaced_by", nullable=True),
        number("printed_at"),
        key("card", "id"),
        check("card", "state", "state in ('active', 'frozen', 'replaced')"),
        check("card", "stopped", "(state = 'active') = (stopped_at is null)"),
        unique("card", "number"),
        unique("card", "fingerprint"),
        refers("card", "household", "household"),
        refers("card", "resident", "resident"),
        refers("card", "replaced_by", "card"),
    )
    op.create_index("ix_card_household", "card", ["household"])


def _make_operations() -> None:
    make(
        "operation",
        *(number(name) for name in ("id", "chain", "batch")),
        *(text(name) for name in ("scope", "key", "kind")),
        raw("fingerprint"),
        text("evidence"),
        number("occurred_at"),
        number("posted_at"),
        text("local_day"),
        number("household", nullable=True),
        number("resident", nullable=True),
        *(text(name, nullable=True) for name in ("event", "booth", "item")),
        number("version", nullable=True),
        *(number(name) for name in ("quantity", "points", "expired")),
        number("balance_after", nullable=True),
        text("reference", nullable=True),
        number("reverses", nullable=True),
        text("details"),
        key("operation", "id"),
        unique("operation", "key", "scope"),
        unique("operation", "reference"),
        unique("operation", "reverses"),
        refers("operation", "reverses", "operation"),
    )
    op.create_index("ix_operation_household_posted", "operation", ["household", "posted_at", "id"])
    op.create_index("ix_operation_household_day", "operation", ["household", "local_day"])
    op.create_index("ix_operation_household_event", "operation", ["household", "event"])
    op.create_index("ix_operation_event_item", "operation", ["event", "item"])
    make(
        "request",
        text("key"),
        text("scope"),
        raw("fingerprint"),
        text("status"),
        number("operation", nullable=True),
        text("body", nullable=True),
        text("reason", nullable=True),
        text("details", nullable=True),
        number("answered_at"),
        raw("seal", nullable=True),
        key("request", "key", "scope"),
        check(
            "request",
            "status",
            "(status = 'accepted' and operation is not null and reason is null)"
            " or (status = 'refused' and operation is null and reason is not null)",
        ),
        unique("request", "operation"),
        refers("request", "operation", "operation"),
    )


def _make_entries() -> None:
    make(
        "entry",
        *(number(name) for name in ("operation", "line", "debit", "credit", "amount")),
        *(number(name, nullable=True) for name in ("lot", "expires_at")),
        *(number(name, nullable=True) for name in ("debit_seq", "credit_seq")),
        key("entry", "operation", "line"),
        unique("entry", "debit", "debit_seq"),
        unique("entry", "credit", "credit_seq"),
        check("entry", "amount", "amount between 1 and 1000000000000"),
        check("entry", "two_accounts", "debit <> credit"),
        refers("entry", "operation", "operation"),
    )


def _make_chains() -> None:
    make(
        "batch",
        *(number(name) for name in ("chain", "number", "first_operation", "operations")),
        number("posted_at"),
        raw("previous"),
        raw("hash"),
        key("batch", "chain", "number"),
    )
    chain = make(
        "chain",
        *(number(name) for name in ("id", "number", "next_operation")),
        raw("head"),
        number("last_at"),
        number("replays"),
        key("chain", "id"),
    )
    op.bulk_insert(chain, [_first_end(chain_id) for chain_id in range(_CHAINS)])
    make(
        "anchor",
        counted("id"),
        number("published_at"),
        text("heads"),
        key("anchor", "id"),
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
    make(
        "account",
        *(number(name) for name in ("id", "balance", "version", "last_at")),
        key("account", "id"),
        check("account", "balance", "balance between 0 and 9007199254740991"),
        check("account", "version", "version >= 0"),
        postgresql_with={"fillfactor": 80},
    )
    make(
        "lot",
        *(number(name) for name in ("id", "account", "amount", "remaining", "expired")),
        number("origin", nullable=True),
        number("expires_at"),
        key("lot", "id"),
        check("lot", "remaining", "remaining between 0 and amount"),
        check("lot", "expired", "expired between 0 and amount - remaining"),
    )
    make_partial_index("lot", "account_live", ["account", "expires_at", "id"], "remaining > 0")
    make_partial_index("lot", "expires_live", ["expires_at"], "remaining > 0")
    make_partial_index("lot", "origin", ["origin"], "origin is not null")
    make(
        "slip",
        text("ref"),
        number("points"),
        number("valid_until"),
        number("is_cashed"),
        number("times_cashed"),
        key("slip", "ref"),
    )
    make("clock", number("id"), number("vouched_at"), key("clock", "id"))

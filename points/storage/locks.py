"""What a batch holds for itself while it is decided, always taken in the same order.

A chain first, while nothing else is held, then closings by name, accounts by number, slips by name.
Every writer takes them in this order, so none can wait for another in a circle.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from points.domain.chain import GENESIS, instant_of
from points.domain.ids import AccountId, OperationId
from points.domain.ledger import Account
from points.storage.columns import among, table_of
from points.storage.ledger import AccountRow, ChainRow
from points.storage.statements import Change, Query

CHAINS = 8
"""Batches that several processes can post at once on PostgreSQL. SQLite uses the first."""

_COUNTER_BITS = 40
_TICK = timedelta(microseconds=1)
_NEVER = 0  # when what nobody has used was moved: whatever clock made it, no later
_chain, _account = table_of(ChainRow), table_of(AccountRow)

_FREE_CHAIN = Query(select(_chain).order_by(_chain.c.id).limit(1).with_for_update(skip_locked=True))
_OWN_CHAIN = Query(
    select(_chain).where(_chain.c.id == func.pg_backend_pid() % CHAINS).with_for_update()
)
_HELD = text(
    "SELECT pg_advisory_xact_lock(closing.key) FROM ("
    "SELECT DISTINCT hashtextextended(name, 0) AS key"
    " FROM unnest(CAST(:names AS text[])) AS name ORDER BY key) AS closing"
)
_MADE = Query(select(_account.c.id).where(among(_account.c.id, "accounts")))
_TAKEN = Query(
    select(_account)
    .where(among(_account.c.id, "accounts"))
    .order_by(_account.c.id)
    .with_for_update()
)
_MAKE = Change(
    *_account.c.keys(),
    statement={
        "sqlite": sqlite.insert(_account).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(_account).on_conflict_do_nothing(),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The end of the chain that a batch is added to."""

    id: int
    number: int
    next_operation: OperationId
    head: bytes
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """The accounts that a batch holds, and the latest instant that any of them was moved."""

    accounts: Mapping[AccountId, Account]
    last_at: datetime | None


def first_chains() -> list[dict[str, object]]:
    """Give the rows of all chains before their first batch."""
    return [
        {
            "id": chain,
            "number": 0,
            "next_operation": first_operation(chain),
            "head": GENESIS,
            "last_at": instant_of(_NEVER),
        }
        for chain in range(CHAINS)
    ]


def first_operation(chain: int) -> int:
    """Number the first operation of a chain; the rest count on from it without gaps."""
    return (chain << _COUNTER_BITS) + 1


def chain_of(operation: int) -> int:
    """Tell which chain an operation stands in."""
    return operation >> _COUNTER_BITS


def lock_chain(connection: Connection) -> Chain:
    """Take the first chain that nobody holds; where all are held, wait for one."""
    # Whoever waits holds nothing yet; by its own number, so that not all wait for the same.
    [row] = _FREE_CHAIN.rows(connection) or _OWN_CHAIN.rows(connection)
    return Chain(
        id=row.id,
        number=row.number,
        next_operation=OperationId(row.next_operation),
        head=row.head,
        last_at=instant_of(row.last_at),
    )


def lock_accounts(
    connection: Connection, wanted: Collection[AccountId], *, if_any: Collection[AccountId] = ()
) -> Locked:
    """Take the accounts, in order of number; those that were never used are made.

    Args:
        connection: Within the batch's transaction.
        wanted: The accounts.
        if_any: Further accounts, to be taken only if they were used before.
    """
    if not wanted:
        return Locked(accounts={}, last_at=None)
    every = {*wanted, *if_any}
    rows: Sequence[Sequence[Any]] = []
    if _is_alone(connection):
        rows = _TAKEN.rows(connection, accounts=every)
    if len(rows) < len(every) and not {row[0] for row in rows}.issuperset(wanted):
        _make_missing(connection, wanted)
        rows = _TAKEN.rows(connection, accounts=every)
    return Locked(
        # By place, in the order of the table: a batch takes hundreds.
        accounts={number: Account(balance, version) for number, balance, version, _ in rows},
        last_at=instant_of(max(row[-1] for row in rows)),
    )


def _is_alone(connection: Connection) -> bool:
    """Tell whether nobody else can write meanwhile, so that no order of locks matters."""
    return connection.dialect.name == "sqlite"


def _make_missing(connection: Connection, wanted: Collection[AccountId]) -> None:
    """Make the accounts that were never used.

    All are made before any is taken: rows made and rows taken could otherwise cross.
    """
    found = {row.id for row in _MADE.rows(connection, accounts=wanted)}
    missing = sorted(set(wanted) - found)
    if missing:
        _MAKE.write(connection, [(number, 0, 0, _NEVER) for number in missing])


def lock_closings(connection: Connection, closings: Collection[str]) -> None:
    """Hold clean-ups by the names of their closings: nobody checks in while one is closed.

    A closing is no row until it is made, so it is held by name.
    """
    if closings and connection.dialect.name == "postgresql":  # on SQLite nobody else writes
        connection.execute(_HELD, {"names": list(closings)})


NOTHING_HELD = Locked(accounts={}, last_at=None)


def next_instant(clock: datetime, chain: Chain, locked: Locked = NOTHING_HELD) -> datetime:
    """Give the batch's instant: the clock's, but later than all that it follows.

    So a chain's and a household's history never runs backwards, whatever clocks do.
    """
    after = [chain.last_at] + ([locked.last_at] if locked.last_at is not None else [])
    return max(clock, max(after) + _TICK)

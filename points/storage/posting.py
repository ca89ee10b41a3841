"""Write a decided batch down, in bulk."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Insert, Table, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from points.domain.chain import Link, batch_hash
from points.domain.facts import Decided, Posted, Slip
from points.domain.ids import OperationId
from points.domain.ledger import Entry, Lot
from points.storage.columns import table_of
from points.storage.ledger import (
    AccountRow,
    BatchRow,
    ChainRow,
    EntryRow,
    LotRow,
    OperationRow,
    SlipRow,
)
from points.storage.locks import Chain
from points.storage.people import mark_merged
from points.storage.requests import add_answers

_account, _lot, _slip = table_of(AccountRow), table_of(LotRow), table_of(SlipRow)
_operation, _entry = table_of(OperationRow), table_of(EntryRow)
_batch, _chain = table_of(BatchRow), table_of(ChainRow)


def _upsert(table: Table, key: str, *changing: str) -> Mapping[str, Insert]:
    """Write, by dialect, how rows are added, or changed in these columns where they stand."""
    add_or: dict[str, sqlite.Insert | postgresql.Insert]
    add_or = {"sqlite": sqlite.insert(table), "postgresql": postgresql.insert(table)}
    return {
        dialect: add.on_conflict_do_update(
            index_elements=[key], set_={column: add.excluded[column] for column in changing}
        )
        for dialect, add in add_or.items()
    }


# Written once: building a statement anew costs more than asking it.
_ADD_OPERATIONS, _ADD_ENTRIES, _ADD_BATCH = insert(_operation), insert(_entry), insert(_batch)
_SET_BALANCE = (
    update(_account)
    .where(_account.c.id == bindparam("account"))
    .values(balance=bindparam("now"), version=bindparam("count"), last_at=bindparam("at"))
)
_SET_LOT = _upsert(_lot, "id", "remaining", "expired")
_SET_SLIP = _upsert(_slip, "ref", "is_cashed", "times_cashed")
_SET_CHAIN = (
    update(_chain)
    .where(_chain.c.id == bindparam("chain"))
    .values(
        number=bindparam("count"),
        next_operation=bindparam("following"),
        head=bindparam("hash"),
        last_at=bindparam("at"),
        replays=_chain.c.replays + bindparam("repeats"),
    )
)


def write_batch(connection: Connection, chain: Chain, decided: Decided, *, at: datetime) -> None:
    """Write operations, entries, caches and answers; close the batch with its hash.

    A batch that only repeats earlier answers writes too, to the chain: on a replicated database
    an answer is as safe as the newest write before it, and no safer.
    """
    if decided.posted:
        _add_operations(connection, chain, decided.posted)
        _set_balances(connection, decided, at)
        _set_lots(connection, decided.lots)
        _set_slips(connection, decided.slips)
        mark_merged(connection, decided.merged)
    add_answers(connection, decided.posted, decided.frozen, at=at)
    if decided.posted or decided.has_replays:
        _advance(connection, chain, decided, at)


def _add_operations(connection: Connection, chain: Chain, posted: Sequence[Posted]) -> None:
    place = {"chain": chain.id, "batch": chain.number + 1}
    # By the names of facts: two writers that state the same ones then never cross. What states none
    # comes last, and so an undo after what it takes back.
    named = sorted(posted, key=lambda one: (one.reference is None, one.reference or ""))
    connection.execute(_ADD_OPERATIONS, [_operation_row(one) | place for one in named])
    entries = [_entry_row(entry) for one in posted for entry in one.entries]
    if entries:
        connection.execute(_ADD_ENTRIES, entries)


def _operation_row(posted: Posted) -> dict[str, object]:
    return {
        "id": posted.id,
        "scope": posted.ref.scope,
        "key": posted.ref.key,
        "kind": posted.kind,
        "fingerprint": posted.fingerprint,
        "evidence": posted.evidence,
        "occurred_at": posted.occurred_at,
        "posted_at": posted.posted_at,
        "local_day": posted.local_day,
        "household": posted.household,
        "resident": posted.resident,
        "event": posted.event,
        "booth": posted.booth,
        "item": posted.item,
        "version": posted.version,
        "quantity": posted.quantity,
        "points": posted.points,
        "expired": posted.expired,
        "balance_after": posted.balance_after,
        "reference": posted.reference,
        "reverses": posted.reverses,
        "details": dict(posted.details),
    }


def _entry_row(entry: Entry) -> dict[str, object]:
    return {
        "operation": entry.operation,
        "line": entry.line,
        "debit": entry.debit,
        "credit": entry.credit,
        "amount": entry.amount,
        "lot": entry.lot,
        "expires_at": entry.expires_at,
        "debit_seq": entry.debit_seq,
        "credit_seq": entry.credit_seq,
    }


def _set_balances(connection: Connection, decided: Decided, at: datetime) -> None:
    rows = [
        {"account": number, "now": account.balance, "count": account.version, "at": at}
        for number, account in sorted(decided.accounts.items())
    ]
    if rows:
        connection.execute(_SET_BALANCE, rows)


def _set_lots(connection: Connection, lots: Sequence[Lot]) -> None:
    if lots:
        connection.execute(_SET_LOT[connection.dialect.name], [_lot_row(lot) for lot in lots])


def _lot_row(lot: Lot) -> dict[str, object]:
    return {
        "id": lot.id,
        "account": lot.account,
        "amount": lot.amount,
        "remaining": lot.remaining,
        "expired": lot.expired,
        "origin": lot.origin,
        "expires_at": lot.expires_at,
    }


def _set_slips(connection: Connection, slips: Sequence[Slip]) -> None:
    if slips:
        connection.execute(_SET_SLIP[connection.dialect.name], [_slip_row(slip) for slip in slips])


def _slip_row(slip: Slip) -> dict[str, object]:
    return {
        "ref": slip.ref,
        "points": slip.points,
        "valid_until": slip.valid_until,
        "is_cashed": int(slip.is_cashed),
        "times_cashed": slip.times_cashed,
    }


def _advance(connection: Connection, chain: Chain, decided: Decided, at: datetime) -> None:
    number, head, last_at, following = chain.number, chain.head, chain.last_at, chain.next_operation
    if decided.posted:
        number += 1
        link = Link(chain=chain.id, number=number, posted_at=at, previous=chain.head)
        head, last_at = batch_hash(link, decided.posted), at
        following = OperationId(decided.posted[-1].id + 1)
        batch = {
            "chain": chain.id,
            "number": number,
            "first_operation": decided.posted[0].id,
            "operations": len(decided.posted),
            "posted_at": at,
            "previous": chain.head,
            "hash": head,
        }
        connection.execute(_ADD_BATCH, batch)
    end = {
        "chain": chain.id,
        "count": number,
        "following": following,
        "hash": head,
        "at": last_at,
        "repeats": int(decided.has_replays),
    }
    connection.execute(_SET_CHAIN, end)

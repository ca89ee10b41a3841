"""Write a decided batch down, in bulk."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Insert, Table, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from points.domain.chain import Link, batch_hash, micros
from points.domain.facts import Decided, Posted, Slip
from points.domain.ids import OperationId
from points.domain.ledger import Entry, Lot
from points.domain.notes import Note, notes_marks, write_notes
from points.storage.allowances import spend_allowances
from points.storage.cases import open_cases
from points.storage.columns import json_of, table_of
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
from points.storage.one_time_codes import use_codes
from points.storage.people import mark_merged
from points.storage.requests import add_answers
from points.storage.statements import Change, Stored

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


_ADD_OPERATIONS = Change(*_operation.c.keys(), statement=insert(_operation))
_ADD_ENTRIES = Change(*_entry.c.keys(), statement=insert(_entry))
_SET_BALANCE = Change(
    *("now", "count", "at", "account"),
    statement=update(_account)
    .where(_account.c.id == bindparam("account"))
    .values(balance=bindparam("now"), version=bindparam("count"), last_at=bindparam("at")),
)
_SET_LOT = Change(*_lot.c.keys(), statement=_upsert(_lot, "id", "remaining", "expired"))
_SET_SLIP = Change(*_slip.c.keys(), statement=_upsert(_slip, "ref", "is_cashed", "times_cashed"))
_ADD_BATCH = Change(*_batch.c.keys(), statement=insert(_batch))
_SET_CHAIN = Change(
    *("count", "following", "hash", "at", "chain"),
    statement=update(_chain)
    .where(_chain.c.id == bindparam("chain"))
    .values(
        number=bindparam("count"),
        next_operation=bindparam("following"),
        head=bindparam("hash"),
        last_at=bindparam("at"),
    ),
)


def write_batch(connection: Connection, chain: Chain, decided: Decided, *, at: datetime) -> None:
    """Write operations, entries, caches and answers; close the batch with its hash.

    A batch that only repeats earlier answers writes too, the chain's row as it stands: on a
    replicated database an answer is as safe as the newest write before it, and no safer.
    """
    if decided.posted:
        _add_operations(connection, chain, decided.posted)
        _set_balances(connection, decided, at)
        _SET_LOT.write(connection, [_lot_row(lot) for lot in decided.lots])
        _SET_SLIP.write(connection, [_slip_row(slip) for slip in decided.slips])
        use_codes(connection, decided.used_codes)
        spend_allowances(connection, decided.spent)
        mark_merged(connection, decided.merged)
    place = (chain.id, chain.number + 1)
    notes = add_answers(connection, decided.posted, decided.frozen, at=at, batch=place)
    if decided.cases:
        notes += open_cases(connection, decided.cases, at=at)
    if decided.posted or notes or decided.has_replays:
        _advance(connection, chain, decided.posted, notes, at=at)


def write_down(
    connection: Connection, chain: Chain, notes: Sequence[Note], *, at: datetime
) -> None:
    """Close a batch that holds no operation, but notes."""
    _advance(connection, chain, (), notes, at=at)


def _add_operations(connection: Connection, chain: Chain, posted: Sequence[Posted]) -> None:
    place = (chain.id, chain.number + 1)
    # By the names of facts: two writers that state the same ones then never cross. What states none
    # comes last, and so an undo after what it takes back.
    named = sorted(posted, key=lambda one: (one.reference is None, one.reference or ""))
    _ADD_OPERATIONS.write(connection, [_operation_row(one, *place) for one in named])
    entries = [_entry_row(entry) for one in posted for entry in one.entries]
    _ADD_ENTRIES.write(connection, entries)


def _operation_row(posted: Posted, chain: int, batch: int) -> tuple[Stored, ...]:
    return (
        posted.id,
        chain,
        batch,
        posted.ref.scope,
        posted.ref.key,
        posted.kind.value,
        posted.fingerprint,
        posted.evidence.value,
        micros(posted.occurred_at),
        micros(posted.posted_at),
        posted.local_day.isoformat(),
        posted.household,
        posted.resident,
        posted.event,
        posted.booth,
        posted.item,
        posted.version,
        posted.quantity,
        posted.points,
        posted.expired,
        posted.balance_after,
        posted.reference,
        posted.reverses,
        json_of(posted.details),
    )


def _entry_row(entry: Entry) -> tuple[Stored, ...]:
    return (
        entry.operation,
        entry.line,
        entry.debit,
        entry.credit,
        entry.amount,
        entry.lot,
        None if entry.expires_at is None else micros(entry.expires_at),
        entry.debit_seq,
        entry.credit_seq,
    )


def _set_balances(connection: Connection, decided: Decided, at: datetime) -> None:
    moment = micros(at)
    rows = [
        (account.balance, account.version, moment, number)
        for number, account in sorted(decided.accounts.items())
    ]
    _SET_BALANCE.write(connection, rows)


def _lot_row(lot: Lot) -> tuple[Stored, ...]:
    return (
        lot.id,
        lot.account,
        lot.amount,
        lot.remaining,
        lot.expired,
        lot.origin,
        micros(lot.expires_at),
    )


def _slip_row(slip: Slip) -> tuple[Stored, ...]:
    ends = micros(slip.valid_until)
    return (slip.ref, slip.points, ends, int(slip.is_cashed), slip.times_cashed)


def _advance(
    connection: Connection,
    chain: Chain,
    posted: Sequence[Posted],
    notes: Sequence[Note],
    *,
    at: datetime,
) -> None:
    number, head, last_at, following = chain.number, chain.head, chain.last_at, chain.next_operation
    if posted or notes:
        number += 1
        noted = write_notes(notes)
        link = Link(chain=chain.id, number=number, posted_at=at, previous=chain.head)
        head, last_at = batch_hash(link, posted, notes=notes_marks(noted)), at
        first, count = following, len(posted)
        following = OperationId(first + count)
        batch = (chain.id, number, first, count, micros(at), chain.head, head, noted)
        _ADD_BATCH.write(connection, [batch])
    _SET_CHAIN.write(connection, [(number, following, head, micros(last_at), chain.id)])

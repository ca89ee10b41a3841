"""Write a decided batch down, in bulk."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from points.domain.chain import Link, batch_hash
from points.domain.facts import Decided, Posted, Slip
from points.domain.ids import OperationId
from points.domain.ledger import Lot
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
from points.storage.requests import add_accepted, add_refused

_account, _lot, _slip = table_of(AccountRow), table_of(LotRow), table_of(SlipRow)
_operation, _entry = table_of(OperationRow), table_of(EntryRow)
_batch, _chain = table_of(BatchRow), table_of(ChainRow)


def write_batch(connection: Connection, chain: Chain, decided: Decided, *, at: datetime) -> None:
    """Write operations, entries, caches and answers; close the batch with its hash.

    A batch that only repeats earlier answers writes too, to the chain: on a replicated database
    an answer is as safe as the newest write before it, and no safer.
    """
    if decided.posted:
        _add_operations(connection, chain, decided.posted)
        _set_balances(connection, decided, at)
        _set_lots(connection, decided)
        _set_slips(connection, decided.slips)
        mark_merged(connection, decided.merged)
    add_accepted(connection, decided.posted)
    add_refused(connection, decided.frozen, at=at)
    if decided.posted or decided.has_replays:
        _advance(connection, chain, decided, at)


def _add_operations(connection: Connection, chain: Chain, posted: Sequence[Posted]) -> None:
    number = chain.number + 1
    connection.execute(
        insert(_operation),
        [_operation_row(one) | {"chain": chain.id, "batch": number} for one in posted],
    )
    entries = [asdict(entry) for one in posted for entry in one.entries]
    if entries:
        connection.execute(insert(_entry), entries)


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


def _set_balances(connection: Connection, decided: Decided, at: datetime) -> None:
    rows = [
        {"account": number, "now": account.balance, "count": account.version, "at": at}
        for number, account in sorted(decided.accounts.items())
    ]
    if rows:
        connection.execute(
            update(_account)
            .where(_account.c.id == bindparam("account"))
            .values(balance=bindparam("now"), version=bindparam("count"), last_at=bindparam("at")),
            rows,
        )


def _set_lots(connection: Connection, decided: Decided) -> None:
    if not decided.lots:
        return
    insert_of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    write = insert_of(_lot)
    connection.execute(
        write.on_conflict_do_update(
            index_elements=["id"],
            set_={"remaining": write.excluded.remaining, "expired": write.excluded.expired},
        ),
        [_lot_row(lot) for lot in decided.lots],
    )


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
    if not slips:
        return
    insert_of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    write = insert_of(_slip)
    connection.execute(
        write.on_conflict_do_update(
            index_elements=["ref"],
            set_={
                "is_cashed": write.excluded.is_cashed,
                "times_cashed": write.excluded.times_cashed,
            },
        ),
        [asdict(slip) | {"is_cashed": int(slip.is_cashed)} for slip in slips],
    )


def _advance(connection: Connection, chain: Chain, decided: Decided, at: datetime) -> None:
    number, head, last_at, following = chain.number, chain.head, chain.last_at, chain.next_operation
    if decided.posted:
        number += 1
        link = Link(chain=chain.id, number=number, posted_at=at, previous=chain.head)
        head, last_at = batch_hash(link, decided.posted), at
        connection.execute(
            insert(_batch).values(
                chain=chain.id,
                number=number,
                first_operation=decided.posted[0].id,
                operations=len(decided.posted),
                posted_at=at,
                previous=chain.head,
                hash=head,
            )
        )
        following = OperationId(decided.posted[-1].id + 1)
    connection.execute(
        update(_chain)
        .where(_chain.c.id == chain.id)
        .values(
            number=number,
            next_operation=following,
            head=head,
            last_at=last_at,
            replays=_chain.c.replays + int(decided.has_replays),
        )
    )

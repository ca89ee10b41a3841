"""The tables refuse what must never be, whatever code may ask for it one day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import (
    AMOUNT_MAX,
    BALANCE_MAX,
    HAS_POINTS,
    AccountRow,
    BatchRow,
    EntryRow,
    LotRow,
    OperationRow,
    RequestRow,
)

AT = datetime(2019, 12, 5, tzinfo=UTC)
OPERATION: Mapping[str, Any] = {
    "id": 1,
    "chain": 0,
    "batch": 1,
    "scope": "device:4",
    "key": "first",
    "kind": "earn",
    "fingerprint": bytes(32),
    "evidence": "live",
    "occurred_at": AT,
    "posted_at": AT,
    "local_day": date(2019, 12, 5),
    "quantity": 1,
    "points": 10,
    "expired": 0,
    "reference": "checked in",
    "reverses": None,
    "details": {},
}
ENTRY: Mapping[str, Any] = {
    "operation": 1,
    "line": 0,
    "debit": 1,
    "credit": 2,
    "amount": 10,
    "debit_seq": 1,
    "credit_seq": 1,
}
LOT: Mapping[str, Any] = {
    "id": 1,
    "account": 2,
    "amount": 10,
    "remaining": 4,
    "expired": 6,
    "expires_at": AT,
}
ACCEPTED: Mapping[str, Any] = {
    "key": "first",
    "scope": "device:4",
    "fingerprint": bytes(32),
    "status": "accepted",
    "operation": 1,
    "reason": None,
    "answered_at": AT,
}
REFUSED = {**ACCEPTED, "key": "no", "status": "refused", "operation": None, "reason": "closed"}
ACCOUNT: Mapping[str, Any] = {"id": 1, "balance": 0, "version": 0, "last_at": AT}
BATCH: Mapping[str, Any] = {
    "chain": 0,
    "number": 1,
    "first_operation": 1,
    "operations": 1,
    "posted_at": AT,
    "previous": bytes(32),
    "hash": bytes(32),
}


Row = Mapping[str, Any]


def add(database: Database, *rows: tuple[type[SQLModel], Row]) -> None:
    with transaction(database) as connection:
        for model, row in rows:
            connection.execute(insert(table_of(model)), dict(row))


def test_rows_as_they_should_be_are_taken(database: Database) -> None:
    add(
        database,
        (OperationRow, OPERATION),
        (EntryRow, ENTRY),
        (LotRow, LOT),
        (RequestRow, ACCEPTED),
        (RequestRow, REFUSED),
        (AccountRow, {**ACCOUNT, "balance": BALANCE_MAX}),
        (BatchRow, BATCH),
    )


@pytest.mark.parametrize(
    ("model", "first", "then"),
    [
        (OperationRow, OPERATION, {"id": 1, "key": "other", "reference": None}),
        (OperationRow, OPERATION, {"id": 2, "reference": None}),
        (OperationRow, OPERATION, {"id": 2, "key": "other"}),
        (EntryRow, ENTRY, {"debit": 3, "credit": 4}),
        (EntryRow, ENTRY, {"line": 1, "credit": 3}),
        (EntryRow, ENTRY, {"line": 1, "debit": 3}),
        (LotRow, LOT, {}),
        (RequestRow, ACCEPTED, {"status": "refused", "operation": None, "reason": "closed"}),
        (RequestRow, ACCEPTED, {"key": "other"}),
        (AccountRow, ACCOUNT, {}),
        (BatchRow, BATCH, {}),
    ],
    ids=[
        "operation: number",
        "operation: name",
        "operation: fact",
        "entry: line",
        "entry: debit's sequence",
        "entry: credit's sequence",
        "lot: number",
        "request: name",
        "request: operation",
        "account: number",
        "batch: place",
    ],
)
def test_nothing_is_there_twice(
    database: Database,
    model: type[SQLModel],
    first: Row,
    then: Row,
) -> None:
    before = [] if model is OperationRow else [(OperationRow, OPERATION)]
    add(database, *before, (model, first))

    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        add(database, (model, {**first, **then}))


def test_an_operation_is_taken_back_once(database: Database) -> None:
    undo = {**OPERATION, "id": 2, "key": "undo", "reference": None, "reverses": 1}

    add(database, (OperationRow, OPERATION), (OperationRow, undo))

    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        add(database, (OperationRow, {**undo, "id": 3, "key": "undo again"}))


@pytest.mark.parametrize(
    ("model", "row", "wrong"),
    [
        (EntryRow, ENTRY, {"amount": 0}),
        (EntryRow, ENTRY, {"amount": -1}),
        (EntryRow, ENTRY, {"amount": AMOUNT_MAX + 1}),
        (EntryRow, ENTRY, {"credit": 1}),
        (EntryRow, ENTRY, {"operation": 404}),
        (OperationRow, OPERATION, {"id": 2, "key": "k", "reference": None, "reverses": 404}),
        (LotRow, LOT, {"remaining": -1}),
        (LotRow, LOT, {"remaining": 11, "expired": 0}),
        (LotRow, LOT, {"expired": 7}),
        (AccountRow, ACCOUNT, {"balance": -1}),
        (AccountRow, ACCOUNT, {"balance": BALANCE_MAX + 1}),
        (AccountRow, ACCOUNT, {"version": -1}),
        (RequestRow, ACCEPTED, {"operation": None}),
        (RequestRow, ACCEPTED, {"reason": "closed"}),
        (RequestRow, ACCEPTED, {"status": "perhaps"}),
        (RequestRow, REFUSED, {"operation": 1}),
        (RequestRow, REFUSED, {"reason": None}),
    ],
    ids=str,
)
def test_what_must_never_be_is_refused(
    database: Database, model: type[SQLModel], row: Row, wrong: Row
) -> None:
    add(database, (OperationRow, OPERATION))

    with pytest.raises(DBAPIError, match=r"(?i)(check|foreign key) constraint"):
        add(database, (model, {**row, **wrong}))


def test_lots_with_points_are_found_by_their_index(database: Database) -> None:
    account = table_of(LotRow).c.account
    live = select(table_of(LotRow)).where(account == bindparam("account"), HAS_POINTS)
    with snapshot(database) as connection:
        asked = str(live.compile(connection))
        if database.is_sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (1,)).all()
        else:  # the plan that it comes to when it is asked often
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            asked = asked.replace("%(account)s", "$1")
            plan = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {asked}").all()

    assert "ix_lot_account_live" in str(plan)

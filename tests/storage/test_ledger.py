"""The tables refuse what must never be, whatever code may ask for it one day."""

import re
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
NEXT = {**OPERATION, "id": 2, "key": "next", "reference": None}
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

FOREIGN_KEY = "foreign key constraint"

Row = Mapping[str, Any]


def add(database: Database, *rows: tuple[type[SQLModel], Row]) -> None:
    with transaction(database) as connection:
        for model, row in rows:
            connection.execute(insert(table_of(model)), dict(row))


def rows_in(database: Database, model: type[SQLModel]) -> list[Row]:
    table = table_of(model)
    with snapshot(database) as connection:
        rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in rows]


def whole(model: type[SQLModel], row: Row) -> Row:
    return dict.fromkeys(table_of(model).c.keys()) | dict(row)


def test_rows_as_they_should_be_are_taken_and_given_back_as_they_were(database: Database) -> None:
    given: dict[type[SQLModel], list[Row]] = {
        OperationRow: [OPERATION],
        EntryRow: [ENTRY, {**ENTRY, "line": 1, "amount": AMOUNT_MAX, "debit": 7, "credit": 8}],
        LotRow: [LOT],
        RequestRow: [ACCEPTED, REFUSED],
        AccountRow: [ACCOUNT, {**ACCOUNT, "id": 2, "balance": BALANCE_MAX}],
        BatchRow: [BATCH],
    }

    add(database, *((model, row) for model, rows in given.items() for row in rows))

    assert {model: rows_in(database, model) for model in given} == {
        model: [whole(model, row) for row in rows] for model, rows in given.items()
    }


def columns_told_in(fault: DBAPIError) -> list[str]:
    """Give the columns that must differ, in the words of either engine."""
    told = str(fault.orig)
    if found := re.search(r"UNIQUE constraint failed: (.+)", told):
        return [column.partition(".")[2] for column in found[1].split(", ")]
    found = re.search(r"Key \((.+)\)=\(.*\) already exists", told)
    return found[1].split(", ") if found else []


@pytest.mark.parametrize(
    ("model", "first", "then", "columns"),
    [
        (OperationRow, OPERATION, {"id": 1, "key": "other", "reference": None}, "id"),
        (OperationRow, OPERATION, {"id": 2, "reference": None}, "key scope"),
        (OperationRow, OPERATION, {"id": 2, "key": "other"}, "reference"),
        (EntryRow, ENTRY, {"debit": 3, "credit": 4}, "operation line"),
        (EntryRow, ENTRY, {"line": 1, "credit": 3}, "debit debit_seq"),
        (EntryRow, ENTRY, {"line": 1, "debit": 3}, "credit credit_seq"),
        (LotRow, LOT, {}, "id"),
        (RequestRow, ACCEPTED, {**REFUSED, "key": "first"}, "key scope"),
        (RequestRow, ACCEPTED, {"key": "other"}, "operation"),
        (AccountRow, ACCOUNT, {}, "id"),
        (BatchRow, BATCH, {}, "chain number"),
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
    columns: str,
) -> None:
    before = [] if model is OperationRow else [(OperationRow, OPERATION)]
    add(database, *before, (model, first))

    with pytest.raises(DBAPIError) as refused:
        add(database, (model, {**first, **then}))

    assert columns_told_in(refused.value) == columns.split()
    assert rows_in(database, model) == [whole(model, first)]


def test_an_operation_is_taken_back_once(database: Database) -> None:
    undo = {**OPERATION, "id": 2, "key": "undo", "reference": None, "reverses": 1}

    add(database, (OperationRow, OPERATION), (OperationRow, undo))

    with pytest.raises(DBAPIError) as refused:
        add(database, (OperationRow, {**undo, "id": 3, "key": "undo again"}))

    assert columns_told_in(refused.value) == ["reverses"]
    assert rows_in(database, OperationRow) == [
        whole(OperationRow, row) for row in (OPERATION, undo)
    ]


@pytest.mark.parametrize(
    ("model", "row", "wrong", "by"),
    [
        (EntryRow, ENTRY, {"amount": 0}, "ck_entry_amount"),
        (EntryRow, ENTRY, {"amount": -1}, "ck_entry_amount"),
        (EntryRow, ENTRY, {"amount": AMOUNT_MAX + 1}, "ck_entry_amount"),
        (EntryRow, ENTRY, {"credit": 1}, "ck_entry_two_accounts"),
        (EntryRow, ENTRY, {"operation": 404}, FOREIGN_KEY),
        (OperationRow, NEXT, {"reverses": 404}, FOREIGN_KEY),
        (LotRow, LOT, {"remaining": -1}, "ck_lot_remaining"),
        (LotRow, LOT, {"remaining": 11, "expired": 0}, "ck_lot_(remaining|expired)"),
        (LotRow, LOT, {"expired": 7}, "ck_lot_expired"),
        (LotRow, LOT, {"expired": -1}, "ck_lot_expired"),
        (AccountRow, ACCOUNT, {"balance": -1}, "ck_account_balance"),
        (AccountRow, ACCOUNT, {"balance": BALANCE_MAX + 1}, "ck_account_balance"),
        (AccountRow, ACCOUNT, {"version": -1}, "ck_account_version"),
        (RequestRow, ACCEPTED, {"operation": None}, "ck_request_status"),
        (RequestRow, ACCEPTED, {"operation": 404}, FOREIGN_KEY),
        (RequestRow, ACCEPTED, {"reason": "closed"}, "ck_request_status"),
        (RequestRow, ACCEPTED, {"status": "perhaps"}, "ck_request_status"),
        (RequestRow, REFUSED, {"operation": 1}, "ck_request_status"),
        (RequestRow, REFUSED, {"reason": None}, "ck_request_status"),
    ],
    ids=str,
)
def test_what_must_never_be_is_refused(
    database: Database, model: type[SQLModel], row: Row, wrong: Row, by: str
) -> None:
    add(database, (OperationRow, OPERATION))
    before = rows_in(database, model)

    with pytest.raises(DBAPIError, match=rf"(?i){by}\b"):
        add(database, (model, {**row, **wrong}))

    assert rows_in(database, model) == before


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

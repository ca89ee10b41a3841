"""Ask the database about itself: is it whole, do its guards stand, is it set to keep what it has.

SQLite is asked for its quick check: that an index disagrees with its table, which the slow one adds
at eight times the cost, shows when the book is read in the order of both. PostgreSQL offers nothing
of the kind without an extension, but says whether it checks its pages as it reads them.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, func, select, text

from points.storage.allowances import AllowanceRow
from points.storage.cases import CaseRow, SettlementRow
from points.storage.columns import Moment, table_of
from points.storage.ledger import (
    AccountRow,
    AnchorRow,
    BatchRow,
    ChainRow,
    EntryRow,
    LotRow,
    OperationRow,
    RequestRow,
    SlipRow,
)
from points.storage.one_time_codes import OneTimeCodeRow
from points.storage.pins import PinRow
from points.storage.triggers import EVERY, missing_guards

TABLES = tuple(
    table_of(model)
    for model in (
        OperationRow,
        EntryRow,
        RequestRow,
        BatchRow,
        ChainRow,
        AnchorRow,
        AccountRow,
        LotRow,
        SlipRow,
        CaseRow,
        SettlementRow,
        AllowanceRow,
        PinRow,
        OneTimeCodeRow,
    )
)
"""The book's tables, and those of what lets points go."""

_FAULTS_MAX = 20
_FIRST_WITHOUT_WAL_BUG = (3, 51, 3)


def damage(connection: Connection) -> list[str]:
    """Tell what SQLite finds wrong with its pages, and which rules of its tables are broken."""
    if connection.dialect.name != "sqlite":
        return []
    told = connection.execute(text(f"PRAGMA quick_check({_FAULTS_MAX})")).scalars().all()
    return [str(one) for one in told if one != "ok"]


def broken_keys(connection: Connection) -> list[tuple[str, int]]:
    """Name rows, by table and number, that point to rows which are not there.

    PostgreSQL never lets go of a row that another points to.
    """
    if connection.dialect.name != "sqlite":
        return []
    rows = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(_FAULTS_MAX)
    return [(str(row[0]), int(row[1] or 0)) for row in rows]


def not_numbers(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """Name columns whose values are not all whole numbers, with how many are not.

    STRICT tables hold nothing else, so only a table that was made anew without it is looked at.
    """
    if connection.dialect.name != "sqlite":
        return
    loose = text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict")
    names = set(connection.execute(loose).scalars())
    for table in (one for one in TABLES if one.name in names):
        for column, kind in ((one, func.typeof(one)) for one in _whole_numbers(table)):
            wrong = select(func.count()).where(column.is_not(None), kind != "integer")
            count = connection.execute(wrong).scalar_one()
            if count:
                yield table.name, column.name, count


def unguarded(connection: Connection) -> list[str]:
    """Name the guards of the book that are missing, off, or changed to let things pass."""
    missing = missing_guards(connection)
    if connection.dialect.name == "sqlite":
        tame = text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            " AND name LIKE '%refuses%' AND sql NOT LIKE '%RAISE(ABORT%'"
        )
    else:
        tame = text(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgname LIKE '%refuses%' AND p.prosrc NOT LIKE '%RAISE EXCEPTION%'"
        )
    found = connection.execute(tame).scalars()
    return missing + [name for name in found if name.startswith(EVERY)]


def outdated_version(connection: Connection) -> str | None:
    """Give the version of the database if it has a bug that can cost data."""
    if connection.dialect.name != "sqlite" or sqlite3.sqlite_version_info >= _FIRST_WITHOUT_WAL_BUG:
        return None
    return sqlite3.sqlite_version


def checks_pages(connection: Connection) -> bool:
    """Tell whether the database notices pages that the disk gave back changed.

    SQLite is asked to look at the whole file instead, see `damage`.
    """
    if connection.dialect.name == "sqlite":
        return True
    return str(connection.execute(text("SHOW data_checksums")).scalar_one()) == "on"


def _whole_numbers(table: Table) -> list[Column[Any]]:
    return [one for one in table.c if isinstance(one.type, BigInteger | Integer | Moment)]

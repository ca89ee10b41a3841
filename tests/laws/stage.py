"""A database that is soon as good as new: every run begins on an empty book in the same world."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, text, update

from points.service.posting import CatalogShelf
from points.service.transactions import snapshot, transaction
from points.storage.allowances import AllowanceRow
from points.storage.cases import CaseRow, SettlementRow
from points.storage.columns import table_of
from points.storage.engine import open_database
from points.storage.ledger import (
    AccountRow,
    BatchRow,
    ChainRow,
    EntryRow,
    LotRow,
    OperationRow,
    RequestRow,
    SlipRow,
)
from points.storage.one_time_codes import OneTimeCodeRow
from points.storage.people import CardRow, HouseholdRow
from points.storage.pins import PinRow
from points.storage.triggers import guard
from tests.laws.world import save_world

_GUARDED = tuple(
    table_of(row)
    for row in (
        *(OneTimeCodeRow, AllowanceRow),
        *(SettlementRow, CaseRow, EntryRow, RequestRow, OperationRow, BatchRow),
    )
)
_WRITTEN = (*_GUARDED, table_of(LotRow), table_of(SlipRow))
_CHANGED = tuple(table_of(row) for row in (AccountRow, ChainRow, CardRow, PinRow))

_Rows = Mapping[Table, Sequence[Mapping[str, Any]]]


class Stage:
    """One migrated database for many runs: a new one for each would take most of the time."""

    def __init__(self, url: str, kept: Path) -> None:
        self.url, self.kept = url, kept
        self.open()
        save_world(self.database)
        if self.database.is_sqlite:
            self._copy(self._path, kept)
        with snapshot(self.database) as connection:
            self.rows: _Rows = {it: _rows_of(connection, it) for it in _CHANGED}

    def open(self) -> None:
        """Open the database as a new process does, knowing nothing."""
        self.database = open_database(self.url)
        self.catalogs = CatalogShelf()

    def restart(self) -> None:
        self.database.dispose()
        self.open()

    def clear(self) -> None:
        """Put everything back to before the first operation."""
        if self.database.is_sqlite:
            with self.database.turn():
                self._copy(self.kept, self._path)
        else:
            with transaction(self.database) as connection:
                _put_back(connection, self.rows)

    @property
    def _path(self) -> Path:
        return Path(self.database.writer.url.database or "")

    def _copy(self, source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)


def _rows_of(connection: Connection, table: Table) -> Sequence[Mapping[str, Any]]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]


def _put_back(connection: Connection, rows: _Rows) -> None:
    """Remove what was written, past the guards: only a test may."""
    for table in _GUARDED:
        connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
    for table in (*_WRITTEN, *_CHANGED):
        connection.execute(delete(table))
    guard(connection, [table.name for table in _GUARDED])
    for table, kept in rows.items():
        connection.execute(insert(table), kept)
    connection.execute(update(table_of(HouseholdRow)).values(merged_into=None))

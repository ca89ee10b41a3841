"""What the driver alone takes to write the rows that the service wrote, with one commit a batch.

While the service posts a batch, every statement that it writes with is noted, with its rows as the
driver got them. The bare driver then writes the same to a copy of the database: it decides nothing,
reads nothing and converts nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from points.storage.engine import Database

_WRITING = ("INSERT", "UPDATE")


@dataclass(frozen=True, slots=True)
class Written:
    """One statement with one row, or with many."""

    statement: str
    rows: Any
    is_many: bool


@contextmanager
def noting(database: Database) -> Iterator[list[Written]]:
    """Note all that is written meanwhile."""
    notes: list[Written] = []

    def note(*seen: Any) -> None:
        _connection, _cursor, statement, parameters, _context, is_many = seen
        if statement.startswith(_WRITING):
            notes.append(Written(statement, parameters, is_many))

    event.listen(database.writer, "before_cursor_execute", note)
    yield notes
    event.remove(database.writer, "before_cursor_execute", note)


class BareDriver:
    """A connection of the driver's own, set up as the service sets its own up."""

    def __init__(self, database: Database) -> None:
        self._pooled = database.writer.raw_connection()
        self._connection: Any = self._pooled.driver_connection
        self._is_sqlite = database.is_sqlite

    def write(self, batch: Sequence[Written]) -> None:
        """Write a batch and commit."""
        cursor = self._connection.cursor()
        if self._is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for one in batch:
            if one.is_many:
                cursor.executemany(one.statement, one.rows)
            else:
                cursor.execute(one.statement, one.rows)
        self._connection.commit()
        cursor.close()

    def close(self) -> None:
        self._pooled.close()

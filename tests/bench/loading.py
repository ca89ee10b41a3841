"""The way into a database for millions of rows: by the driver, indexes afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from points.storage.engine import Database
from tests.bench.bulk import Write

_CACHE_KIB = 3_000_000


@contextmanager
def loading(database: Database) -> Iterator[Write]:
    """Give what writes rows in bulk. Nobody else may use the database meanwhile.

    A crash would leave nothing to keep: SQLite is told not to wait for its disk, nor to be able to
    roll back. Afterwards everything stands as before, with all its indexes.
    """
    database.reader.dispose()  # SQLite changes its journal for whoever is alone
    pooled = database.writer.raw_connection()
    connection: Any = pooled.driver_connection
    try:
        if database.is_sqlite:
            with _into_sqlite(connection) as write:
                yield write
        else:
            yield _into_postgresql(connection)
            connection.commit()
            connection.execute("ANALYZE")
            connection.commit()
    finally:
        pooled.invalidate()  # it is set up for nothing else


@contextmanager
def _into_sqlite(connection: Any) -> Iterator[Write]:
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('operation', 'entry', 'lot', 'card')"
    ).fetchall()
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")

    def write(table: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
        places = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        connection.executemany(statement, rows)

    yield write
    for _, statement in indexes:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")


def _into_postgresql(connection: Any) -> Write:
    def write(table: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    return write

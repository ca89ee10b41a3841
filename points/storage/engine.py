"""Open a database, set so that what was acknowledged is kept.

SQLite: WAL, `synchronous=FULL`, one writing connection, immediate transactions; readers cannot
write. Processes that share a file take turns by a lock file: SQLite before 3.51.3 can damage a WAL
that two connections write and checkpoint at once (https://www.sqlite.org/wal.html#walresetbug).
PostgreSQL: psycopg, READ COMMITTED with row locks; refused while it is set to forget commits.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from threading import RLock

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

_BUSY_SECONDS = 10
_READERS_MAX = 8
_POSTGRESQL_OPTIONS = (
    "-c lock_timeout=5000 -c statement_timeout=60000 "
    "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)
_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class UnsafeDatabase(Exception):
    """The database is set up so that it may lose what it has acknowledged."""


class UnknownDatabase(Exception):
    """The database's address cannot be understood."""


@dataclass(frozen=True, slots=True)
class Database:
    """Two ways into one database: `writer` for the one door, `reader` for everyone else."""

    writer: Engine
    reader: Engine
    lock_file: Path | None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite; PostgreSQL otherwise."""
        return self.writer.dialect.name == "sqlite"

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this process's turn to write. PostgreSQL lets everyone write at once."""
        if self.lock_file is None:
            yield
            return
        with _turns, self.lock_file.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def dispose(self) -> None:
        """Close every connection."""
        self.reader.dispose()
        with self.turn():
            self.writer.dispose()


# flock belongs to an open file, so threads of one process need an order of their own.
_turns = RLock()


def open_database(url: str) -> Database:
    """Open the database at a URL such as `sqlite:///var/points.db` or `postgresql://host/name`.

    Raises:
        UnknownDatabase: The URL is not one of these two kinds.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnknownDatabase("the database URL cannot be read") from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return _open_sqlite(parsed, Path(parsed.database))
        case "postgresql":
            return _open_postgresql(parsed)
        case kind:
            raise UnknownDatabase(f"{kind}: only sqlite files and postgresql are supported")


def check_safety(database: Database) -> None:
    """Make sure that an acknowledged commit survives a crash.

    Raises:
        UnsafeDatabase: A setting says otherwise; the message names it.
    """
    with database.writer.connect() as connection:
        if database.is_sqlite:
            _check_sqlite(connection)
        else:
            _check_postgresql(connection)


def _open_sqlite(url: URL, path: Path) -> Database:
    url = url.set(drivername="sqlite+pysqlite")
    arguments = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
    writer = create_engine(url, connect_args=arguments, pool_size=1, max_overflow=0)
    reader = create_engine(url, connect_args=arguments, pool_size=_READERS_MAX)

    @event.listens_for(writer, "connect")
    def _set_up_writer(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, see below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(writer, "begin")
    def _begin_immediate(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another one wrote.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(reader, "connect")
    def _set_up_reader(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(reader, "begin")
    def _begin_snapshot(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return Database(writer, reader, path.with_name(path.name + ".turn"))


def _open_postgresql(url: URL) -> Database:
    url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(
        url,
        connect_args={"options": _POSTGRESQL_OPTIONS, "connect_timeout": _BUSY_SECONDS},
        pool_size=_READERS_MAX,
        pool_pre_ping=True,
    )
    return Database(engine, engine, None)


def _check_sqlite(connection: Connection) -> None:
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")):
        found = str(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())
        if found != wanted:
            raise UnsafeDatabase(f"SQLite {pragma} is {found}; it must be {wanted}")


def _check_postgresql(connection: Connection) -> None:
    for setting in _MUST_BE_ON:
        found = str(connection.execute(text(f"SHOW {setting}")).scalar_one())
        if found in {"off", "local"} and (setting, found) != ("synchronous_commit", "local"):
            raise UnsafeDatabase(f"PostgreSQL {setting} is {found}; it must be on")

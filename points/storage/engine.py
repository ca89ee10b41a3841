"""Open a database, set so that what was acknowledged is kept.

SQLite: WAL, `synchronous=FULL`, one writing connection, immediate transactions; readers cannot
write. Processes that share a file take turns by a lock file: SQLite before 3.51.3 can damage a WAL
that two connections write and checkpoint at once (https://www.sqlite.org/wal.html#walresetbug).
PostgreSQL: psycopg, READ COMMITTED with row locks; refused while it is set to forget commits.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError

from points.storage.postgresql import connect_to_postgresql

_BUSY_SECONDS = 10
_READERS_MAX = 8
_SQLITE_MIN = (3, 37)  # the first with STRICT tables
_WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",  # macOS keeps what it was told to flush in the disk's own memory otherwise
    "foreign_keys=ON",
    "secure_delete=ON",  # what is erased is overwritten
    "recursive_triggers=ON",  # else INSERT OR REPLACE removes rows behind the guards' backs
    # Scans meet households anywhere in the book. With SQLite's own 2 MB and a checkpoint each 4 MB,
    # every few batches the same pages were read, written back and synced again: of the system's
    # time a scan took 144 millionths of a second in batches of 32, and takes 51.
    "cache_size=-32768",  # KiB
    "wal_autocheckpoint=8192",  # pages: the log grows to 32 MB before it is written back
)
_SQLITE_SAFE = {
    "journal_mode": "wal",
    "synchronous": "2",
    "foreign_keys": "1",
    "recursive_triggers": "1",
}
_POSTGRESQL_MIN = 14  # the first that replaces triggers
_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class UnsafeDatabase(Exception):
    """The database is set up so that it may lose what it has acknowledged."""

    def __init__(
        self, setting: str, *, found: str = "", wanted: str, is_least: bool = False
    ) -> None:
        """Keep which setting or release it is, what it is, and what it must be (at least)."""
        stands = f"{setting} is {found}; it" if found else setting
        super().__init__(f"{stands} must be {wanted}{' or newer' if is_least else ''}")
        self.setting, self.found, self.wanted, self.is_least = setting, found, wanted, is_least


class NoTurn(Exception):
    """The file by which processes take turns cannot be opened: its folder is gone, or full."""


class UnknownDatabase(Exception):
    """The database's address cannot be understood."""

    def __init__(self, kind: str | None = None) -> None:
        """Keep what kind of database it names, where that could be read."""
        super().__init__(
            f"{kind}: only sqlite files and postgresql are supported"
            if kind
            else "the database URL cannot be read"
        )
        self.kind = kind


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
        """Wait for this process's turn to write. PostgreSQL lets everyone write at once.

        Raises:
            NoTurn: There is no way to tell whose turn it is.
        """
        if self.lock_file is None:
            yield
            return
        with _turns:
            if self.lock_file in _taken:
                yield
                return
            file = _open(self.lock_file)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                _taken.add(self.lock_file)
                yield
            finally:
                _taken.discard(self.lock_file)
                os.close(file)

    def dispose(self) -> None:
        """Close every connection."""
        self.reader.dispose()
        with self.turn():
            self.writer.dispose()


# A lock file is locked per opening, not per process: threads need an order of their own, and one
# that has its turn already must not wait for itself.
_turns = RLock()
_taken: set[Path] = set()


def _open(lock_file: Path) -> int:
    # By its number: a file object asks the system three more things, each of which lets another
    # thread in that is then to be waited for.
    try:
        return os.open(lock_file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise NoTurn(str(error)) from error


def open_database(url: str) -> Database:
    """Open the database at a URL such as `sqlite:///var/points.db` or `postgresql://host/name`.

    Raises:
        UnknownDatabase: The URL is not one of these two kinds.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnknownDatabase from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and not parsed.database.startswith((":", "file:")):
            return _open_sqlite(parsed, Path(parsed.database).resolve())
        case "postgresql":
            engine = connect_to_postgresql(parsed)
            return Database(engine, engine, None)
        case kind:
            raise UnknownDatabase(kind)


def check_safety(database: Database) -> None:
    """Make sure that an acknowledged commit survives a crash.

    Raises:
        UnsafeDatabase: A setting says otherwise; the message names it.
    """
    with database.turn(), database.writer.connect() as connection:
        if database.is_sqlite:
            _check_sqlite(connection)
        else:
            _check_postgresql(connection)


def _open_sqlite(url: URL, path: Path) -> Database:
    url = url.set(drivername="sqlite+pysqlite", database=str(path))
    if "timeout" not in url.query:
        url = url.update_query_dict({"timeout": str(_BUSY_SECONDS)})
    arguments = {"check_same_thread": False}
    writer = create_engine(url, connect_args=arguments, pool_size=1, max_overflow=0)
    reader = create_engine(url, connect_args=arguments, pool_size=_READERS_MAX)

    @event.listens_for(writer, "connect")
    def _set_up_writer(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, see below
        for pragma in _WRITER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(writer, "begin")
    def _begin_immediate(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another one wrote.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(reader, "connect")
    def _set_up_reader(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(reader, "begin")
    def _begin_snapshot(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return Database(writer, reader, path.with_name(path.name + ".turn"))


def _check_sqlite(connection: Connection) -> None:
    if sqlite3.sqlite_version_info < _SQLITE_MIN:
        least = ".".join(map(str, _SQLITE_MIN))
        release = sqlite3.sqlite_version
        raise UnsafeDatabase("SQLite", found=release, wanted=least, is_least=True)
    for pragma, wanted in _SQLITE_SAFE.items():
        found = str(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())
        if found != wanted:
            raise UnsafeDatabase(f"SQLite {pragma}", found=found, wanted=wanted)


def _check_postgresql(connection: Connection) -> None:
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if version < _POSTGRESQL_MIN * 10_000:
        raise UnsafeDatabase("PostgreSQL", wanted=str(_POSTGRESQL_MIN), is_least=True)
    # A commit on this server's disk is enough where it is the only one.
    forgets = {"off"}
    if connection.execute(text("SHOW synchronous_standby_names")).scalar_one():
        forgets.add("local")
    for setting in _MUST_BE_ON:
        found = str(connection.execute(text(f"SHOW {setting}")).scalar_one())
        if found in forgets:
            raise UnsafeDatabase(f"PostgreSQL {setting}", found=found, wanted="on")

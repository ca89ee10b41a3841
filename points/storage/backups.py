"""Copy a SQLite book into a file, and such a file into the place of a book: whole, or not at all.

A copy is written aside, checked, flushed to the disk and only then renamed; a file that bears the
name asked for is therefore always good. What else SQLite keeps beside a database (`-wal`, `-shm`,
`-journal`) belongs to that one database: left behind, it would be read into the one that follows.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from sqlalchemy import URL

from points.storage.engine import Database, open_database
from points.storage.migrate import NewerDatabase, migrate

Progress = Callable[[int, int], None]
"""Told how many pages, of how many, have been copied."""

_PAGES_AT_ONCE = 1_000
_BESIDE = ("-wal", "-shm", "-journal")
# The bytes by which SQLite's connections say that they are there, as long as they are. Write-ahead
# logging: https://www.sqlite.org/walformat.html#locks; the database itself: PENDING_BYTE and after.
_PRESENCE = (("", 0x4000_0000, 512), ("-shm", 120, 9))


class BackupFault(StrEnum):
    """Why a copy was not made, or not put in place. Nothing was changed."""

    EXISTS = "exists"
    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    ITSELF = "itself"
    IN_USE = "in_use"
    DAMAGED = "damaged"
    NOT_POINTS = "not_points"
    NEWER = "newer"
    FAILED = "failed"


_FAULTS = {
    sqlite3.SQLITE_NOTADB: BackupFault.NOT_POINTS,
    sqlite3.SQLITE_CORRUPT: BackupFault.DAMAGED,
}


class NotCopied(Exception):
    """There is no copy, and what was there before is still there."""

    def __init__(self, fault: BackupFault, path: Path, said: str = "") -> None:
        """Keep which file is at fault, and what the system said of it."""
        super().__init__(f"{fault}: {path} {said}".rstrip())
        self.fault = fault
        self.path = path
        self.said = said


def file_of(database: Database) -> Path:
    """Give the file that a SQLite database is kept in."""
    kept_in = database.writer.url.database
    assert database.is_sqlite, "PostgreSQL has tools of its own"
    assert kept_in is not None, "a database in memory is not opened"
    return Path(kept_in)


def write_copy(
    source: sqlite3.Connection, path: Path, *, overwrites: bool, progress: Progress
) -> None:
    """Copy what a connection sees into a file that only its owner can read.

    A connection that is inside a transaction copies that one state however much is written
    meanwhile, and does not make the writers wait.

    Raises:
        NotCopied: The book may not be there, or not there yet, or the copy is not sound.
    """
    _stand_still(source)
    with _telling(path):
        _check_target(path, overwrites=overwrites)
        with _aside(path) as partial:
            _copy(source, partial, progress)
            _check_copy(partial, path)
            _put(partial, path)


def put_copy(file: Path, database: Database, *, overwrites: bool, progress: Progress) -> None:
    """Make a file that `write_copy` wrote the database, brought up to date with this release.

    Raises:
        NotCopied: The file is no book of ours, or the database is there or in use.
    """
    path = file_of(database)
    assert database.lock_file is not None, "SQLite has a lock file"
    with _telling(file):
        _check_source(file, path)
        _check_target(path, overwrites=overwrites)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _turn_at_once(database.lock_file, path), _aside(path) as partial:
            with closing(_read_only(file)) as source:
                _copy(source, partial, progress)
            _check_copy(partial, file)
            _bring_up_to_date(partial, file)
            _keep_owner(partial, path)
            _put(partial, path)


def _stand_still(source: sqlite3.Connection) -> None:
    """Read something: only then does a transaction choose the state that it sees."""
    _, _, book = source.execute("PRAGMA database_list").fetchone()
    with _telling(Path(book)):
        source.execute("SELECT 1 FROM sqlite_schema").fetchall()


def _check_target(path: Path, *, overwrites: bool) -> None:
    if path.exists() and not path.is_file():
        raise NotCopied(BackupFault.NOT_A_FILE, path)
    if path.exists() and not overwrites:
        raise NotCopied(BackupFault.EXISTS, path)


def _check_source(file: Path, path: Path) -> None:
    if not file.exists():
        raise NotCopied(BackupFault.MISSING, file)
    if not file.is_file():
        raise NotCopied(BackupFault.NOT_A_FILE, file)
    if path.exists() and path.samefile(file):
        raise NotCopied(BackupFault.ITSELF, file)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise NotCopied(_FAULTS.get(_code(error), BackupFault.FAILED), path, str(error)) from error
    except OSError as error:
        raise NotCopied(BackupFault.FAILED, path, str(error)) from error


@contextmanager
def _turn_at_once(lock_file: Path, path: Path) -> Iterator[None]:
    """Keep everybody from writing; whoever is at it now is not waited for."""
    with lock_file.open("ab") as file:
        _lock_at_once(file, path)
        yield


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """Give an empty file beside the path, of this process alone, which is gone afterwards."""
    partial = path.with_name(f"{path.name}.partial")
    opener = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(opener, "r+b") as file:
        _lock_at_once(file, partial)
        file.truncate()  # to what was beside a copy that was killed, SQLite then pays no heed
        os.fchmod(file.fileno(), 0o600)
        try:
            yield partial
        finally:
            _remove_beside(partial)
            with suppress(FileNotFoundError):  # renamed by now
                if os.path.samestat(partial.stat(), os.fstat(file.fileno())):
                    partial.unlink()


def _lock_at_once(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotCopied(BackupFault.IN_USE, path) from None


def _copy(source: sqlite3.Connection, partial: Path, progress: Progress) -> None:
    def tell(_status: int, left: int, total: int) -> None:
        progress(total - left, total)

    with closing(sqlite3.connect(partial)) as copy:
        copy.execute("PRAGMA synchronous=OFF")  # all of it is flushed before it gets its name
        source.backup(copy, pages=_PAGES_AT_ONCE, progress=tell)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself


def _check_copy(partial: Path, path: Path) -> None:
    with closing(sqlite3.connect(partial)) as copy:
        found = copy.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise NotCopied(BackupFault.DAMAGED, path, "; ".join(line for (line,) in found[:3]))
        try:
            steps = copy.execute("SELECT version_num FROM alembic_version").fetchall()
            copy.execute("SELECT hash FROM batch LIMIT 1").fetchall()
        except sqlite3.OperationalError:
            steps = []
        if not steps:
            raise NotCopied(BackupFault.NOT_POINTS, path)


def _bring_up_to_date(partial: Path, file: Path) -> None:
    copy = open_database(_url_of(partial))
    try:
        migrate(copy)
    except NewerDatabase as error:
        raise NotCopied(BackupFault.NEWER, file, str(error)) from error
    finally:
        copy.dispose()
        assert copy.lock_file is not None, "SQLite has a lock file"
        copy.lock_file.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _url_of(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def _keep_owner(partial: Path, path: Path) -> None:
    """Leave the file to whom it belonged: root may put back what the service's user must open."""
    with suppress(FileNotFoundError, PermissionError):
        before = path.stat()
        os.chown(partial, before.st_uid, before.st_gid)


def _put(partial: Path, path: Path) -> None:
    """Give the copy its name, where nobody has the old bearer of the name open."""
    _flush(partial)
    with ExitStack() as stack:
        _fold_up(path)
        for suffix, start, length in _PRESENCE:
            _stand_alone(stack, path.with_name(path.name + suffix), start, length)
        _remove_beside(path)
        # Should the power fail here, the old one has been folded up and is whole without them.
        _flush(path.parent)
        partial.replace(path)
        _flush(path.parent)


def _fold_up(path: Path) -> None:
    """Bring what SQLite keeps beside a database into it."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=0)) as old:
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if _code(error) == sqlite3.SQLITE_BUSY:
            raise NotCopied(BackupFault.IN_USE, path) from None
        # A damaged one has nothing that could be brought in: it is what is being replaced.


def _stand_alone(stack: ExitStack, path: Path, start: int, length: int) -> None:
    if not path.exists():
        return
    file = stack.enter_context(path.open("r+b"))
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
    except (BlockingIOError, PermissionError):
        raise NotCopied(BackupFault.IN_USE, path) from None


def _code(error: sqlite3.Error) -> int:
    return error.sqlite_errorcode & 0xFF  # the rest only says where it came from


def _remove_beside(path: Path) -> None:
    for suffix in _BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)


def _flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        # macOS keeps what it was told to flush in the disk's own memory unless asked like this.
        if hasattr(fcntl, "F_FULLFSYNC") and path.is_file():
            fcntl.fcntl(opened, fcntl.F_FULLFSYNC)
        else:
            os.fsync(opened)
    finally:
        os.close(opened)

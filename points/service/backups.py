"""Back the book up while it is written, and put a backup in its place."""

from pathlib import Path

from points.service.transactions import snapshot
from points.storage.backups import (
    BackupFault,
    NotCopied,
    Progress,
    file_of,
    put_copy,
    write_copy,
)
from points.storage.engine import Database


def back_up(
    database: Database, path: Path, *, overwrites: bool = False, progress: Progress
) -> None:
    """Write one state of a SQLite book into a file; the service goes on meanwhile.

    Raises:
        NotCopied: There is no backup; the fault says why.
        DatabaseUnavailable: The book cannot be read now.
    """
    book = file_of(database)
    if not book.exists():
        raise NotCopied(BackupFault.MISSING, book)
    if path.exists() and path.samefile(book):
        raise NotCopied(BackupFault.ITSELF, path)
    with snapshot(database) as connection:
        source = connection.connection.driver_connection
        assert source is not None, "a connection that was just opened"
        write_copy(source, path, overwrites=overwrites, progress=progress)


def restore(
    file: Path, database: Database, *, overwrites: bool = False, progress: Progress
) -> None:
    """Make a backup the book again. Nobody else may have the book open.

    What was posted since the backup is not in it: whoever sent it must send it again, under the
    same ids.

    Raises:
        NotCopied: The book is as it was; the fault says why.
    """
    put_copy(file, database, overwrites=overwrites, progress=progress)

"""Copies of a SQLite book: whole, private, and never in the place of one that is in use."""

import fcntl
import os
import resource
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from points.storage.backups import BackupFault, NotCopied, put_copy, write_copy
from points.storage.engine import open_database
from points.storage.migrate import is_current
from tests.drills.processes import ended_at_last, forking
from tests.drills.syncs import Syncs
from tests.spoilt_backups import (
    a_folder,
    a_letter,
    cut_short,
    damaged_inside,
    empty,
    gone,
    of_a_newer_release,
    of_another_program,
)

WAIT_SECONDS_MAX = 60


def unseen(_copied: int, _total: int) -> None:
    """Watch nothing."""


def copy(book: Path, to: Path, *, overwrites: bool = False) -> None:
    with closing(sqlite3.connect(book, isolation_level=None)) as source:
        source.execute("BEGIN")
        write_copy(source, to, overwrites=overwrites, progress=unseen)


def put(file: Path, to: Path, *, overwrites: bool = False) -> None:
    put_copy(file, open_database(f"sqlite:///{to}"), overwrites=overwrites, progress=unseen)


def mark(book: Path, word: str) -> None:
    """Write something by which two books can be told apart; it stays in the write-ahead log."""
    connection = sqlite3.connect(book, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS mark (word TEXT)")
    connection.execute("INSERT INTO mark VALUES (?)", [word])
    connection.close()


def marks_in(book: Path) -> list[str]:
    with closing(sqlite3.connect(book)) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM mark")]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def book(migrated_sqlite: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    folder.mkdir()
    copied = folder / "points.db"
    shutil.copy(migrated_sqlite, copied)
    mark(copied, "first")
    return copied


@pytest.fixture
def backup(book: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    copy(book, folder / "backup")
    return folder / "backup"


@contextmanager
def busy(work: Callable[[Path, Event, Event], None], book: Path) -> Iterator[None]:
    """Let another process do something with the book for as long as the block takes."""
    context = forking()
    ready, stop = context.Event(), context.Event()
    process = context.Process(target=work, args=(book, ready, stop))
    with ended_at_last(process):
        assert ready.wait(WAIT_SECONDS_MAX)
        yield
        stop.set()
        process.join(WAIT_SECONDS_MAX)
    assert process.exitcode == 0


def read_on(book: Path, ready: Event, stop: Event) -> None:
    connection = sqlite3.connect(book)
    connection.execute("SELECT * FROM mark").fetchall()
    ready.set()
    stop.wait(WAIT_SECONDS_MAX)
    connection.close()


def hold_the_turn(book: Path, ready: Event, stop: Event) -> None:
    with open_database(f"sqlite:///{book}").turn():
        ready.set()
        stop.wait(WAIT_SECONDS_MAX)


def leave_unfolded(book: Path, ready: Event, stop: Event) -> None:
    """Die as a killed service does: the newest line is in the write-ahead log alone."""
    connection = sqlite3.connect(book, isolation_level=None)
    connection.execute("INSERT INTO mark VALUES ('unfolded')")
    assert (book.parent / f"{book.name}-wal").stat().st_size
    ready.set()
    os._exit(0)


def lose_the_name(book: Path, ready: Event, stop: Event) -> None:
    connection = sqlite3.connect(book)
    connection.execute("SELECT * FROM mark").fetchall()
    book.unlink()
    ready.set()
    stop.wait(WAIT_SECONDS_MAX)
    connection.close()


def copy_to_a_full_disk(book: Path, ready: Event, stop: Event) -> None:
    half = book.stat().st_size // 2
    resource.setrlimit(resource.RLIMIT_FSIZE, (half, half))
    with pytest.raises(NotCopied) as refused:
        copy(book, book.parent / "backup")
    assert refused.value.fault is BackupFault.FAILED
    ready.set()
    stop.wait(WAIT_SECONDS_MAX)


def copy_when_told(book: Path, ready: Event, stop: Event) -> None:
    ready.set()
    stop.wait(WAIT_SECONDS_MAX)
    copy(book, book.parent / "backup")


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for it")
def test_a_copy_is_flushed_before_it_gets_its_name_and_its_folder_after(book: Path) -> None:
    context = forking()
    ready, stop = context.Event(), context.Event()
    process = context.Process(target=copy_when_told, args=(book, ready, stop))
    with ended_at_last(process):
        assert ready.wait(WAIT_SECONDS_MAX)
        syncs = Syncs(process.pid or 0)
        syncs.attach()
        stop.set()
        syncs.wait_for_end()

    assert marks_in(book.parent / "backup") == ["first"]
    assert syncs.in_order[-3:] == [
        str(book.parent / "backup.partial"),
        str(book.parent),
        str(book.parent),
    ]


def test_a_copy_is_one_private_file_that_stands_by_itself(book: Path, backup: Path) -> None:
    assert names_in(backup.parent) == ["backup"]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert marks_in(backup) == ["first"]


def test_a_copy_holds_the_state_that_its_transaction_began_with(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("points.storage.backups._PAGES_AT_ONCE", 8)  # a book of many parts
    told: list[tuple[int, int]] = []

    def write_meanwhile(copied: int, total: int) -> None:
        if not told:
            mark(book, "meanwhile")
        told.append((copied, total))

    with closing(sqlite3.connect(book, isolation_level=None)) as source:
        source.execute("BEGIN")
        write_copy(source, tmp_path / "copy", overwrites=False, progress=write_meanwhile)

    assert marks_in(tmp_path / "copy") == ["first"]
    assert len(told) > 2
    assert told[-1][0] == told[-1][1] > 0


def test_what_is_there_is_not_replaced_unless_asked(book: Path, backup: Path) -> None:
    mark(book, "second")

    with pytest.raises(NotCopied) as refused:
        copy(book, backup)

    assert (refused.value.fault, refused.value.path) == (BackupFault.EXISTS, backup)
    assert marks_in(backup) == ["first"]
    copy(book, backup, overwrites=True)
    assert marks_in(backup) == ["first", "second"]


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_what_a_killed_copy_left_behind_does_not_get_into_the_next(
    book: Path, tmp_path: Path, suffix: str
) -> None:
    (tmp_path / "copy.partial").write_bytes(os.urandom(100_000))
    (tmp_path / f"copy.partial{suffix}").write_bytes(os.urandom(100_000))

    copy(book, tmp_path / "copy")

    assert names_in(tmp_path) == ["book", "copy"]
    assert marks_in(tmp_path / "copy") == ["first"]


def test_two_copies_at_once_do_not_write_into_each_other(book: Path, tmp_path: Path) -> None:
    with (tmp_path / "copy.partial").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(NotCopied) as refused:
            copy(book, tmp_path / "copy")

    assert refused.value.fault is BackupFault.IN_USE


def test_a_copy_that_cannot_be_finished_leaves_nothing(book: Path) -> None:
    with busy(copy_to_a_full_disk, book):
        assert [name for name in names_in(book.parent) if "backup" in name] == []


def test_a_folder_that_is_not_there_is_told(book: Path, tmp_path: Path) -> None:
    with pytest.raises(NotCopied) as refused:
        copy(book, tmp_path / "nowhere" / "copy")

    assert refused.value.fault is BackupFault.FAILED


def test_a_device_is_not_replaced(book: Path) -> None:
    with pytest.raises(NotCopied) as refused:
        copy(book, Path("/dev/null"), overwrites=True)

    assert refused.value.fault is BackupFault.NOT_A_FILE


def test_a_copy_becomes_a_book_again(backup: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "points.db"

    put(backup, target)

    assert names_in(target.parent) == ["points.db", "points.db.turn"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert marks_in(target) == ["first"]
    restored = open_database(f"sqlite:///{target}")
    assert is_current(restored)
    restored.dispose()


def test_a_book_is_not_replaced_unless_asked(book: Path, backup: Path) -> None:
    mark(book, "second")

    with pytest.raises(NotCopied) as refused:
        put(backup, book)

    assert refused.value.fault is BackupFault.EXISTS
    assert marks_in(book) == ["first", "second"]
    put(backup, book, overwrites=True)
    assert marks_in(book) == ["first"]


def test_what_a_killed_service_left_beside_the_book_is_not_read_into_the_copy(
    book: Path, backup: Path
) -> None:
    with busy(leave_unfolded, book):
        pass
    assert marks_in(shutil.copytree(book.parent, book.parent / "look") / book.name) == [
        "first",
        "unfolded",
    ]

    put(backup, book, overwrites=True)

    assert marks_in(book) == ["first"]


def test_a_log_without_its_book_is_not_read_into_the_copy(book: Path, backup: Path) -> None:
    with busy(leave_unfolded, book):
        pass
    book.unlink()

    put(backup, book)

    assert marks_in(book) == ["first"]


@pytest.mark.parametrize("use", [read_on, hold_the_turn])
def test_a_book_that_somebody_uses_is_not_replaced(
    book: Path, backup: Path, use: Callable[[Path, Event, Event], None]
) -> None:
    mark(book, "second")

    with busy(use, book), pytest.raises(NotCopied) as refused:
        put(backup, book, overwrites=True)

    assert (refused.value.fault, refused.value.path) == (BackupFault.IN_USE, book)
    assert marks_in(book) == ["first", "second"]
    assert "points.db.partial" not in names_in(book.parent)


def test_a_book_that_this_very_process_uses_is_not_replaced(book: Path, backup: Path) -> None:
    with closing(sqlite3.connect(book)) as connection:
        connection.execute("SELECT * FROM mark").fetchall()

        with pytest.raises(NotCopied) as refused:
            put(backup, book, overwrites=True)

    assert (refused.value.fault, refused.value.path) == (BackupFault.IN_USE, book)


def test_a_book_that_could_not_be_replaced_at_the_last_moment_is_whole(
    book: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with busy(leave_unfolded, book):
        pass

    def fail(_self: Path, _target: Path) -> Path:
        raise OSError("the power failed")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(NotCopied) as refused:
        put(backup, book, overwrites=True)

    assert refused.value.fault is BackupFault.FAILED
    assert marks_in(book) == ["first", "unfolded"]


def test_nothing_is_put_beside_a_log_that_somebody_uses(book: Path, backup: Path) -> None:
    with busy(lose_the_name, book), pytest.raises(NotCopied) as refused:
        put(backup, book)

    assert refused.value.fault is BackupFault.IN_USE


def test_a_damaged_book_can_be_replaced(book: Path, backup: Path) -> None:
    book.write_bytes(os.urandom(100_000))

    put(backup, book, overwrites=True)

    assert marks_in(book) == ["first"]


@pytest.mark.parametrize(
    "spoil",
    [
        *(damaged_inside, cut_short, empty, a_letter),
        *(of_another_program, of_a_newer_release, gone, a_folder),
    ],
)
def test_what_is_no_sound_book_of_ours_is_not_put_in_place_of_one(
    book: Path, backup: Path, spoil: Callable[[Path], BackupFault]
) -> None:
    fault = spoil(backup)

    with pytest.raises(NotCopied) as refused:
        put(backup, book, overwrites=True)

    assert (refused.value.fault, refused.value.path) == (fault, backup)
    assert marks_in(book) == ["first"]
    assert [name for name in names_in(book.parent) if "partial" in name] == []


def test_a_book_is_not_made_of_itself(book: Path) -> None:
    with pytest.raises(NotCopied) as refused:
        put(book, book, overwrites=True)

    assert refused.value.fault is BackupFault.ITSELF

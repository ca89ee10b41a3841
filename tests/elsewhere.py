"""Others at work: what only further processes and sessions can show is tested with real ones."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event, text

from points.storage.engine import Database

ROOT = Path(__file__).parent.parent

_HOLDING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


_WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def wait_until_somebody_waits(database: Database, *, sessions: int = 1) -> None:
    """Look until PostgreSQL says that sessions wait for another's lock."""
    found = 0
    while found < sessions:
        with database.reader.connect() as connection:
            found = connection.execute(text(_WAITING)).scalar_one()


@contextmanager
def statements_on(database: Database) -> Iterator[list[str]]:
    """Note every statement that is sent to be written with."""
    sent: list[str] = []

    def note(*seen: object) -> None:
        sent.append(str(seen[2]))

    event.listen(database.writer, "before_cursor_execute", note)
    yield sent
    event.remove(database.writer, "before_cursor_execute", note)


@contextmanager
def interrupted(database: Database, *, at: str, by: Callable[[], object]) -> Iterator[None]:
    """Let somebody else act once, just before a statement with these words is sent."""
    done: list[str] = []

    def interrupt(*seen: object) -> None:
        if at in str(seen[2]) and not done:
            done.append(at)
            by()

    event.listen(database.writer, "before_cursor_execute", interrupt)
    yield
    event.remove(database.writer, "before_cursor_execute", interrupt)
    assert done, f"nothing was asked with {at}"


def start(source: str, *arguments: str, folder: Path = ROOT) -> subprocess.Popen[str]:
    """Start a Python process from its source; use it in a `with`, which waits for its end."""
    return subprocess.Popen(
        [sys.executable, "-c", source, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    """Wait for the next line that a process prints, and give it."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Let another process hold the write lock of a SQLite file, one that knows of no turns."""
    with start(_HOLDING, str(path)) as process:
        assert line_of(process) == "held"
        yield
        process.communicate()

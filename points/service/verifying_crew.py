"""Processes that check parts of the book side by side, all on the one snapshot.

They only ever say that a part is right: where anything is not, or a process fails, the whole is
checked again by one, whose findings are told.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Line
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import Connection, text

from points.service.transactions import snapshot
from points.storage.engine import Database, open_database
from points.storage.verifying import lift_limits

Tell = Callable[[int], None]
"""Told from time to time how many rows of a task are done."""
Task = Callable[[Connection, Tell], Any]
"""Checks a part. It goes to another process, as does what it gives: both must pickle."""

MEMBERS_MAX = 8
_END_SECONDS_MAX = 5
_ANY_READ = text("SELECT count(*) FROM chain")


@dataclass(frozen=True, slots=True)
class _Done:
    value: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    reason: str


@dataclass
class Crew:
    """Does tasks, each in one of its processes."""

    members: list[tuple[BaseProcess, Line]]
    _waiting: list[tuple[int, Task]] = field(default_factory=list)
    _found: list[Any] | None = None
    _doing: dict[Line, int] = field(default_factory=dict)
    _told: dict[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Tell how many can work at once; none if the crew was sent away."""
        return len(self.members)

    def assign(self, tasks: Sequence[Task]) -> None:
        """Set the crew to work, and do not wait for it."""
        self._found = [None] * len(tasks)
        self._waiting = list(enumerate(tasks))
        self._doing.clear()
        self._told.clear()
        try:
            for _, line in self.members:
                self._give(line)
        except OSError:
            self.dismiss()

    def finish(self, tell: Tell) -> list[Any] | None:
        """Wait until all is done; give what came of each task, None if any failed or none began."""
        try:
            while self._doing:
                for line in wait(list(self._doing)):
                    assert isinstance(line, Line), "nothing else is waited for"
                    self._hear(line, tell)
        except (EOFError, OSError):
            self.dismiss()
        found, self._found = self._found, None
        return found if self.members else None

    def dismiss(self) -> None:
        """Send everybody away."""
        for process, line in self.members:
            line.close()
            process.terminate()
            process.join(_END_SECONDS_MAX)
            if process.is_alive():
                process.kill()
        self.members.clear()
        self._doing.clear()

    def _give(self, line: Line) -> None:
        if self._waiting:
            self._doing[line], task = self._waiting.pop(0)
            line.send(task)

    def _hear(self, line: Line, tell: Tell) -> None:
        said = line.recv()
        task = self._doing[line]
        if isinstance(said, _Failed):
            self.dismiss()
        elif isinstance(said, _Done):
            assert self._found is not None, "somebody is at work on it"
            self._found[task] = said.value
            del self._doing[line]
            self._give(line)
        else:
            self._told[task] = said
            tell(sum(self._told.values()))


def processors() -> int:
    """Tell how many processes can work at once on this machine."""
    with suppress(AttributeError):  # where the system does not say which are ours
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def gathered(database: Database, size: int) -> Iterator[Crew]:
    """Start so many processes; they are gone when the block ends."""
    url = database.writer.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        crew = Crew([])
        stack.callback(crew.dismiss)
        for _ in range(min(size, MEMBERS_MAX)):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, url), daemon=True)
            process.start()
            theirs.close()
            crew.members.append((process, ours))
        yield crew


def share_snapshot(crew: Crew, database: Database, connection: Connection) -> None:
    """Let everybody see what this connection sees, which must not have read anything yet.

    Nobody writes to SQLite meanwhile; PostgreSQL hands a snapshot on.
    """
    try:
        for _, line in crew.members:
            line.recv()  # it is ready
        with database.turn():
            connection.execute(_ANY_READ)
            name = None
            if not database.is_sqlite:
                name = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            for _, line in crew.members:
                line.send(name)
            for _, line in crew.members:
                line.recv()  # it sees it
    except (EOFError, OSError):
        crew.dismiss()


def _work(line: Line, url: str) -> None:
    """Do whatever is asked for, until nobody is there to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted sends us away
    database = open_database(url)
    with suppress(EOFError, OSError):
        line.send(None)
        name = line.recv()
        with snapshot(database) as connection:
            if name is not None:
                connection.execute(text(f"SET TRANSACTION SNAPSHOT '{name}'"))
            connection.execute(_ANY_READ)
            lift_limits(connection)
            line.send(None)
            while True:
                line.send(_outcome(line.recv(), connection, line.send))


def _outcome(task: Task, connection: Connection, tell: Tell) -> _Done | _Failed:
    try:
        return _Done(task(connection, tell))
    except Exception as error:  # noqa: BLE001 -- whatever it was, one alone will meet it again
        return _Failed(repr(error))

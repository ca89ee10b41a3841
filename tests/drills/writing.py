"""Processes that write to the book without a service between, until they are told to stop."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from time import monotonic
from uuid import uuid4

from points.domain.access import Credential
from points.domain.facts import Accepted, Outcome
from points.service.posting import make_book, post
from points.storage.engine import open_database
from tests.drills.ground import EVERYONE, Visitors, asked_by, now
from tests.drills.notebooks import Notebook, Noted, read_notebooks
from tests.drills.processes import END_SECONDS_MAX, ended_at_last, forking

WAIT_SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Writing:
    """Processes at work, each for households of its own."""

    notes: Sequence[Path]
    stop: Event

    def noted(self) -> list[Noted]:
        """Give what each has noted by now."""
        return [read_notebooks(path) for path in self.notes]

    def wait_for(self, more: int) -> None:
        """Wait until each has done so much more."""
        wanted = [len(noted.answers) + more for noted in self.noted()]
        give_up_at = monotonic() + WAIT_SECONDS_MAX
        while any(len(one.answers) < most for one, most in zip(self.noted(), wanted, strict=True)):
            assert monotonic() < give_up_at, "the writers have stopped writing"
            self.stop.wait(0.01)


@contextmanager
def writing(url: str, phone: Credential, folder: Path, *, processes: int) -> Iterator[Writing]:
    """Let processes write until the block ends; they finish what they have begun."""
    context = forking()
    stop = context.Event()
    notes = [folder / f"notes-{number}" for number in range(processes)]
    for path in notes:
        path.touch()
    started = [
        context.Process(target=_write, args=(url, phone, path, EVERYONE[number::processes], stop))
        for number, path in enumerate(notes)
    ]
    with ended_at_last(*started):
        yield Writing(notes, stop)
        stop.set()
        for process in started:
            process.join(END_SECONDS_MAX)
            assert process.exitcode == 0, "a writer failed"


def answer_of(outcome: Outcome) -> dict[str, object]:
    """Say an outcome so that the first one and its replay are the same."""
    first = getattr(outcome, "first", outcome)
    if isinstance(first, Accepted):
        return {"points": first.points, "balance": first.balance, "code": None}
    return {"points": 0, "balance": None, "code": str(getattr(first, "reason", "conflict"))}


def _write(url: str, phone: Credential, path: Path, households: Sequence[int], stop: Event) -> None:
    database = open_database(url)
    book = make_book(database, now)
    visitors = Visitors(households[0], lambda: str(uuid4()), households)
    notebook = Notebook(path)
    while not stop.is_set():
        sent = visitors.next()
        notebook.will_send(sent)
        [outcome] = post(book, [asked_by(phone, sent)])
        notebook.was_answered(str(sent["id"]), answer_of(outcome))
        if isinstance(outcome, Accepted):
            visitors.was_done(str(sent["id"]))
    notebook.close()
    database.dispose()

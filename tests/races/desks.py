"""Operators at the command line, each a process beside the services."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from points.domain.desk import NotDone
from points.domain.ids import HouseholdId
from points.domain.people import HouseholdRecord
from points.service.households import merge_households
from points.service.posting import Book, make_book
from points.service.sweeping import sweep
from points.storage.engine import open_database
from tests.races.seams import Wall
from tests.races.startline import Gate, Racer


@dataclass(frozen=True, slots=True)
class Desk:
    """What an operator has before them."""

    url: str
    wall: Wall
    gate: Gate

    @contextmanager
    def opened(self) -> Iterator[Book]:
        database = open_database(self.url)
        yield make_book(database, self.wall)
        database.dispose()

    def start(self) -> None:
        """Wait until everybody else may start as well."""
        self.gate.arrive()
        self.gate.pass_through()


@dataclass(frozen=True, slots=True)
class Merging:
    """Starts a process whose parts are pairs of households: the first goes up in the second."""

    desk: Desk

    @contextmanager
    def __call__(self) -> Iterator[Racer]:
        with self.desk.opened() as book:

            def merge(pair: Sequence[HouseholdId]) -> HouseholdRecord | NotDone:
                source, into = pair
                self.desk.start()
                return merge_households(book, source, into, now=self.desk.wall())

            yield merge


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Starts a process that sweeps too early, several times, then sets the clock on and sweeps.

    Its parts say how often it is too early, and what the clock is set to. Thereby it is chance
    how far others have come by then.
    """

    desk: Desk

    @contextmanager
    def __call__(self) -> Iterator[Racer]:
        with self.desk.opened() as book:

            def sweep_at_last(part: tuple[int, datetime]) -> None:
                times, late = part
                self.desk.start()
                for _ in range(times):
                    sweep(book, now=self.desk.wall())
                self.desk.wall.set(late)
                sweep(book, now=self.desk.wall())

            yield sweep_at_last

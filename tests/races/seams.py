"""What is put on the services from outside: a clock on the wall, and the gate before the poster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from points.cli import serving
from points.domain.chain import instant_of, micros
from points.domain.facts import Asked, Outcome
from points.service import poster
from points.service.answering import Waiting
from points.service.poster import Poster
from points.service.posting import Book, post
from tests.drills.processes import forking
from tests.races.startline import Gate

Waits = Waiting[list[Outcome]]


class Wall:
    """One clock that all processes look at; it stands still until somebody sets it."""

    def __init__(self, now: datetime) -> None:
        self._micros: Any = forking().Value("q", micros(now))

    def __call__(self) -> datetime:
        return instant_of(self._micros.value)

    def set(self, now: datetime) -> None:
        self._micros.value = micros(now)


@dataclass(frozen=True, slots=True)
class Seams:
    """Prepares a service to look at the clock, and to post when the gate is open."""

    wall: Wall
    gate: Gate

    def __call__(self) -> None:
        queue = Poster._queue  # behind every way to submit

        def queue_and_tell(it: Poster, batch: Sequence[Asked], waits: Waits) -> None:
            queue(it, batch, waits)
            self.gate.arrive()

        def post_in_time(book: Book, batch: Sequence[Asked]) -> list[Outcome]:
            self.gate.pass_through()
            return post(book, batch)

        vars(serving)["now"] = self.wall
        vars(poster)["post"] = post_in_time
        setattr(Poster, "_queue", queue_and_tell)  # noqa: B010 -- mypy lets nobody assign to it

"""The start line: processes that are given their parts, and a gate that opens when all have come.

The gate stands before the posters of the services as well. All have asked before the first one is
served, so nobody wins by being nearer, and what queued up is posted in batches that collide.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from traceback import format_exc
from typing import Any

from tests.drills.processes import ended_at_last, forking

WAIT_SECONDS_MAX = 60

Racer = Callable[[Any], object]
"""Takes a part, plays it, and gives what it brings back."""

Start = Callable[[], AbstractContextManager[Racer]]
"""What a process does first, and keeps until it ends; it must travel to that process."""


class Gate:
    """Goes along to processes as they start, and is the same gate there."""

    def __init__(self) -> None:
        context = forking()
        self._missing: Any = context.Value("i", 0)
        self._opened = context.Event()
        self._opened.set()

    def close(self, *, until: int) -> None:
        """Keep everybody waiting until so many have come."""
        self._missing.value = until
        self._opened.clear()

    def arrive(self) -> None:
        with self._missing:
            self._missing.value -= 1
            if self._missing.value == 0:
                self._opened.set()

    def pass_through(self) -> None:
        assert self._opened.wait(WAIT_SECONDS_MAX), "somebody has not come"


class Racers:
    """Processes that are ready to run, as often as they are asked."""

    def __init__(self, pipes: Sequence["Connection[Any, Any]"]) -> None:
        self._pipes = pipes

    @property
    def count(self) -> int:
        return len(self._pipes)

    def race(self, *parts: object) -> list[Any]:
        """Give each process its part, and give what each brings back."""
        for pipe, part in zip(self._pipes, parts, strict=True):
            pipe.send(part)
        answers = [pipe.recv() for pipe in self._pipes]
        failures = [answer.told for answer in answers if isinstance(answer, _Failure)]
        assert not failures, "\n".join(failures)
        return answers


@contextmanager
def racers(*starts: Start) -> Iterator[Racers]:
    """Start one process for each; none outlives the block."""
    context = forking()
    pipes = [context.Pipe() for _ in starts]
    processes = [
        context.Process(target=_run, args=(start, far))
        for start, (_, far) in zip(starts, pipes, strict=True)
    ]
    with ended_at_last(*processes):
        for _, far in pipes:
            far.close()  # so that the end of a process is the end of its pipe
        yield Racers([near for near, _ in pipes])


class _Failure:
    """What went wrong in a process, as text: not every exception can travel."""

    def __init__(self, told: str) -> None:
        self.told = told


def _run(start: Start, pipe: "Connection[Any, Any]") -> None:
    with start() as racer:
        while True:
            try:
                part = pipe.recv()
            except EOFError:
                return
            try:
                answer = racer(part)
            except Exception:  # noqa: BLE001 -- whatever it was, whoever waits must hear of it
                answer = _Failure(format_exc())
            pipe.send(answer)

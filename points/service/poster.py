"""The poster: one thread that turns whatever has queued while the last commit ran into one batch.

There is no timer: a lone operation is posted at once, a crowd shares a commit. The queue has an
end, past which callers are told to come back. What was taken is posted even if its caller has
gone: the caller's network must not decide what the book holds.
"""

import logging
from asyncio import Future as LoopFuture
from asyncio import get_running_loop
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Condition, Thread

from points.domain.facts import Asked, Outcome
from points.service.answering import Waiting, answer_all, fail_all
from points.service.posting import Book, post
from points.service.timekeeping import Timekeeper

BATCH_MAX = 256
"""Operations that share a commit, unless one submission alone is larger."""

QUEUE_MAX = 4096
"""Operations that may wait."""

_log = logging.getLogger(__name__)


class QueueFull(Exception):
    """Too much is waiting already; the caller should come back in a moment."""


class PosterStopped(Exception):
    """The service is going down; another process, or this one restarted, will take it."""


_Submission = tuple[Sequence[Asked], Waiting[list[Outcome]]]


class Poster:
    """A queue before the book, and the thread that empties it."""

    def __init__(
        self, book: Book, *, queue_max: int = QUEUE_MAX, keeper: Timekeeper | None = None
    ) -> None:
        """Make a poster; `start` sets it to work.

        Args:
            book: Posted to.
            queue_max: Operations that may wait.
            keeper: Says when nothing may be posted, because its clock may be wrong.
        """
        self.book = book
        self._keeper = keeper
        self._queue_max = queue_max
        self._waiting: deque[_Submission] = deque()
        self._operations = 0
        self._wake = Condition()
        self._is_open = True
        self._thread = Thread(target=self._run, name="poster")

    def start(self) -> None:
        """Begin to post."""
        self._thread.start()

    def stop(self) -> None:
        """Post what has been taken, then end. Whoever comes later is turned away."""
        with self._wake:
            self._is_open = False
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_posting(self) -> bool:
        """Whether the thread is there to post what is submitted."""
        return self._is_open and self._thread.is_alive()

    def submit(self, batch: Sequence[Asked]) -> "Future[list[Outcome]]":
        """Queue operations; the future gives their outcomes, in order, once they are committed.

        Raises:
            QueueFull: There is no room; nothing was taken.
            PosterStopped: Nothing was taken.
        """
        future: Future[list[Outcome]] = Future()
        future.set_running_or_notify_cancel()  # from here on it cannot be called off
        self._queue(batch, future)
        return future

    def submit_from_loop(self, batch: Sequence[Asked]) -> "LoopFuture[list[Outcome]]":
        """Queue operations as `submit` does; the future is one of the running event loop."""
        future: LoopFuture[list[Outcome]] = get_running_loop().create_future()
        self._queue(batch, future)
        return future

    def _queue(self, batch: Sequence[Asked], future: Waiting[list[Outcome]]) -> None:
        with self._wake:
            if not self._is_open:
                raise PosterStopped
            if self._operations and self._operations + len(batch) > self._queue_max:
                raise QueueFull
            self._waiting.append((batch, future))
            self._operations += len(batch)
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while self._is_open and not self._waiting:
                    self._wake.wait()
                if not self._waiting:
                    return
                taken = self._take()
            self._post(taken)

    def _take(self) -> list[_Submission]:
        taken = [self._waiting.popleft()]
        size = len(taken[0][0])
        while self._waiting and size + len(self._waiting[0][0]) <= BATCH_MAX:
            taken.append(self._waiting.popleft())
            size += len(taken[-1][0])
        self._operations -= size
        return taken

    def _post(self, taken: list[_Submission]) -> None:
        batch = [asked for operations, _ in taken for asked in operations]
        waiting = [future for _, future in taken]
        try:
            if self._keeper is not None:
                self._keeper.check(batch)
            outcomes = iter(post(self.book, batch))
        except Exception as error:  # noqa: BLE001 -- whoever waits must be told, whatever it was
            fail_all(waiting, error)
        else:
            answer_all(waiting, [[next(outcomes) for _ in operations] for operations, _ in taken])

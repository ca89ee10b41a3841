"""Answer questions together: all that was asked while others were answered is answered next.

A question to the database costs a trip to another thread and a few statements. Neither grows much
with the number of questions, so a crowd pays for them once. There is no timer: a lone question is
answered at once. Each answer is read after its question was asked, never remembered from before.
"""

from asyncio import Future, get_running_loop
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from typing import Generic, Self, TypeVar

from points.service.answering import answer_all, fail_all

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """Questions from event loops, and the thread that answers them."""

    def __init__(self, name: str, answer: Callable[[Sequence[Question]], Sequence[Answer]]) -> None:
        """Take a name for the thread, and what gives the answers in the order of the questions."""
        self._answer = answer
        self._waiting: list[tuple[Question, Future[Answer]]] = []
        self._wake = Condition()
        self._is_open = True
        self._thread = Thread(target=self._run, name=name)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Answer what was asked, then end."""
        with self._wake:
            self._is_open = False
            self._wake.notify()
        self._thread.join()

    def ask(self, question: Question) -> "Future[Answer]":
        """Ask; what goes wrong is told to everybody who asked together."""
        future: Future[Answer] = get_running_loop().create_future()
        with self._wake:
            self._waiting.append((question, future))
            self._wake.notify()
        return future

    def _run(self) -> None:
        while True:
            with self._wake:
                while self._is_open and not self._waiting:
                    self._wake.wait()
                taken, self._waiting = self._waiting, []
            if not taken:
                return
            waiting = [future for _, future in taken]
            try:
                answers = self._answer([question for question, _ in taken])
            except Exception as error:  # noqa: BLE001 -- whoever waits must be told, whatever it was
                fail_all(waiting, error)
            else:
                answer_all(waiting, answers)

"""Answer questions together: all that was asked while others were answered is answered next.

A question to the database costs a trip to another thread and a few statements. Neither grows much
with the number of questions, so a crowd pays for them once. There is no timer: a lone question is
answered at once. Each answer is read after its question was asked, never remembered from before.
"""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from threading import Condition, Thread
from typing import Any, Generic, Self, TypeVar

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
            try:
                answers = self._answer([question for question, _ in taken])
            except Exception as error:  # noqa: BLE001 -- whoever waits must be told, whatever it was
                told = [partial(_fail, future, error) for _, future in taken]
            else:
                futures = [future for _, future in taken]
                told = [
                    partial(_tell, future, answer)
                    for future, answer in zip(futures, answers, strict=True)
                ]
            _each_in_its_loop([future for _, future in taken], told)


def _each_in_its_loop(futures: Sequence["Future[Any]"], told: Sequence[Callable[[], None]]) -> None:
    """Tell all of a loop at once: to wake it for each would cost more than the answers."""
    by_loop: dict[AbstractEventLoop, list[Callable[[], None]]] = {}
    for future, tell in zip(futures, told, strict=True):
        by_loop.setdefault(future.get_loop(), []).append(tell)
    for loop, tellings in by_loop.items():
        with suppress(RuntimeError):  # it is closed, and whoever asked in it is gone
            loop.call_soon_threadsafe(_all, tellings)


def _all(tellings: Sequence[Callable[[], None]]) -> None:
    for tell in tellings:
        tell()


def _tell(future: "Future[Answer]", answer: Answer) -> None:
    if not future.done():  # else whoever asked is gone
        future.set_result(answer)


def _fail(future: "Future[Any]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)

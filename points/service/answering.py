"""Answer whoever waits for another thread: threads one by one, an event loop's requests at once.

To wake a loop takes a call to the system, in which the answering thread gives way to the loop: for
sixty requests, one after the other, that costs more than to find their answers.
"""

from asyncio import AbstractEventLoop
from asyncio import Future as LoopFuture
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TypeVar

Answer = TypeVar("Answer")

Waiting = Future[Answer] | LoopFuture[Answer]
"""Somebody who waits: a thread, or a request in an event loop."""

_Telling = Callable[[], None]


def answer_all(waiting: Sequence[Waiting[Answer]], answers: Sequence[Answer]) -> None:
    """Give each its answer, in order. Whoever is gone is passed over."""
    tellings = [partial(_tell, one, answer) for one, answer in zip(waiting, answers, strict=True)]
    _tell_all(waiting, tellings)


def fail_all(waiting: Sequence[Waiting[Answer]], error: Exception) -> None:
    """Tell all of them what went wrong."""
    _tell_all(waiting, [partial(_fail, one, error) for one in waiting])


def _tell_all(waiting: Sequence[Waiting[Answer]], tellings: Sequence[_Telling]) -> None:
    by_loop: dict[AbstractEventLoop, list[_Telling]] = {}
    for one, telling in zip(waiting, tellings, strict=True):
        if isinstance(one, Future):
            telling()
        else:
            by_loop.setdefault(one.get_loop(), []).append(telling)
    for loop, together in by_loop.items():
        with suppress(RuntimeError):  # it is closed, and whoever asked in it is gone
            loop.call_soon_threadsafe(_each, together)


def _each(tellings: Sequence[_Telling]) -> None:
    for telling in tellings:
        telling()


def _tell(one: Waiting[Answer], answer: Answer) -> None:
    if not one.done():  # else whoever asked is gone
        one.set_result(answer)


def _fail(one: Waiting[Answer], error: Exception) -> None:
    if not one.done():
        one.set_exception(error)

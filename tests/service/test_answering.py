"""Threads and event loops are told their answers; a loop is woken once for all who wait in it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context
from typing import Any, TypeVarTuple

import pytest

from points.service.answering import Waiting, answer_all, fail_all

Given = TypeVarTuple("Given")


class Counting(asyncio.SelectorEventLoop):
    """Counts how often it is woken."""

    woken = 0

    def call_soon_threadsafe(
        self, callback: Callable[[*Given], object], *args: *Given, context: Context | None = None
    ) -> asyncio.Handle:
        self.woken += 1
        return super().call_soon_threadsafe(callback, *args, context=context)


def test_all_get_their_own_answers_and_their_loop_is_woken_once() -> None:
    loop = Counting()
    in_loop = [loop.create_future() for _ in range(60)]
    of_thread: Future[int] = Future()

    answer_all([*in_loop[:30], of_thread, *in_loop[30:]], list(range(61)))
    told = loop.run_until_complete(asyncio.wait_for(_all(in_loop), timeout=5))
    loop.close()

    assert told == [*range(30), *range(31, 61)]
    assert of_thread.result(timeout=0) == 30
    assert loop.woken == 1


def test_all_are_told_what_went_wrong_but_those_who_are_gone() -> None:
    loop = Counting()
    gone, stays = loop.create_future(), loop.create_future()
    of_thread: Future[int] = Future()
    waiting: list[Waiting[int]] = [gone, of_thread, stays]
    gone.cancel()

    fail_all(waiting, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        loop.run_until_complete(asyncio.wait_for(stays, timeout=5))
    loop.close()

    assert gone.cancelled()
    assert isinstance(of_thread.exception(timeout=0), ZeroDivisionError)


def test_a_loop_that_is_closed_keeps_nobody_else_waiting() -> None:
    closed, loop = Counting(), Counting()
    waiting: list[Waiting[int]] = [closed.create_future(), loop.create_future()]
    closed.close()

    answer_all(waiting, [1, 2])
    [told] = loop.run_until_complete(asyncio.wait_for(_all(waiting[1:]), timeout=5))
    loop.close()

    assert told == 2


async def _all(waiting: Any) -> list[int]:
    return [await one for one in waiting]

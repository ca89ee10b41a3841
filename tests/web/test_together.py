"""A crowd's questions are answered together, a lone one at once, each after it was asked."""

import asyncio
from collections.abc import Sequence
from threading import Event

import pytest

from points.web.together import Together


class Answers:
    """Doubles numbers, and notes which were asked together; the first answer waits to be let go."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.has_begun = Event()
        self.first_may_go = Event()

    def __call__(self, questions: Sequence[int]) -> list[int]:
        self.asked.append(list(questions))
        if len(self.asked) == 1:
            self.has_begun.set()
            self.first_may_go.wait()
        if 0 in questions:
            raise ZeroDivisionError
        return [2 * question for question in questions]

    async def begun(self) -> None:
        await asyncio.to_thread(self.has_begun.wait)


def test_what_is_asked_meanwhile_is_answered_together() -> None:
    answers = Answers()

    async def crowd() -> list[int]:
        with Together("answers", answers) as together:
            first = together.ask(1)
            await answers.begun()
            rest = [together.ask(number) for number in (2, 3, 4)]
            answers.first_may_go.set()
            return await asyncio.gather(first, *rest)

    assert asyncio.run(crowd()) == [2, 4, 6, 8]
    assert answers.asked == [[1], [2, 3, 4]]


def test_what_goes_wrong_is_told_to_all_who_asked_together_and_to_nobody_else() -> None:
    answers = Answers()

    async def crowd() -> tuple[list[int | BaseException], int]:
        with Together("answers", answers) as together:
            first = together.ask(1)
            await answers.begun()
            rest = [together.ask(0), together.ask(3)]
            answers.first_may_go.set()
            told = await asyncio.gather(first, *rest, return_exceptions=True)
            return told, await together.ask(4)

    told, later = asyncio.run(crowd())

    assert [type(one) for one in told] == [int, ZeroDivisionError, ZeroDivisionError]
    assert later == 8


def test_whoever_is_gone_does_not_hinder_the_others() -> None:
    answers = Answers()

    async def crowd() -> int:
        with Together("answers", answers) as together:
            first = together.ask(1)
            await answers.begun()
            gone, stays = together.ask(2), together.ask(3)
            gone.cancel()
            answers.first_may_go.set()
            await first
            with pytest.raises(asyncio.CancelledError):
                await gone
            return await stays

    assert asyncio.run(crowd()) == 6


def test_what_was_asked_is_answered_before_the_end() -> None:
    answers = Answers()
    answers.first_may_go.set()

    async def last() -> int:
        with Together("answers", answers) as together:
            waiting = together.ask(5)
        return await waiting

    assert asyncio.run(last()) == 10


def test_each_is_told_in_the_loop_that_it_asked_in() -> None:
    answers = Answers()
    answers.first_may_go.set()
    together = Together("answers", answers)

    async def ask(question: int) -> int:
        return await together.ask(question)

    with together:
        assert [asyncio.run(ask(number)) for number in (1, 2)] == [2, 4]

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Outcome
from points.domain.operations import Adjust
from points.service.poster import BATCH_MAX, Poster, PosterStopped, QueueFull
from points.service.posting import Book
from points.service.timekeeping import ClockInDoubt, Timekeeper
from points.service.transactions import DatabaseUnavailable, snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import BatchRow
from tests.build import ask, make_earn
from tests.market import LI_CARD, NOW, WANG, WANG_CARD
from tests.save import WallClock, open_market
from tests.trouble import gone


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


@pytest.fixture
def poster(book: Book) -> Iterator[Poster]:
    started = Poster(book, queue_max=10)
    started.start()
    yield started
    started.stop()


def gifts(count: int) -> list[Asked]:
    gift = Adjust(
        household=WANG, points=1, reason="a fine day", approver="operator:desk", occurred_at=NOW
    )
    return [ask(gift, by=OPERATOR) for _ in range(count)]


@contextmanager
def held_up(poster: Poster) -> Iterator[Future[list[Outcome]]]:
    """Let the poster take one operation, and keep it from committing until the block ends."""
    with transaction(poster.book.database) as connection:
        if not poster.book.database.is_sqlite:  # there it is enough that it is somebody's turn
            connection.execute(text("LOCK TABLE account IN EXCLUSIVE MODE"))
        first = poster.submit(gifts(1))
        while poster._waiting:
            pass
        yield first


def batches(book: Book) -> list[int]:
    """Give the sizes of the batches after the opening."""
    with snapshot(book.database) as connection:
        sizes = select(table_of(BatchRow).c.operations).order_by("number")
        return list(connection.execute(sizes).scalars())[1:]


def test_what_queues_while_one_commit_runs_shares_the_next(book: Book) -> None:
    poster = Poster(book)
    poster.start()
    with held_up(poster) as first:
        others = [poster.submit(gifts(1)) for _ in range(50)]

    told = [future.result() for future in (first, *others)]

    assert {type(outcome) for (outcome,) in told} == {Accepted}
    assert batches(book) == [1, 50]
    poster.stop()


def test_a_lone_operation_waits_for_nobody(poster: Poster) -> None:
    for _ in range(3):
        poster.submit(gifts(1)).result()

    assert batches(poster.book) == [1, 1, 1]


def test_everyone_gets_their_own_outcomes_in_their_order(poster: Poster) -> None:
    with held_up(poster):
        mine = poster.submit([ask(make_earn()), ask(make_earn(card=LI_CARD))])
        nothing = poster.submit([])
        theirs = poster.submit([ask(make_earn(card=LI_CARD)), ask(make_earn(card=WANG_CARD))])

    told = [[type(outcome).__name__ for outcome in one.result()] for one in (mine, nothing, theirs)]
    assert told == [["Accepted", "Accepted"], [], ["Refused", "Refused"]]


def test_a_full_queue_takes_nothing_until_there_is_room(poster: Poster) -> None:
    with held_up(poster):
        taken = [poster.submit(gifts(4)), poster.submit(gifts(6))]
        with pytest.raises(QueueFull):
            poster.submit(gifts(1))

    assert [len(future.result()) for future in taken] == [4, 6]
    assert len(poster.submit(gifts(1)).result()) == 1
    assert sum(batches(poster.book)) == 1 + 10 + 1


def test_an_upload_larger_than_the_queue_is_taken_when_nothing_waits(poster: Poster) -> None:
    with held_up(poster):
        upload = poster.submit(gifts(11))
        with pytest.raises(QueueFull):
            poster.submit(gifts(1))

    assert len(upload.result()) == 11


def test_a_batch_has_an_end_and_an_upload_stays_whole(book: Book) -> None:
    poster = Poster(book)
    poster.start()
    with held_up(poster):
        sizes = (BATCH_MAX - 1, 1, 1, BATCH_MAX + 10, 2)
        futures = [poster.submit(gifts(size)) for size in sizes]

    assert [len(future.result()) for future in futures] == list(sizes)
    assert batches(book) == [1, BATCH_MAX, 1, BATCH_MAX + 10, 2]
    poster.stop()


def test_stopping_posts_what_was_taken_and_turns_later_ones_away(poster: Poster) -> None:
    with ThreadPoolExecutor() as pool:
        with held_up(poster):
            taken = [poster.submit(gifts(1)) for _ in range(5)]
            stopping = pool.submit(poster.stop)
            while poster.is_posting:
                pass
            with pytest.raises(PosterStopped):
                poster.submit(gifts(1))
        stopping.result()

    assert all(future.done() for future in taken)
    assert batches(poster.book) == [1, 5]


def test_a_poster_says_whether_it_is_at_work(book: Book) -> None:
    poster = Poster(book)
    before = poster.is_posting
    poster.start()
    during = poster.is_posting
    poster.stop()

    assert (before, during, poster.is_posting) == (False, True, False)


def test_what_was_taken_is_posted_though_its_caller_has_gone(poster: Poster) -> None:
    with held_up(poster):
        future = poster.submit(gifts(1))

        async def give_up() -> None:
            waiter = asyncio.ensure_future(asyncio.wrap_future(future))
            await asyncio.wait([waiter], timeout=0)
            waiter.cancel()
            await asyncio.wait([waiter])
            assert waiter.cancelled()

        asyncio.run(give_up())

    assert isinstance(future.result()[0], Accepted)
    assert batches(poster.book) == [1, 1]


def test_trouble_is_told_to_everyone_who_waits_and_the_next_are_posted(poster: Poster) -> None:
    with gone(poster.book.database):
        futures = [poster.submit(gifts(2)) for _ in range(3)]
        troubles = [type(future.exception()) for future in futures]

    assert troubles == [DatabaseUnavailable] * 3
    assert isinstance(poster.submit(gifts(1)).result()[0], Accepted)
    assert batches(poster.book) == [1]


def test_what_may_not_be_posted_by_this_clock_is_told_to_whoever_asked(book: Book) -> None:
    clock = WallClock(NOW + timedelta(days=400))
    poster = Poster(book, keeper=Timekeeper(book.database, clock))
    poster.start()

    in_doubt = poster.submit(gifts(1))
    with pytest.raises(ClockInDoubt):
        in_doubt.result()
    clock.now = NOW
    [outcome] = poster.submit(gifts(1)).result()
    poster.stop()

    assert isinstance(outcome, Accepted)
    assert batches(book) == [1]

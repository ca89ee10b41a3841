"""Sweeping: what has ended is booked once, and a clock that leapt ends nobody's points."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.operations import Merge, ReceiveStock
from points.service import sweeping as service
from points.service.posting import Book, post
from points.service.sweeping import Swept, sweep
from points.service.timekeeping import FAR, ClockInDoubt
from points.storage.engine import Database
from tests.build import ask, make_redeem
from tests.desk import everything
from tests.market import BIN_BAGS, LI, NOW, POINTS_END, REDEEMING, WANG, ZHAO
from tests.save import WallClock, open_market

TICK = timedelta(microseconds=1)


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def book(database: Database, clock: WallClock) -> Book:
    return open_market(database, points={WANG: 100, LI: 50, ZHAO: 30}, clock=clock)


def wind_on(book: Book, clock: WallClock, now: datetime = POINTS_END) -> None:
    """Let time pass, with the book still in use on the day before."""
    clock.now = now - timedelta(days=1)
    delivery = ReceiveStock(reward=BIN_BAGS.key, booth=REDEEMING, quantity=1, occurred_at=clock.now)
    post(book, [ask(delivery, by=OPERATOR)])
    clock.now = now


def written(book: Book) -> dict[str, Any]:
    """Give all that is stored, but for the word that the clock is right."""
    return {table: rows for table, rows in everything(book.database).items() if table != "clock"}


def test_what_has_ended_is_booked_once(book: Book, clock: WallClock) -> None:
    wind_on(book, clock)

    swept = sweep(book, now=POINTS_END)
    after = written(book)
    again = sweep(book, now=POINTS_END + timedelta(hours=1))

    assert swept == Swept(lots=3, points=180)
    assert again == Swept(lots=0, points=0)
    assert written(book) == after


def test_nothing_is_swept_before_its_time(book: Book, clock: WallClock) -> None:
    wind_on(book, clock)
    before = written(book)
    clock.now = POINTS_END - TICK

    assert sweep(book, now=POINTS_END - TICK).lots == 0
    assert written(book) == before


def test_only_what_is_left_of_a_lot_ends(book: Book, clock: WallClock) -> None:
    post(book, [ask(make_redeem())])
    wind_on(book, clock)

    assert sweep(book, now=POINTS_END).points == 150


def test_points_that_moved_in_a_merge_end_where_they_are(book: Book, clock: WallClock) -> None:
    post(book, [ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)])
    wind_on(book, clock)

    swept = sweep(book, now=POINTS_END)

    assert (swept.lots, swept.points) == (3, 180)
    assert sweep(book, now=POINTS_END).lots == 0


def test_many_lots_are_swept_part_by_part(
    book: Book, clock: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PART", 2)
    wind_on(book, clock)
    batches = len(everything(book.database)["batch"])

    assert sweep(book, now=POINTS_END).lots == 3
    assert len(everything(book.database)["batch"]) == batches + 2


def test_a_crash_between_parts_is_healed_by_the_next_sweep(
    book: Book, clock: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wind_on(book, clock)

    def post_and_crash(*given: object) -> None:
        post(*given)  # type: ignore[arg-type]
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(service, "PART", 2)
        patch.setattr(service, "post", post_and_crash)
        with pytest.raises(SystemExit):
            sweep(book, now=POINTS_END)

    assert sweep(book, now=POINTS_END).lots == 1


def test_a_clock_that_leapt_ends_nobodys_points(book: Book, clock: WallClock) -> None:
    before = everything(book.database)
    clock.now = NOW + timedelta(days=400)

    with pytest.raises(ClockInDoubt):
        sweep(book, now=clock.now)

    assert everything(book.database) == before


def test_a_leap_that_a_person_confirms_is_time_that_passed(book: Book, clock: WallClock) -> None:
    clock.now = NOW + timedelta(days=400)

    assert sweep(book, now=clock.now, confirmed=True).lots == 3


def test_a_sweeper_that_slept_for_a_week_sweeps_what_ended_meanwhile(
    book: Book, clock: WallClock
) -> None:
    wind_on(book, clock)
    clock.now = POINTS_END + timedelta(days=7)

    assert sweep(book, now=clock.now).lots == 3


def test_silence_up_to_the_limit_is_no_leap(book: Book, clock: WallClock) -> None:
    wind_on(book, clock)
    last = POINTS_END - timedelta(days=1)
    clock.now = last + FAR + TICK
    with pytest.raises(ClockInDoubt):
        sweep(book, now=clock.now)
    clock.now = last + FAR

    assert sweep(book, now=clock.now).lots == 3


def test_whoever_sweeps_every_night_is_never_asked_however_silent_the_book(
    book: Book, clock: WallClock
) -> None:
    swept = []
    while clock.now < POINTS_END:
        clock.now += timedelta(days=7)
        swept.append(sweep(book, now=clock.now).lots)

    assert swept == [0] * 56 + [3]


def test_a_lot_swept_before_the_book_sees_it_end_is_swept_again_later(
    book: Book, clock: WallClock
) -> None:
    """Whoever sweeps is an hour ahead of the book."""
    wind_on(book, clock)
    clock.now = POINTS_END - timedelta(hours=1)

    early = sweep(book, now=POINTS_END)
    clock.now = POINTS_END
    due = sweep(book, now=POINTS_END)

    assert (early.lots, due.lots) == (0, 3)

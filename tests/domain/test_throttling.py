"""Buckets fill with time, and each try takes from them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from points.domain.throttling import Bucket, Pace
from tests.market import NOW

SECOND = timedelta(seconds=1)
PACE = Pace(at_once=3, one_each=10 * SECOND)


def tries(*seconds: int) -> list[int]:
    """Try at these seconds; give how long each would have had to wait. Who must wait is not let."""
    bucket, waits = Bucket(NOW), []
    for second in seconds:
        now = NOW + second * SECOND
        bucket = bucket.at(PACE, now)
        wait = bucket.wait(PACE, now)
        waits.append(wait // SECOND)
        bucket = bucket if wait else bucket.taken(PACE)
    return waits


def test_so_many_may_be_made_at_once_and_then_one_for_every_stretch_of_time() -> None:
    assert tries(0, 0, 0, 0, 9, 10, 10, 20) == [0, 0, 0, 10, 1, 0, 10, 0]


def test_after_a_while_all_is_forgotten() -> None:
    assert tries(0, 0, 0, 30, 30, 30, 30) == [0, 0, 0, 0, 0, 0, 10]


def test_a_clock_that_is_set_back_shuts_nobody_out_for_longer_than_one_stretch() -> None:
    assert tries(10_000, 10_000, 10_000, 0, 10, 20) == [0, 0, 0, 10, 0, 0]


@given(st.lists(st.integers(0, 200), max_size=60).map(sorted))
def test_no_stretch_of_time_ever_sees_more_than_its_share(seconds: list[int]) -> None:
    made = [second for second, wait in zip(seconds, tries(*seconds), strict=True) if not wait]

    for begin in made:
        for length in (0, 5, 10, 30, 100):
            seen = sum(begin <= second < begin + length for second in made)
            assert seen <= 3 + length // 10 + 1

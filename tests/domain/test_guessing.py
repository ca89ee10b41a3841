from datetime import timedelta

from points.domain.guessing import (
    EVERYONE,
    OF_ALL_MAX,
    OF_EACH_MAX,
    Guessed,
    alarm,
    is_alarming,
    source_of,
    wait_before,
    window_of,
)
from tests.market import NOW

LATER = NOW + timedelta(minutes=3)


def test_an_address_waits_once_it_guessed_too_often_and_everybody_once_all_did() -> None:
    waits = [
        wait_before(OF_EACH_MAX - 1, OF_ALL_MAX - 1, LATER),
        wait_before(OF_EACH_MAX, 0, LATER),
        wait_before(0, OF_ALL_MAX, LATER),
    ]

    assert waits == [None, timedelta(minutes=7), timedelta(minutes=7)]


def test_guesses_are_counted_in_stretches_of_ten_minutes() -> None:
    windows = [window_of(NOW + timedelta(minutes=minutes)) for minutes in (0, 9, 10)]

    assert windows == [NOW, NOW, NOW + timedelta(minutes=10)]


def test_the_alarm_is_raised_once_not_with_each_further_guess() -> None:
    raised = [is_alarming(count) for count in range(OF_ALL_MAX + 3)]

    assert raised.count(True) == 1
    assert raised[OF_ALL_MAX]


def test_an_address_is_named_by_a_hash_that_is_nobody_elses() -> None:
    names = {source_of("192.0.2.1"), source_of("192.0.2.2"), source_of(""), EVERYONE}

    assert {len(name) for name in names} == {32}
    assert len(names) == 4


def test_one_case_a_day_tells_organisers_what_was_guessed_at() -> None:
    told = [alarm(what, NOW) for what in Guessed]
    later, next_day = (alarm(Guessed.CARDS, NOW + timedelta(hours=hours)) for hours in (5, 24))

    assert [it.reference for it in told] == [
        "guessing:cards:2019-12-05",
        "guessing:family_codes:2019-12-05",
    ]
    assert later == told[0]
    assert next_day.reference == "guessing:cards:2019-12-06"

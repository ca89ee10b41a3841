from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.periods import NEVER, DaysValid
from points.domain.programme import Programme, Version, Versions
from tests.market import DAY, NOW, POINTS_END, PROGRAMME, SINCE_EVER, at

TODAY = DAY.isoformat()
AT = micros(NOW)
SHORTER = replace(PROGRAMME, expires=DaysValid(1), refund_days_valid=2, points_per_day_max=None)
NEXT_MIDNIGHT = at("00:00", on=DAY + timedelta(days=1))


def calendar(*later: tuple[Programme, datetime]) -> Calendar:
    rules = [(PROGRAMME, SINCE_EVER), *later]
    return Calendar(
        Versions(
            tuple(
                Version(number=number, valid_from=since, item=rule)
                for number, (rule, since) in enumerate(rules, start=1)
            )
        )
    )


@pytest.mark.parametrize(
    ("moment", "is_today"),
    [
        (at("00:00"), True),
        (at("00:00") - timedelta(microseconds=1), False),
        (NEXT_MIDNIGHT - timedelta(microseconds=1), True),
        (NEXT_MIDNIGHT, False),
    ],
)
def test_a_day_is_cut_at_local_midnight(moment: datetime, is_today: bool) -> None:  # noqa: FBT001
    assert calendar().is_day_of(TODAY, micros(moment), AT) is is_today


@pytest.mark.parametrize("forged", ["", "today", "2019-12-05x", "9999-12-31"])
def test_what_is_no_day_holds_no_instant_and_ends_nothing(forged: str) -> None:
    assert not calendar().is_day_of(forged, AT, AT)
    assert not calendar().ends_of(forged, AT, AT)


def test_points_end_as_the_rule_of_their_instant_says() -> None:
    ends = calendar((SHORTER, NOW)).ends_of

    before = micros(NOW - timedelta(hours=2))
    later = micros(NOW + timedelta(hours=2))
    assert list(ends(TODAY, before, before)) == [micros(POINTS_END)]
    assert list(ends(TODAY, later, later)) == [micros(NEXT_MIDNIGHT + timedelta(days=1))]


def test_where_a_rule_may_not_have_been_known_yet_both_answers_are_right() -> None:
    moment = micros(NOW + timedelta(minutes=5))

    ends = calendar((SHORTER, NOW)).ends_of(TODAY, moment, AT)

    assert list(ends) == [micros(NEXT_MIDNIGHT + timedelta(days=1)), micros(POINTS_END)]


def test_points_that_come_back_live_for_whole_days() -> None:
    days = timedelta(days=PROGRAMME.refund_days_valid)

    assert list(calendar().refund_ends(AT)) == [micros(NEXT_MIDNIGHT + days)]


def test_a_slip_is_good_up_to_its_last_day_and_the_last_of_all_days_never_ends() -> None:
    assert list(calendar().slip_ends(TODAY, AT)) == [micros(NEXT_MIDNIGHT)]
    assert list(calendar().slip_ends("9999-12-31", AT)) == [micros(NEVER)]


def test_the_cap_of_a_day_is_the_highest_that_may_have_been_in_force() -> None:
    higher = replace(PROGRAMME, points_per_day_max=99)

    assert calendar().points_per_day_max(AT, AT) == 20
    assert calendar((higher, NOW)).points_per_day_max(AT, AT) == 99
    assert calendar((SHORTER, NOW)).points_per_day_max(AT, AT) is None


def test_without_a_programme_nothing_can_be_told() -> None:
    empty = Calendar(Versions(()))

    assert empty.is_empty
    assert not empty.ends_of(TODAY, AT, AT)
    assert not calendar().is_empty

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from points.domain.periods import (
    NEVER,
    DaysValid,
    EndOfYear,
    ExpiryRule,
    Never,
    Period,
    at_local_time,
    expiry_of,
    local_day,
    midnight,
    period_of,
    spelled,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
HAVANA = ZoneInfo("America/Havana")  # its clocks change at midnight
AWKWARD = [
    *("America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Asia/Amman"),  # midnights left out
    *("Atlantic/Azores", "America/St_Johns", "America/Asuncion"),  # midnights that come twice
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Antarctica/Troll"),
]
TICK = timedelta(microseconds=1)


def test_the_day_turns_at_midnight_in_the_zone_and_not_in_utc() -> None:
    last = datetime(2019, 12, 5, 15, 59, 59, 999_999, tzinfo=UTC)

    assert local_day(last, SHANGHAI) == date(2019, 12, 5)
    assert local_day(last + timedelta(microseconds=1), SHANGHAI) == date(2019, 12, 6)


def test_a_day_begins_at_local_midnight() -> None:
    assert midnight(date(2019, 12, 5), SHANGHAI) == datetime(2019, 12, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (SHANGHAI, date(2019, 12, 5), 24),
        (BERLIN, date(2020, 3, 29), 23),
        (BERLIN, date(2020, 10, 25), 25),
        (HAVANA, date(2020, 3, 8), 23),
        (HAVANA, date(2020, 11, 1), 25),
    ],
)
def test_a_day_with_a_clock_change_is_still_one_day(zone: ZoneInfo, day: date, hours: int) -> None:
    begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)

    assert ends - begins == timedelta(hours=hours)
    assert local_day(begins, zone) == local_day(ends - timedelta(microseconds=1), zone) == day
    assert local_day(begins - timedelta(microseconds=1), zone) == day - timedelta(days=1)


@pytest.mark.parametrize("zone", [ZoneInfo(it) for it in AWKWARD], ids=str)
def test_a_day_begins_as_soon_as_clocks_show_it_and_ends_with_the_next(zone: ZoneInfo) -> None:
    days = [date(2008, 1, 1) + timedelta(days=it) for it in range(366 * 18)]

    odd = [
        day
        for day in days
        if (local_day(midnight(day, zone) - TICK, zone), local_day(midnight(day, zone), zone))
        != (day - timedelta(days=1), day)
    ]

    assert odd == []


@pytest.mark.parametrize(
    ("zone", "earned_at", "ends", "shows"),
    [
        # Clocks go from 00:00 to 01:00, or back from 01:00 to 00:00.
        ("America/Sao_Paulo", "2018-11-03T12:00-03:00", "2018-11-04T03:00+00:00", "01:00"),
        ("Africa/Cairo", "2023-04-27T12:00+02:00", "2023-04-27T22:00+00:00", "01:00"),
        ("America/Havana", "2020-10-31T12:00-04:00", "2020-11-01T04:00+00:00", "00:00"),
        ("Atlantic/Azores", "2020-10-24T12:00+00:00", "2020-10-25T00:00+00:00", "00:00"),
    ],
)
def test_points_end_at_a_midnight_that_is_left_out_or_comes_twice(
    zone: str, earned_at: str, ends: str, shows: str
) -> None:
    here = ZoneInfo(zone)

    found = expiry_of(datetime.fromisoformat(earned_at), DaysValid(0), here)

    assert found == datetime.fromisoformat(ends)
    assert f"{found.astimezone(here):%H:%M}" == shows


def test_a_wall_clock_time_is_an_instant_in_the_zone() -> None:
    nine = at_local_time(date(2019, 12, 5), time(9), SHANGHAI)

    assert nine == datetime(2019, 12, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "name"),
    [
        (Period.DAY, "2019-11-30"),
        (Period.MONTH, "2019-11"),
        (Period.QUARTER, "2019-Q4"),
        (Period.YEAR, "2019"),
    ],
)
def test_a_period_is_named_after_the_calendar(period: Period, name: str) -> None:
    assert period_of(date(2019, 11, 30), period) == name


def test_every_month_falls_in_its_quarter() -> None:
    quarters = [period_of(date(2019, month, 1), Period.QUARTER)[-1] for month in range(1, 13)]

    assert "".join(quarters) == "111222333444"


@pytest.mark.parametrize(
    ("rule", "ends"),
    [
        (EndOfYear(0), datetime(2020, 1, 1, tzinfo=SHANGHAI)),
        (EndOfYear(1), datetime(2021, 1, 1, tzinfo=SHANGHAI)),
        (DaysValid(0), datetime(2019, 12, 6, tzinfo=SHANGHAI)),
        (DaysValid(30), datetime(2020, 1, 5, tzinfo=SHANGHAI)),
        (Never(), NEVER),
    ],
)
def test_points_end_at_a_local_midnight(rule: ExpiryRule, ends: datetime) -> None:
    earned_at = datetime(2019, 12, 5, 10, tzinfo=SHANGHAI)

    assert expiry_of(earned_at, rule, SHANGHAI) == ends


def test_the_year_that_points_end_with_is_the_programmes_and_not_utcs() -> None:
    already_2020_in_shanghai = datetime(2019, 12, 31, 16, tzinfo=UTC)

    ends = expiry_of(already_2020_in_shanghai, EndOfYear(0), SHANGHAI)

    assert ends == datetime(2021, 1, 1, tzinfo=SHANGHAI)


def test_days_valid_are_whole_local_days_over_a_clock_change() -> None:
    earned_at = datetime(2020, 3, 28, 12, tzinfo=BERLIN)

    assert expiry_of(earned_at, DaysValid(1), BERLIN) == datetime(2020, 3, 30, tzinfo=BERLIN)


def test_the_same_instant_is_spelled_the_same_from_any_zone() -> None:
    ten = datetime(2019, 12, 5, 10, tzinfo=SHANGHAI)

    assert spelled(ten) == spelled(ten.astimezone(BERLIN)) == "2019-12-05T02:00:00+00:00"

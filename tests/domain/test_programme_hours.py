from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from points.domain.programme import Session
from points.domain.programme_hours import instant
from tests.programme_texts import PROGRAMME, find_faults, read, read_faults

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = PROGRAMME.replace("Asia/Shanghai", "Europe/Berlin")


def make_event(hours: str, *, programme: str = PROGRAMME) -> str:
    return f'{programme}[[event]]\nid = "fair"\nname = "集市"\n{hours}\n'


def sessions(hours: str, *, programme: str = PROGRAMME) -> list[tuple[str, str]]:
    """Read an event and tell when it opens and closes, in UTC."""
    (event,) = read(make_event(hours, programme=programme)).events
    return [(f"{own.opens:%m-%d %H:%M}", f"{own.closes:%m-%d %H:%M}") for own in event.sessions]


def test_minutes_on_the_clock_of_a_day_are_an_instant() -> None:
    day = date(2019, 12, 5)

    assert instant(day, 545, SHANGHAI) == datetime(2019, 12, 5, 1, 5, tzinfo=UTC)
    assert instant(day, 1440, SHANGHAI) == datetime(2019, 12, 5, 16, tzinfo=UTC)


def test_one_day_with_hours_is_one_session() -> None:
    text = make_event('date = 2026-05-01\nopens = "09:00"\ncloses = "12:30"')

    assert read(text).events[0].sessions == (
        Session(
            opens=datetime(2026, 5, 1, 1, tzinfo=UTC),
            closes=datetime(2026, 5, 1, 4, 30, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize(
    ("hours", "opens", "closes"),
    [
        ("", "04-30 16:00", "05-01 16:00"),
        ('opens = "09:00"', "05-01 01:00", "05-01 16:00"),
        ('closes = "12:00"', "04-30 16:00", "05-01 04:00"),
        ('closes = "24:00"', "04-30 16:00", "05-01 16:00"),
        ('part_of_day = "morning"', "04-30 22:00", "05-01 04:00"),
        ('part_of_day = "afternoon"', "05-01 04:00", "05-01 10:00"),
        ('part_of_day = "evening"', "05-01 10:00", "05-01 14:00"),
    ],
)
def test_hours_left_out_are_the_day_from_end_to_end(hours: str, opens: str, closes: str) -> None:
    assert sessions(f"date = 2026-05-01\n{hours}") == [(opens, closes)]


def test_several_days_are_put_in_order_of_time() -> None:
    found = sessions('dates = [2026-05-03, 2026-05-01]\nopens = "08:00"\ncloses = "09:00"')

    assert found == [("05-01 00:00", "05-01 01:00"), ("05-03 00:00", "05-03 01:00")]


def test_a_standing_event_is_open_on_every_day_from_the_first_to_the_last() -> None:
    found = sessions('from = 2026-02-27\nto = 2026-03-01\nopens = "08:00"\ncloses = "09:00"')

    assert [opens for opens, _ in found] == ["02-27 00:00", "02-28 00:00", "03-01 00:00"]


def test_a_standing_event_lasts_at_most_400_days() -> None:
    assert len(sessions("from = 2026-01-01\nto = 2027-02-04")) == 400
    (fault,) = read_faults(make_event("from = 2026-01-01\nto = 2027-02-05"))

    assert (fault.key, fault.code) == ("event[0].to", "out_of_range")
    assert fault.allowed.en == "a date from 2026-01-01 to 2027-02-04"


def test_hours_keep_to_the_clock_where_it_is_put_forward_and_back() -> None:
    spring = sessions("dates = [2026-03-28, 2026-03-29, 2026-03-30]", programme=BERLIN)
    autumn = sessions('dates = [2026-10-24, 2026-10-25]\nopens = "09:00"', programme=BERLIN)

    assert spring == [
        ("03-27 23:00", "03-28 23:00"),
        ("03-28 23:00", "03-29 22:00"),
        ("03-29 22:00", "03-30 22:00"),
    ]
    assert autumn == [("10-24 07:00", "10-24 22:00"), ("10-25 08:00", "10-25 23:00")]


def test_hours_that_the_changing_clock_turns_round_are_refused() -> None:
    hours = 'date = 2026-03-29\nopens = "02:50"\ncloses = "03:10"'

    assert find_faults(make_event(hours, programme=BERLIN)) == [("event[0].closes", "out_of_range")]
    assert sessions(hours) == [("03-28 18:50", "03-28 19:10")]


@pytest.mark.parametrize(
    ("hours", "faults"),
    [
        ("", [("date", "missing")]),
        ("date = 2026-05-01\ndates = [2026-05-02]", [("dates", "cannot_combine")]),
        ("date = 2026-05-01\nto = 2026-05-02", [("to", "cannot_combine")]),
        ("from = 2026-05-01\ndates = [2026-05-02]", [("from", "cannot_combine")]),
        ("from = 2026-05-01", [("to", "missing")]),
        ("to = 2026-05-01", [("from", "missing")]),
        ("from = 2026-05-02\nto = 2026-05-01", [("to", "out_of_range")]),
        ("dates = []", [("dates", "out_of_range")]),
        ("dates = [2026-05-01, 2026-05-01]", [("dates[1]", "duplicate")]),
        ('date = "2026-05-01"', [("date", "wrong_type")]),
        ("date = 2026-05-01T09:00:00", [("date", "wrong_type")]),
        ('date = 2026-05-01\nopens = "9:00"', [("opens", "not_allowed_value")]),
        (
            'date = 2026-05-01\nopens = "12:00"\ncloses = "12:00"',
            [("closes", "out_of_range")],
        ),
        ('date = 2026-05-01\ncloses = "00:00"', [("closes", "out_of_range")]),
        (
            'date = 2026-05-01\npart_of_day = "morning"\nopens = "09:00"\ncloses = "10:00"',
            [("opens", "cannot_combine"), ("closes", "cannot_combine")],
        ),
        ('date = 2026-05-01\npart_of_day = "noon"', [("part_of_day", "not_allowed_value")]),
    ],
)
def test_days_and_hours_that_do_not_fit_are_named(
    hours: str, faults: list[tuple[str, str]]
) -> None:
    assert find_faults(make_event(hours)) == [(f"event[0].{key}", code) for key, code in faults]


def test_every_session_is_in_the_programmes_zone_and_lasts_its_hours() -> None:
    (event,) = read(make_event('from = 2026-01-01\nto = 2026-12-31\ncloses = "01:00"')).events

    assert {own.closes - own.opens for own in event.sessions} == {timedelta(hours=1)}
    assert {own.opens.astimezone(SHANGHAI).hour for own in event.sessions} == {0}

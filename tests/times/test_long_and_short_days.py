"""Where clocks change, a day is one day, however many hours it has; what passes is real time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from points.domain.facts import Accepted, Asked, Outcome, Refused
from points.domain.ids import ActivityKey
from points.domain.operations import Phase
from points.domain.outcomes import Refusal
from points.domain.periods import DaysValid, at_local_time
from points.domain.programme import Catalog, Session, Shift
from points.domain.verifying import Result
from points.service.posting import Book, post
from points.service.sweeping import sweep
from points.service.verifying import verify
from points.storage.engine import Database
from tests.build import ask, make_catalog, make_earn, make_redeem
from tests.market import GAME, MARKET, PROGRAMME, SHIFT, SORTING, TOWEL
from tests.save import WallClock, open_market

NEW_YORK = ZoneInfo("America/New_York")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")  # until 2018 its clocks left midnight out

SHORT, LONG = date(2020, 3, 8), date(2020, 11, 1)
"""Of 23 and of 25 hours in New York: 02:00 to 03:00 is left out, 01:00 to 02:00 comes twice."""

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def local(day: date, clock: str, zone: ZoneInfo = NEW_YORK, *, again: bool = False) -> datetime:
    """Give an instant by the local clock, as a phone would send it: with its offset from UTC.

    Args:
        day: The local day.
        clock: What clocks show, for example "01:30".
        zone: Where.
        again: Whether the second time that they show it is meant.
    """
    shown = datetime.combine(day, time.fromisoformat(clock), tzinfo=zone).replace(fold=int(again))
    return datetime.fromisoformat(shown.isoformat())


def catalog_in(zone: ZoneInfo, *sessions: Session) -> Catalog:
    """Set the market up in a zone, with a cap of twenty points a day."""
    return make_catalog(
        replace(PROGRAMME, zone=zone, expires=DaysValid(1), points_per_day_max=20),
        replace(MARKET, sessions=sessions, tolerance_minutes=0),
        replace(GAME, times=()),
        replace(SHIFT, rule=Shift(points_per_hour=10, hours_counted_max=Fraction(8))),
        replace(TOWEL, price=1, stock=50, released=(), reserved_for={}),
    )


def open_in(database: Database, zone: ZoneInfo, day: date) -> tuple[Book, WallClock]:
    """Open a market that never closes around a day."""
    begins, ends = (at_local_time(day + it * DAY, time(), zone) for it in (-5, 6))
    catalog = catalog_in(zone, Session(opens=begins, closes=ends))
    clock = WallClock(at_local_time(day - DAY, time(), zone))
    return open_market(database, catalog=catalog, clock=clock), clock


def scans(
    clock: WallClock,
    book: Book,
    moments: Sequence[datetime],
    activity: ActivityKey = SORTING.key,
) -> list[Outcome]:
    """Let a household take part at each of these instants, as it comes."""
    found: list[Outcome] = []
    for moment in moments:
        clock.now = moment.astimezone(UTC)
        found += post(book, [ask(make_earn(activity=activity, occurred_at=moment))])
    return found


def paid(outcomes: Sequence[Outcome]) -> list[int | Refusal]:
    return [one.points if isinstance(one, Accepted) else reason(one) for one in outcomes]


def reason(outcome: Outcome) -> Refusal:
    assert isinstance(outcome, Refused), outcome
    return outcome.reason


CAPPED = Refusal.DAILY_LIMIT_REACHED


@pytest.mark.parametrize("day", [SHORT, LONG])
def test_the_daily_cap_holds_from_midnight_to_midnight(database: Database, day: date) -> None:
    book, clock = open_in(database, NEW_YORK, day)
    times = ["00:00", "00:30", "23:59:59.999999"]
    moments = [local(day - DAY, "23:59:59.999999"), *(local(day, it) for it in times)]
    moments.append(local(day + DAY, "00:00"))

    outcomes = scans(clock, book, moments)

    assert paid(outcomes) == [10, 10, 10, CAPPED, 10]
    assert moments[3] - moments[1] == timedelta(hours=23 if day == SHORT else 25) - TICK


def test_an_hour_that_comes_twice_is_of_one_day(database: Database) -> None:
    book, clock = open_in(database, NEW_YORK, LONG)
    twice = [local(LONG, "01:30"), local(LONG, "01:30", again=True)]

    outcomes = scans(clock, book, [*twice, local(LONG, "04:00")])

    assert paid(outcomes) == [10, 10, CAPPED]
    assert twice[1] - twice[0] == timedelta(hours=1)


def test_a_pause_is_real_time_however_clocks_are_set(database: Database) -> None:
    """Ten minutes must pass between two games: by the clock an hour passes, or none."""
    book, clock = open_in(database, NEW_YORK, SHORT)
    moments = [local(SHORT, "01:55"), local(SHORT, "03:04"), local(SHORT, "03:05")]

    outcomes = scans(clock, book, moments, GAME.key)

    assert paid(outcomes) == [5, Refusal.COOLDOWN, 5]


@pytest.mark.parametrize(("day", "hours"), [(SHORT, 3), (LONG, 5)])
@pytest.mark.parametrize("is_at_once", [False, True])
def test_a_shift_over_the_change_is_paid_by_the_hours_that_passed(
    database: Database, *, day: date, hours: int, is_at_once: bool
) -> None:
    book, clock = open_in(database, NEW_YORK, day)
    visits = [(Phase.CHECK_IN, local(day, "00:30")), (Phase.CHECK_OUT, local(day, "04:30"))]
    asked = [
        ask(make_earn(activity=SHIFT.key, occurred_at=moment, phase=phase, is_offline=True))
        for phase, moment in visits
    ]
    clock.now = local(day, "05:00")

    batches: list[list[Asked]] = [asked] if is_at_once else [[one] for one in asked]
    outcomes = [outcome for batch in batches for outcome in post(book, batch)]

    assert paid(outcomes) == [0, 10 * hours]


def test_hours_are_those_of_the_local_clock_on_each_side_of_the_change(database: Database) -> None:
    days = [SHORT - DAY, SHORT, SHORT + DAY]
    sessions = tuple(
        Session(
            opens=at_local_time(it, time(8), NEW_YORK), closes=at_local_time(it, time(12), NEW_YORK)
        )
        for it in days
    )
    clock = WallClock(local(SHORT - 2 * DAY, "12:00"))
    book = open_market(database, catalog=catalog_in(NEW_YORK, *sessions), clock=clock)
    moments = [local(it, shown) for it in days for shown in ("07:59", "08:00", "11:59", "12:00")]

    outcomes = scans(clock, book, moments)

    soon = Refusal.NOT_OPEN_YET
    morning = [soon, 10, 10, soon]
    assert paid(outcomes) == [*morning, *morning, *morning[:3], Refusal.CLOSED]
    assert moments[5] - moments[1] == timedelta(hours=23)


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        (NEW_YORK, SHORT, "2020-03-09T04:00+00:00"),
        (NEW_YORK, LONG, "2020-11-02T05:00+00:00"),
        (SAO_PAULO, date(2018, 11, 3), "2018-11-04T03:00+00:00"),  # clocks show 01:00 at once
        (SAO_PAULO, date(2018, 2, 17), "2018-02-18T03:00+00:00"),  # 23:00 came twice before
    ],
    ids=["short", "long", "midnight left out", "hour before midnight twice"],
)
def test_points_can_be_spent_to_the_last_moment_of_their_last_day_and_no_longer(
    database: Database, zone: ZoneInfo, day: date, ends: str
) -> None:
    end = datetime.fromisoformat(ends)
    book, clock = open_in(database, zone, day)
    clock.now = end - DAY - timedelta(hours=3)  # points last through the day after
    scans(clock, book, [clock.now])

    clock.now = end - timedelta(seconds=1)
    before = post(book, [towel(clock.now)])
    clock.now = end
    after = post(book, [towel(clock.now)])
    swept = sweep(book, now=end)

    assert paid([*before, *after]) == [-1, Refusal.POINTS_SHORT]
    assert (swept.lots, swept.points) == (1, 9)
    assert verify(database, now=end).result is Result.CLEAN


def towel(at: datetime) -> Asked:
    return ask(make_redeem(reward=TOWEL.key, price_shown=1, occurred_at=at))

"""Cut time into the programme's own days, months and years.

Instants are aware datetimes; days are cut at local midnight of the zone handed in, so a day with a
daylight-saving change has 23 or 25 hours and is still one day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Later than anything: the expiry of points that do not expire."""

DAYS_VALID_MAX = 36_500


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Tell which local day holds the instant."""
    return moment.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant, in UTC, at which the local day begins."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def at_local_time(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the instant, in UTC, of a wall-clock time on a local day."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def spelled(moment: datetime) -> str:
    """Write an instant for an answer: in UTC, so that the same instant is always the same text."""
    return moment.astimezone(UTC).isoformat()


class Period(StrEnum):
    """A stretch of calendar that something may happen once in."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def period_of(day: date, period: Period) -> str:
    """Name the period that holds the day, for example "2019-11", "2019-Q4"."""
    match period:
        case Period.DAY:
            return day.isoformat()
        case Period.MONTH:
            return f"{day.year:04}-{day.month:02}"
        case Period.QUARTER:
            return f"{day.year:04}-Q{(day.month + 2) // 3}"
        case Period.YEAR:
            return f"{day.year:04}"


@dataclass(frozen=True, slots=True)
class EndOfYear:
    """Points live until the end of the calendar year, or of a later one."""

    years_ahead: int


@dataclass(frozen=True, slots=True)
class DaysValid:
    """Points live for whole local days after the day that they were earned on."""

    days: int


@dataclass(frozen=True, slots=True)
class Never:
    """Points do not expire."""


ExpiryRule = EndOfYear | DaysValid | Never


def expiry_of(earned_at: datetime, rule: ExpiryRule, zone: ZoneInfo) -> datetime:
    """Give the first instant, in UTC, at which points earned then are no longer valid.

    It is always a local midnight: points valid through 31 December end as 1 January begins.
    """
    day = local_day(earned_at, zone)
    match rule:
        case EndOfYear(years_ahead):
            return midnight(date(day.year + years_ahead + 1, 1, 1), zone)
        case DaysValid(days):
            return midnight(day + timedelta(days=days + 1), zone)
        case Never():
            return NEVER

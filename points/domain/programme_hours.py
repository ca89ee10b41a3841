"""The days and hours of an event in a programme file, as stretches of time in the zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from points.domain.periods import at_local_time, midnight
from points.domain.programme import Session
from points.domain.programme_faults import FaultCode, Words, same, show_value
from points.domain.programme_forms import MINUTES_PER_DAY, MINUTES_PER_HOUR, choice, clock, day
from points.domain.programme_lists import several
from points.domain.programme_tables import Key, Table

DAYS_MAX = 400

DATE = Key("date", "日期", day())
DATES = Key("dates", "多个日期", several(day(), DAYS_MAX, least=1))
FROM = Key("from", "起始日期", day())
TO = Key("to", "结束日期", day())
OPENS = Key("opens", "开始时刻", clock(), 0)
CLOSES = Key("closes", "结束时刻", clock(is_end=True), MINUTES_PER_DAY)

_PARTS = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 22)}
PART_OF_DAY = Key("part_of_day", "时段", choice(*_PARTS))

HOURS_KEYS: tuple[Key[Any], ...] = (DATE, DATES, FROM, TO, OPENS, CLOSES, PART_OF_DAY)


@dataclass(frozen=True, slots=True)
class Hours:
    """When an event is open on each of its days, in minutes after midnight."""

    opens: int
    closes: int

    def sessions(self, days: tuple[date, ...], zone: ZoneInfo) -> tuple[Session, ...]:
        """Give the stretches of time on these days."""
        return tuple(
            Session(opens=instant(day, self.opens, zone), closes=instant(day, self.closes, zone))
            for day in days
        )


ALL_DAY = Hours(0, MINUTES_PER_DAY)


def instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Give the instant, in UTC, of so many minutes on the clock of a local day; 1440 is its end."""
    if minutes == MINUTES_PER_DAY:
        return midnight(day + timedelta(days=1), zone)
    return at_local_time(day, time(*divmod(minutes, MINUTES_PER_HOUR)), zone)


def read_days(table: Table) -> tuple[date, ...]:
    """Give the days of an event in order; none where they are faulty."""
    ways: list[tuple[Key[Any], Callable[[Table], tuple[date, ...]]]] = [
        (DATE, _one),
        (DATES, _several),
        (FROM if table.has(FROM) else TO, _range),
    ]
    written = [(key, read) for key, read in ways if table.has(key)]
    allowed = Words("date、dates 或 from 与 to 中的一种", "date, or dates, or from and to")
    if not written:
        table.fault(DATE, FaultCode.MISSING, same(DATE.name), allowed)
        return ()
    for key, _ in written[1:]:
        table.fault(key, FaultCode.CANNOT_COMBINE, same(written[0][0].name), allowed)
    _, read = written[0]
    return read(table)


def read_hours(table: Table, days: tuple[date, ...], zone: ZoneInfo) -> Hours:
    """Read when an event is open on each of its days."""
    if table.has(PART_OF_DAY):
        for key in (OPENS, CLOSES):
            if table.has(key):
                allowed = Words(
                    "part_of_day 或 opens 与 closes", "part_of_day, or opens and closes"
                )
                table.fault(key, FaultCode.CANNOT_COMBINE, same(PART_OF_DAY.name), allowed)
        first, last = _PARTS[table.value(PART_OF_DAY)]
        return Hours(first * MINUTES_PER_HOUR, last * MINUTES_PER_HOUR)
    hours = Hours(table.value(OPENS), table.value(CLOSES))
    if not table.is_faulty(OPENS) and not table.is_faulty(CLOSES):
        _note_backwards(table, hours, days, zone)
    return hours


def show_clock(minutes: int) -> str:
    """Write minutes after midnight as a clock does."""
    return f"{minutes // MINUTES_PER_HOUR:02}:{minutes % MINUTES_PER_HOUR:02}"


def _one(table: Table) -> tuple[date, ...]:
    written = table.get(DATE)
    return () if written is None else (written,)


def _several(table: Table) -> tuple[date, ...]:
    return tuple(sorted(table.value(DATES)))


def _range(table: Table) -> tuple[date, ...]:
    table.require(FROM)
    table.require(TO)
    first, last = table.get(FROM), table.get(TO)
    if first is None or last is None:
        return ()
    count = (last - first).days + 1
    if not 1 <= count <= DAYS_MAX:
        latest = first + timedelta(days=DAYS_MAX - 1)
        allowed = Words(f"{first} 到 {latest} 的日期", f"a date from {first} to {latest}")
        table.fault(TO, FaultCode.OUT_OF_RANGE, show_value(last), allowed)
        return ()
    return tuple(first + timedelta(days=number) for number in range(count))


def _note_backwards(table: Table, hours: Hours, days: tuple[date, ...], zone: ZoneInfo) -> None:
    # Asked of instants too: where clocks are put forward, 02:50 may come after 03:10.
    if hours.opens < hours.closes and all(
        session.opens < session.closes for session in hours.sessions(days, zone)
    ):
        return
    key = CLOSES if table.has(CLOSES) else OPENS
    opens, closes = show_clock(hours.opens), show_clock(hours.closes)
    allowed = Words(f"晚于开始（{opens}）的结束时刻", f"an end later than the beginning ({opens})")
    table.fault(key, FaultCode.OUT_OF_RANGE, same(f'"{closes}"'), allowed)

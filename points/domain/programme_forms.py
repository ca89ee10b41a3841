"""Forms of the values in a programme file: what may be written, and how it is read.

A value that does not fit is noted at its place and read as nothing, never mended.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from points.domain.cards import read_card_number
from points.domain.periods import DAYS_VALID_MAX, DaysValid, EndOfYear, ExpiryRule, Never
from points.domain.programme_faults import FaultCode, Spot, Words, show_value

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)
Written = TypeVar("Written")

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR
YEAR_MIN, YEAR_MAX = 2000, 2199

_NOT_ON_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MATERIAL = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_HOUR = re.compile(_CLOCK)
_RELEASE = re.compile(_CLOCK + " ([0-9]{1,7})")
_DAYS = re.compile(r"([0-9]{1,5}) days?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
# Files that lie beside the zones and mean another place on every machine.
_NOT_ZONES = frozenset({"localtime", "posixrules", "Factory"})


class WrittenNumber(str):
    """A number with a point, kept as written: a float would already have lost it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[Value_co]):
    """What may be written for a value, and how it is read."""

    allowed: Words
    stand_in: Value_co
    """Used where the value is missing or faulty, so that the rest can still be read."""
    read: Callable[[object, Spot], Value_co | None]
    """Give the value, or note a fault at the spot and give nothing."""


def text(most: int, *, least: int = 0) -> Form[str]:
    """Take text on one line; blanks around it are left out."""

    def understand(written: str) -> str | FaultCode:
        # Not isprintable: it refuses 　, and characters newer than the interpreter.
        if any(category(letter) in _NOT_ON_A_LINE for letter in written):
            return FaultCode.NOT_ALLOWED_VALUE
        stripped = written.strip()
        return stripped if least <= len(stripped) <= most else FaultCode.OUT_OF_RANGE

    allowed = Words(f"一行最多 {most} 个字的文字", f"one line of at most {most} characters")
    if least:
        allowed = Words(
            f"一行 {least} 到 {most} 个字的文字", f"one line of {least} to {most} characters"
        )
    return _form(str, allowed, "", understand)


def slug() -> Form[str]:
    """Take an id."""
    allowed = Words(
        "1 到 63 个小写字母、数字或 -，如 bin-bags",
        "1 to 63 of a-z, 0-9 and -, such as bin-bags",
    )
    return _matching(_SLUG, allowed)


def material() -> Form[str]:
    """Take the name of a material, or of a reserve."""
    allowed = Words("1 到 63 个小写字母、数字、- 或 _", "1 to 63 of a-z, 0-9, - and _")
    return _matching(_MATERIAL, allowed)


def card_number() -> Form[str]:
    """Take a card's number, as it is printed and said; plain digits are given."""

    def understand(written: str) -> str | FaultCode:
        return read_card_number(written) or FaultCode.NOT_ALLOWED_VALUE

    allowed = Words("九位卡号，如 271 836 504", "a card's number, such as 271 836 504")
    return _form(str, allowed, "", understand)


def reference(to: Words) -> Form[str]:
    """Take an id of something else in the file; whether it is there is asked later."""
    return _form(str, to, "", lambda written: written)


def whole(least: int, most: int) -> Form[int]:
    """Take a whole number; 1.0 and true are none."""

    def understand(written: int) -> int | FaultCode:
        return written if least <= written <= most else FaultCode.OUT_OF_RANGE

    allowed = Words(f"{least} 到 {most} 之间的整数", f"a whole number from {least:,} to {most:,}")
    if least == most:
        allowed = Words(str(least), str(least))
    return _form(int, allowed, least, understand)


def exact(least: int, most: int) -> Form[Fraction]:
    """Take a number with or without a point, exactly as written."""
    allowed = Words(
        f"{least} 到 {most} 之间的数，最多 6 位小数，如 0.2",
        f"a number from {least:,} to {most:,} with at most 6 decimals, such as 0.2",
    )

    def read(raw: object, spot: Spot) -> Fraction | None:
        if type(raw) not in (int, WrittenNumber):
            spot.fault(FaultCode.WRONG_TYPE, show_value(raw), allowed)
            return None
        # Asked before the number is read: 1e999999999 as a fraction would never end.
        number = _exactly(raw)
        if number is None or not least <= number <= most:
            spot.fault(FaultCode.OUT_OF_RANGE, show_value(raw), allowed)
            return None
        return number

    return Form(allowed=allowed, stand_in=Fraction(most), read=read)


def flag() -> Form[bool]:
    """Take true or false."""
    return _form(bool, Words("true 或 false", "true or false"), False, lambda written: written)  # noqa: FBT003


def choice(*words: str) -> Form[str]:
    """Take one of a few texts."""

    def understand(written: str) -> str | FaultCode:
        return written if written in words else FaultCode.NOT_ALLOWED_VALUE

    *first, last = (f'"{word}"' for word in words)
    allowed = Words(
        f"{'、'.join(first)} 或 {last}" if first else last,
        f"{', '.join(first)} or {last}" if first else last,
    )
    return _form(str, allowed, words[0], understand)


def exactly(*words: str) -> Form[list[str]]:
    """Take one certain list of texts."""

    def understand(written: list[str]) -> list[str] | FaultCode:
        return written if written == list(words) else FaultCode.NOT_ALLOWED_VALUE

    quoted = "[" + ", ".join(f'"{word}"' for word in words) + "]"
    return _form(list, Words(quoted, quoted), list(words), understand)


def day() -> Form[date]:
    """Take a date."""

    def understand(written: date) -> date | FaultCode:
        return written if YEAR_MIN <= written.year <= YEAR_MAX else FaultCode.OUT_OF_RANGE

    allowed = Words(
        f"{YEAR_MIN} 到 {YEAR_MAX} 年的日期，不加引号，如 2019-12-05",
        f"a date of the years {YEAR_MIN} to {YEAR_MAX} without quotes, such as 2019-12-05",
    )
    return _form(date, allowed, date(YEAR_MIN, 1, 1), understand)


def clock(*, is_end: bool = False) -> Form[int]:
    """Take a time of the day, as minutes after midnight; an end may be the midnight to come."""

    def understand(written: str) -> int | FaultCode:
        if is_end and written == "24:00":
            return MINUTES_PER_DAY
        match = _HOUR.fullmatch(written)
        return _minutes(match) if match else FaultCode.NOT_ALLOWED_VALUE

    last = "24:00" if is_end else "23:59"
    allowed = Words(f'"00:00" 到 "{last}" 的时刻', f'a time from "00:00" to "{last}"')
    return _form(str, allowed, MINUTES_PER_DAY if is_end else 0, understand)


def release() -> Form[tuple[int, int]]:
    """Take a time of the day and the pieces that may go from then on: minutes, pieces."""

    def understand(written: str) -> tuple[int, int] | FaultCode:
        match = _RELEASE.fullmatch(written)
        if match is None or int(match[3]) == 0:
            return FaultCode.NOT_ALLOWED_VALUE
        return _minutes(match), int(match[3])

    allowed = Words('时刻和件数，如 "09:00 8"', 'a time and a number of pieces, such as "09:00 8"')
    return _form(str, allowed, (0, 1), understand)


def zone() -> Form[ZoneInfo]:
    """Take a time zone by its IANA name."""

    def understand(written: str) -> ZoneInfo | FaultCode:
        if written in _NOT_ZONES or not _ZONE.fullmatch(written):
            return FaultCode.NOT_ALLOWED_VALUE
        try:
            return ZoneInfo(written)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return FaultCode.NOT_ALLOWED_VALUE

    allowed = Words('IANA 时区名，如 "Asia/Shanghai"', 'an IANA zone, such as "Asia/Shanghai"')
    return _form(str, allowed, ZoneInfo("UTC"), understand)


def expiry() -> Form[ExpiryRule]:
    """Take how long points live."""
    by_words: dict[str, ExpiryRule] = {
        "end of calendar year": EndOfYear(0),
        "end of next calendar year": EndOfYear(1),
        "never": Never(),
    }

    def understand(written: str) -> ExpiryRule | FaultCode:
        if written in by_words:
            return by_words[written]
        match = _DAYS.fullmatch(written)
        if match is None:
            return FaultCode.NOT_ALLOWED_VALUE
        days = int(match[1])
        return DaysValid(days) if 1 <= days <= DAYS_VALID_MAX else FaultCode.OUT_OF_RANGE

    listed = ", ".join(f'"{word}"' for word in by_words)
    allowed = Words(
        f'{listed} 或 "N days"（N 为 1 到 {DAYS_VALID_MAX}）',
        f'{listed} or "N days" with N from 1 to {DAYS_VALID_MAX:,}',
    )
    return _form(str, allowed, Never(), understand)


def notes() -> Form[Mapping[str, object]]:
    """Take a table of anything."""
    allowed = Words("一个表，内容不限", "a table with anything in it")
    return _form(dict, allowed, {}, lambda written: written)


def table(heading: str) -> Form[Mapping[str, object]]:
    """Take one table; what is in it is read by its shape."""
    allowed = Words(f"一个表：{heading}", f"a table: {heading}")
    return _form(dict, allowed, {}, lambda written: written)


def _form(
    written_as: type[Written],
    allowed: Words,
    stand_in: Value,
    understand: Callable[[Written], Value | FaultCode],
) -> Form[Value]:
    def read(raw: object, spot: Spot) -> Value | None:
        # Not isinstance: true is no whole number here, and an instant is no date.
        if type(raw) is not written_as:
            spot.fault(FaultCode.WRONG_TYPE, show_value(raw), allowed)
            return None
        value = understand(raw)
        if isinstance(value, FaultCode):
            spot.fault(value, show_value(raw), allowed)
            return None
        return value

    return Form(allowed=allowed, stand_in=stand_in, read=read)


def _matching(pattern: re.Pattern[str], allowed: Words) -> Form[str]:
    def understand(written: str) -> str | FaultCode:
        return written if pattern.fullmatch(written) else FaultCode.NOT_ALLOWED_VALUE

    return _form(str, allowed, "", understand)


def _exactly(raw: object) -> Fraction | None:
    if isinstance(raw, int):
        return Fraction(raw)
    plain = str(raw).replace("_", "")
    return Fraction(plain) if _DECIMAL.fullmatch(plain) else None


def _minutes(match: re.Match[str]) -> int:
    return int(match[1]) * MINUTES_PER_HOUR + int(match[2])

from datetime import UTC, date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from points.domain.periods import DaysValid, EndOfYear, Never
from points.domain.programme_faults import FaultLog, Spot, Words
from points.domain.programme_forms import (
    Form,
    WrittenNumber,
    choice,
    clock,
    day,
    exact,
    exactly,
    expiry,
    flag,
    material,
    notes,
    reference,
    release,
    slug,
    table,
    text,
    whole,
    zone,
)


def read(form: Form[object], written: object) -> object:
    """Read a value and give it, or the code of its one fault."""
    log = FaultLog("fair.toml")
    value = form.read(written, Spot(log).at("key"))
    if value is not None:
        assert log.faults == []
        return value
    (fault,) = log.faults
    assert (fault.key, fault.allowed) == ("key", form.allowed)
    return fault.code.value


@pytest.mark.parametrize(
    ("form", "written", "value"),
    [
        (text(5), " 集市　", "集市"),
        (text(5), "", ""),
        (text(2), "𬭚𬭚", "𬭚𬭚"),
        (text(5), "五　月", "五　月"),
        (slug(), "a", "a"),
        (slug(), "0-" + "9" * 61, "0-" + "9" * 61),
        (material(), "other_plastic", "other_plastic"),
        (reference(Words("", "")), "No Id", "No Id"),
        (whole(0, 10), 0, 0),
        (whole(0, 10), 10, 10),
        (exact(0, 10), 10, Fraction(10)),
        (exact(0, 10), WrittenNumber("0.2"), Fraction(1, 5)),
        (exact(0, 10), WrittenNumber("+1.000001"), Fraction(1_000_001, 1_000_000)),
        (exact(0, 10_000), WrittenNumber("1_000.5"), Fraction(2001, 2)),
        (flag(), False, False),
        (choice("a", "b"), "b", "b"),
        (exactly("a", "b"), ["a", "b"], ["a", "b"]),
        (day(), date(2000, 1, 1), date(2000, 1, 1)),
        (day(), date(2199, 12, 31), date(2199, 12, 31)),
        (clock(), "09:05", 545),
        (clock(is_end=True), "24:00", 1440),
        (release(), "09:00 8", (540, 8)),
        (zone(), "Europe/Berlin", ZoneInfo("Europe/Berlin")),
        (zone(), "UTC", ZoneInfo("UTC")),
        (expiry(), "never", Never()),
        (expiry(), "end of calendar year", EndOfYear(0)),
        (expiry(), "end of next calendar year", EndOfYear(1)),
        (expiry(), "1 day", DaysValid(1)),
        (expiry(), "36500 days", DaysValid(36_500)),
        (notes(), {"anything": [1, {}]}, {"anything": [1, {}]}),
        (table("bonus"), {}, {}),
    ],
)
def test_what_may_be_written_is_read(form: Form[object], written: object, value: object) -> None:
    assert read(form, written) == value


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (text(5), 5),
        (text(5), WrittenNumber("0.2")),
        (slug(), 7),
        (whole(0, 10), True),
        (whole(0, 10), "5"),
        (whole(0, 10), WrittenNumber("5.0")),
        (exact(0, 10), True),
        (exact(0, 10), "0.2"),
        (exact(0, 10), 0.2),
        (flag(), 1),
        (flag(), "true"),
        (choice("a"), ["a"]),
        (exactly("a"), "a"),
        (day(), "2019-12-05"),
        (day(), datetime(2019, 12, 5, tzinfo=UTC)),
        (clock(), time(9)),
        (clock(), 540),
        (release(), 8),
        (zone(), 8),
        (expiry(), 30),
        (notes(), []),
        (table("bonus"), "bonus"),
    ],
)
def test_a_value_of_another_type_is_not_mended(form: Form[object], written: object) -> None:
    assert read(form, written) == "wrong_type"


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (text(5, least=1), ""),
        (text(5, least=1), "  "),
        (text(5), "六六六六六六"),
        (whole(0, 10), -1),
        (whole(0, 10), 11),
        (whole(0, 10), 10**30),
        (exact(0, 10), WrittenNumber("10.000001")),
        (exact(0, 10), WrittenNumber("-0.1")),
        (exact(0, 10), WrittenNumber("0.1234567")),
        (exact(0, 10), WrittenNumber("nan")),
        (exact(0, 10), WrittenNumber("-inf")),
        (exact(0, 10), WrittenNumber("1e999999999")),
        (exact(0, 10), 10**30),
        (day(), date(1999, 12, 31)),
        (day(), date(9999, 12, 31)),
        (expiry(), "0 days"),
        (expiry(), "36501 days"),
    ],
)
def test_a_value_beyond_the_bounds_is_refused(form: Form[object], written: object) -> None:
    assert read(form, written) == "out_of_range"


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (text(5), "a\nb"),
        (text(5), "a\x1b"),
        (text(5), "\ud800"),
        (text(5), "a\u2028"),
        (slug(), ""),
        (slug(), "-a"),
        (slug(), "Stamp"),
        (slug(), "a/b"),
        (slug(), "a\n"),
        (slug(), "a" * 64),
        (slug(), "集章"),
        (material(), "_paper"),
        (choice("a"), "A"),
        (exactly("a", "b"), ["b", "a"]),
        (clock(), "9:00"),
        (clock(), "24:00"),
        (clock(), "23:60"),
        (clock(), "０９:００"),
        (clock(is_end=True), "24:01"),
        (release(), "09:00"),
        (release(), "09:00 0"),
        (release(), "09:00 -1"),
        (release(), "24:00 1"),
        (zone(), "Asia"),
        (zone(), "Asia/Changfeng"),
        (zone(), "../../etc/passwd"),
        (zone(), "/etc/localtime"),
        (zone(), "localtime"),
        (zone(), ""),
        (zone(), "Asia/Shanghai\x00"),
        (zone(), "UTC+8"),
        (expiry(), "soon"),
        (expiry(), "-1 days"),
        (expiry(), "９ days"),
    ],
)
def test_a_value_that_means_nothing_is_refused(form: Form[object], written: object) -> None:
    assert read(form, written) == "not_allowed_value"


@pytest.mark.parametrize(
    ("form", "allowed"),
    [
        (whole(0, 1000), Words("0 到 1000 之间的整数", "a whole number from 0 to 1,000")),
        (whole(1, 1), Words("1", "1")),
        (choice("a"), Words('"a"', '"a"')),
        (choice("a", "b", "c"), Words('"a"、"b" 或 "c"', '"a", "b" or "c"')),
        (text(9), Words("一行最多 9 个字的文字", "one line of at most 9 characters")),
        (text(9, least=1), Words("一行 1 到 9 个字的文字", "one line of 1 to 9 characters")),
    ],
)
def test_a_form_says_what_may_be_written(form: Form[object], allowed: Words) -> None:
    assert form.allowed == allowed


def test_a_number_too_long_for_decimal_is_refused_like_any_other() -> None:
    assert read(whole(0, 10), 16**5000) == "out_of_range"

"""Forms of lists and of tables with free names in a programme file.

What is wrong with one member is noted at that member, and the others are still read.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from points.domain.programme_faults import FaultCode, Spot, Words, show_value
from points.domain.programme_forms import Form, slug

Value = TypeVar("Value")
Item = TypeVar("Item", bound=Hashable)

Part = tuple[int, Mapping[str, object]]
"""A table in a list, with its place there."""

EACH_ONCE = Words("每项只写一次", "each of them once")


def tables(heading: str) -> Form[list[Part]]:
    """Take a list of tables. One that is none is noted, and the others are still given."""
    allowed = Words(f"若干个表：{heading}", f"tables: {heading}")

    def read(raw: object, spot: Spot) -> list[Part] | None:
        if type(raw) is not list:
            spot.fault(FaultCode.WRONG_TYPE, show_value(raw), allowed)
            return None
        for number, written in enumerate(raw):
            if type(written) is not dict:
                spot.at(number).fault(FaultCode.WRONG_TYPE, show_value(written), allowed)
        return [(place, written) for place, written in enumerate(raw) if type(written) is dict]

    return Form(allowed=allowed, stand_in=[], read=read)


def named_tables(heading: str) -> Form[Mapping[str, Mapping[str, object]]]:
    """Take tables under ids. One that is none is noted, and the others are still given."""
    allowed = Words(f"若干个表：{heading}", f"tables: {heading}")
    own = slug()

    def read(raw: object, spot: Spot) -> Mapping[str, Mapping[str, object]] | None:
        if type(raw) is not dict:
            spot.fault(FaultCode.WRONG_TYPE, show_value(raw), allowed)
            return None
        for name, written in raw.items():
            own.read(name, spot.at(name))
            if type(written) is not dict:
                spot.at(name).fault(FaultCode.WRONG_TYPE, show_value(written), allowed)
        return {name: written for name, written in raw.items() if type(written) is dict}

    return Form(allowed=allowed, stand_in={}, read=read)


def several(form: Form[Item], most: int, *, least: int = 0) -> Form[tuple[Item, ...]]:
    """Take a list in which every value is of the form and none is there twice."""
    count = (
        Words(f"{least} 到 {most}", f"{least} to {most:,}")
        if least
        else Words(f"最多 {most}", f"at most {most:,}")
    )
    allowed = Words(
        f"{count.zh} 项的列表，每项为{form.allowed.zh}",
        f"a list of {count.en}, each {form.allowed.en}",
    )

    def read(raw: object, spot: Spot) -> tuple[Item, ...] | None:
        if type(raw) is not list:
            spot.fault(FaultCode.WRONG_TYPE, show_value(raw), allowed)
            return None
        if not least <= len(raw) <= most:
            spot.fault(FaultCode.OUT_OF_RANGE, show_value(raw), allowed)
            return None
        items: dict[Item, None] = {}
        for number, written in enumerate(raw):
            item = form.read(written, spot.at(number))
            if item in items:
                spot.at(number).fault(FaultCode.DUPLICATE, show_value(written), EACH_ONCE)
            if item is not None:
                items[item] = None
        return tuple(items) if len(items) == len(raw) else None

    return Form(allowed=allowed, stand_in=(), read=read)


def by_name(name: Form[str], form: Form[Value], most: int) -> Form[Mapping[str, Value]]:
    """Take a table of values of one form under names that are free."""
    allowed = Words(
        f"1 到 {most} 个名称的表，每个写{form.allowed.zh}",
        f"a table of 1 to {most} names, each with {form.allowed.en}",
    )

    def read(raw: object, spot: Spot) -> Mapping[str, Value] | None:
        if type(raw) is not dict:
            spot.fault(FaultCode.WRONG_TYPE, show_value(raw), allowed)
            return None
        if not 1 <= len(raw) <= most:
            spot.fault(FaultCode.OUT_OF_RANGE, show_value(raw), allowed)
            return None
        values: dict[str, Value] = {}
        for key, written in raw.items():
            own = name.read(key, spot.at(key))
            value = form.read(written, spot.at(key))
            if own is not None and value is not None:
                values[own] = value
        return values if len(values) == len(raw) else None

    return Form(allowed=allowed, stand_in={}, read=read)

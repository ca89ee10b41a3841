"""Whatever is done to a programme file, reading it ends in a programme or in named faults."""

import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from points.domain.programme_faults import FaultCode
from points.domain.programme_file import read_programme_file
from tests.programme_texts import read, read_faults

DEMO = files("points.demo").joinpath("changfeng.toml").read_text(encoding="utf-8")
DOCUMENT = tomllib.loads(DEMO, parse_float=Decimal)
# Tables in which names are free.
FREE = {"reported", "points_per_kilogram", "reserved_for", "kinds"}

Place = tuple[str | int, ...]


def tables_in(value: object, place: Place = ()) -> Iterator[Place]:
    """Give the way to every table in which a key unknown to us would be a fault."""
    if isinstance(value, dict):
        if not FREE & set(place[-1:]):
            yield place
        for key, inner in value.items():
            if key != "reported":
                yield from tables_in(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from tables_in(inner, (*place, number))


def places_in(value: object, place: Place = ()) -> Iterator[Place]:
    """Give the way to every value."""
    if place:
        yield place
    for step, inner in steps_in(value):
        yield from places_in(inner, (*place, step))


def steps_in(value: object) -> list[tuple[str | int, object]]:
    """Give what a table or list holds."""
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def find(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


def write(value: object) -> str:
    """Write a value as TOML on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{write(k)} = {write(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(write, value)) + "]"
        case str() | bool():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def write_file(document: dict[str, Any]) -> str:
    return "\n".join(f"{write(key)} = {write(value)}" for key, value in document.items())


def test_the_demo_written_otherwise_is_the_same_programme() -> None:
    assert read(write_file(DOCUMENT)) == read(DEMO)


@pytest.mark.parametrize("place", list(tables_in(DOCUMENT)), ids=str)
def test_a_key_that_nobody_knows_is_named_wherever_it_stands(place: Place) -> None:
    document = deepcopy(DOCUMENT)
    find(document, place)["surprise"] = 1

    (fault,) = read_faults(write_file(document))

    assert fault.code is FaultCode.UNKNOWN_KEY
    assert fault.key.endswith("surprise")


JUNK = st.sampled_from(
    [
        *[0, 1, -1, 2**63, 10**30, True, "", "x", "09:00", "stamp", "never", "\t"],
        *[Decimal("0.2"), Decimal("nan"), Decimal("1e99"), date(2019, 12, 5), date.max],
        *[[], {}, [1], ["a"], [{}], {"id": "x"}, [[]], {"": ""}],
    ]
    # Each time its own: a later step spoils what an earlier one put in.
).map(deepcopy)


@st.composite
def spoilt_demos(draw: st.DrawFn) -> str:
    """Write the demo with up to four keys dropped, added or given another value."""
    document = deepcopy(DOCUMENT)
    for _ in range(draw(st.integers(1, 4))):
        places = list(places_in(document))
        if not places:
            break
        place = draw(st.sampled_from(places))
        holder, last = find(document, place[:-1]), place[-1]
        match draw(st.sampled_from(["drop", "change", "add", "repeat"])):
            case "drop":
                del holder[last]
            case "change":
                holder[last] = draw(JUNK)
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(["points", "booth", "id", "名", "a b"]))] = draw(JUNK)
            case "repeat" if isinstance(holder, list):
                holder.append(deepcopy(find(document, place)))
    return write_file(document)


@settings(max_examples=200, deadline=None)
@given(spoilt_demos(), st.sampled_from([None, date(2026, 5, 1)]))
def test_a_spoilt_file_is_read_or_its_faults_are_named(text: str, moved_to: date | None) -> None:
    found = read_programme_file(text, file="changfeng.toml", moved_to=moved_to)

    if isinstance(found, list):
        assert found != []
        assert all(fault.message.zh and fault.message.en for fault in found)

    # A rehearsal finds the same faults.
    again = read_programme_file(text, file="changfeng.toml")
    assert found == again if isinstance(again, list) else not isinstance(found, list)

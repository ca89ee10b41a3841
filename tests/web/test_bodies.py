import asyncio
import json
from typing import Any

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from points.web.bodies import NoNumber, body_of, check_shape, read_json
from points.web.problems import Fault, Problem
from points.web.shapes import GivenTwice, Sent, Whole

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Pair(Sent):
    left: Whole
    right: Whole


def request(body: bytes, **headers: str) -> Request:
    named = {"content-type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


def read(body: bytes, **headers: str) -> Any:
    return asyncio.run(read_json(request(body, **headers)))


def code_of(body: bytes, **headers: str) -> str:
    with pytest.raises(Problem) as raised:
        read(body, **headers)
    return str(raised.value.code)


@given(json_values)
def test_what_is_json_is_read_as_it_is(value: object) -> None:
    assert read(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) == value


def test_a_key_given_twice_becomes_something_that_fits_nowhere() -> None:
    found = read(b'[{"a": 1, "a": 1}, {"a": {"b": 1, "b": 2}}, {"a": 1, "A": 2}]')

    assert isinstance(found[0], GivenTwice)
    assert isinstance(found[1]["a"], GivenTwice)
    assert found[2] == {"a": 1, "A": 2}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1" * 41, "-" + "1" * 40])
def test_a_number_that_nothing_can_be_becomes_something_that_fits_nowhere(text: str) -> None:
    assert isinstance(read(f"[{text}]".encode())[0], NoNumber)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1,]", b"\xff", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"[" * 100_000],
    ids=repr,
)
def test_what_is_no_json_in_utf_8_is_a_problem(body: bytes) -> None:
    assert code_of(body) == Fault.INVALID_JSON


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content_type", ""),
        ("content_type", "text/json"),
        ("content_type", "application/problem+json"),
        ("content_encoding", "gzip"),
        ("content_encoding", "identity, gzip"),
    ],
)
def test_what_does_not_say_that_it_is_plain_json_is_a_problem(name: str, value: str) -> None:
    assert code_of(b"{}", **{name: value}) == Fault.UNSUPPORTED_MEDIA_TYPE


def test_a_body_may_say_more_than_it_must() -> None:
    assert read(b"{}", content_type="application/json; charset=utf-8") == {}
    assert read(b"{}", content_type=" APPLICATION/JSON ", content_encoding="Identity") == {}


def test_a_shape_that_fits_is_given() -> None:
    assert check_shape(TypeAdapter(Pair), {"left": 1, "right": 2}) == Pair(left=1, right=2)
    assert asyncio.run(body_of(Pair)(request(b'{"left": 1, "right": 2}'))) == Pair(left=1, right=2)


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ({"left": 1}, [("right", "missing")]),
        (
            {"left": 1.5, "up": 1},
            [("left", "not_a_whole_number"), ("right", "missing"), ("up", "unknown_field")],
        ),
        ([], [("", "not_an_object")]),
        (None, [("", "not_an_object")]),
        (GivenTwice(), [("", "given_twice")]),
        ({"left": NoNumber(), "right": 1}, [("left", "not_a_whole_number")]),
    ],
)
def test_every_field_that_does_not_fit_is_named(
    content: object, faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(Problem) as raised:
        check_shape(TypeAdapter(Pair), content)

    assert raised.value.code is Fault.INVALID
    found = [(one.place, one.field, one.reason) for one in raised.value.errors]
    assert found == [("body", field, reason) for field, reason in faults]

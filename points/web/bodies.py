"""Read a JSON body strictly, so that one meaning is all that it can have.

What JSON parsers disagree on (a key given twice, NaN, numbers of a thousand digits) becomes a value
that fits no field: it fails where it stands, and spares what stands beside it.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from points.web.problems import Fault, FieldFault, Problem
from points.web.shapes import GivenTwice, wrong_fields

Shape = TypeVar("Shape")

_DIGITS_MAX = 40


class NoNumber:
    """A number that JSON does not have, or that nothing here can be."""


async def read_json(request: Request) -> Any:  # noqa: ANN401 -- JSON is anything
    """Read the body.

    Raises:
        Problem: It is not JSON in UTF-8, or does not say so, or is too large.
    """
    if _media_type(request) != "application/json" or _is_compressed(request):
        raise Problem(Fault.UNSUPPORTED_MEDIA_TYPE)
    body = await request.body()
    try:
        return _decoder.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(Fault.INVALID_JSON) from None


def check_shape(adapter: TypeAdapter[Shape], content: object) -> Shape:
    """Give what was sent as the shape that it must have.

    Raises:
        Problem: It has not; every field at fault is named.
    """
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        faults = wrong_fields(error.errors(include_url=False))
        errors = [FieldFault(place="body", field=one.field, reason=one.reason) for one in faults]
        raise Problem(Fault.INVALID, errors=errors) from None


def body_of(shape: type[Shape]) -> Callable[[Request], Any]:
    """Make a dependency that reads a body of this shape."""
    adapter = TypeAdapter(shape)

    async def read(request: Request) -> Shape:
        return check_shape(adapter, await read_json(request))

    return read


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_compressed(request: Request) -> bool:
    return request.headers.get("content-encoding", "identity").strip().lower() != "identity"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | GivenTwice:
    found = dict(pairs)
    return found if len(found) == len(pairs) else GivenTwice()


def _whole(digits: str) -> int | NoNumber:
    return int(digits) if len(digits) <= _DIGITS_MAX else NoNumber()


def _constant(_name: str) -> NoNumber:
    return NoNumber()


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_constant=_constant)

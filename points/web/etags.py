"""Answer "nothing new" where the caller holds the newest already (RFC 9110, 8.8 and 13.1.2).

Tags are weak: what is said again may be sealed anew, or told at a later instant; it means the same.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Header, Response

IfNoneMatch = Annotated[
    str,
    Header(
        alias="If-None-Match",
        max_length=1000,
        description="The `ETag` of what the caller holds already.",
    ),
]

_HEADERS = {
    "ETag": {"description": "Names what was answered.", "schema": {"type": "string"}},
}
TAGGED: Mapping[int, Mapping[str, Any]] = {
    200: {"headers": _HEADERS},
    304: {"description": "The caller holds the newest.", "headers": _HEADERS},
}
"""The answers of a route that gives a tag, for its door."""


def tag_of(version: str) -> str:
    """Write a version as a tag."""
    return f'W/"{version}"'


def is_held(held: str, version: str) -> bool:
    """Tell whether the caller holds this version already."""
    named = {one.strip() for one in held.split(",")}
    return "*" in named or not named.isdisjoint({tag_of(version), f'"{version}"'})


def nothing_new(version: str) -> Response:
    """Answer that the caller holds the newest."""
    return Response(status_code=304, headers={"ETag": tag_of(version)})

"""Who may use a route, what it takes and how it says no: declared beside it, or it is not served.

Default deny: `check_doors` refuses an app with a route that says nothing about who may use it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Depends
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter
from starlette.routing import BaseRoute

from points.domain.access import Role
from points.domain.outcomes import Refusal
from points.web.dependencies import Bearer
from points.web.problems import MEDIA_TYPE, Code, Fault, Problem, status_of

DEVICES = frozenset({Role.EARN, Role.REDEEM, Role.SUPERVISOR})
EVERYONE = DEVICES | {Role.PARTNER}
"""Every role that has tokens. The operator has none: the command line is that door."""

PROBLEM_SCHEMA = {"$ref": "#/components/schemas/ProblemOut"}

_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait before the same is sent again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
_HEADERS = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}

_OF_EVERY_ROUTE = (Fault.INTERNAL_ERROR,)
_OF_TOKENS = (
    Fault.UNAUTHENTICATED,
    Fault.TOKEN_REPLACED,
    Refusal.CREDENTIAL_REVOKED,
    Fault.FORBIDDEN,
    Fault.DATABASE_UNAVAILABLE,
)
_OF_BODIES = (
    Fault.INVALID_JSON,
    Fault.BODY_TOO_LARGE,
    Fault.UNSUPPORTED_MEDIA_TYPE,
    Fault.INVALID,
)


class UndeclaredRoute(Exception):
    """A route does not say who may use it."""


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """Lets these roles in, and knows the shape of what they bring."""

    roles: frozenset[Role]
    takes: TypeAdapter[Any] | None
    admits_revoked: bool = False
    """Whether a phone that was shut out may still bring what it holds."""

    async def __call__(self, caller: Bearer) -> None:
        """Turn away whoever is not meant.

        Raises:
            Problem: The caller's role is not among those, or it was shut out.
        """
        if caller.is_revoked and not self.admits_revoked:
            raise Problem(Refusal.CREDENTIAL_REVOKED)
        if caller.role not in self.roles:
            raise Problem(Fault.FORBIDDEN)


@dataclass(frozen=True, slots=True, eq=False)
class OpenDoor:
    """Lets anyone in, without a token, and knows the shape of what they bring."""

    takes: TypeAdapter[Any] | None = None

    async def __call__(self) -> None:
        """Ask nothing."""


@dataclass(frozen=True, slots=True)
class ServedRoute:
    """A route as it is served, with its door."""

    path: str
    methods: frozenset[str]
    door: Door | OpenDoor


def door(
    roles: frozenset[Role],
    *,
    takes: TypeAdapter[Any] | None = None,
    refuses: Sequence[Code] = (),
    also: Mapping[int, Mapping[str, Any]] | None = None,
    admits_revoked: bool = False,
) -> dict[str, Any]:
    """Declare a route for these roles: the arguments of its decorator.

    Args:
        roles: Who may use it.
        takes: The shape of its body, for OpenAPI; the route itself reads it.
        refuses: The codes it may answer beside those that any such route may.
        also: Further answers by status, as FastAPI takes them.
        admits_revoked: Whether a phone that was shut out may still use it.
    """
    codes = [*_OF_EVERY_ROUTE, *_OF_TOKENS, *(_OF_BODIES if takes else ()), *refuses]
    return {
        "dependencies": [Depends(Door(roles, takes, admits_revoked))],
        "responses": documented(codes) | dict(also or {}),
    }


def open_door(
    *,
    takes: TypeAdapter[Any] | None = None,
    refuses: Sequence[Code] = (),
    also: Mapping[int, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Declare a route for anyone: the arguments of its decorator, as of `door`."""
    codes = [*_OF_EVERY_ROUTE, *(_OF_BODIES if takes else ()), *refuses]
    return {
        "dependencies": [Depends(OpenDoor(takes))],
        "responses": documented(codes) | dict(also or {}),
    }


def documented(codes: Iterable[Code]) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of these codes, by status, for OpenAPI."""
    by_status: dict[int, list[Code]] = {}
    for code in codes:
        by_status.setdefault(status_of(code), []).append(code)
    return {
        status: {
            "description": ", ".join(f"`{code}`" for code in dict.fromkeys(found)),
            "headers": _HEADERS.get(status, {}),
            "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}},
        }
        for status, found in sorted(by_status.items())
    }


def check_doors(routes: Sequence[BaseRoute]) -> None:
    """Make sure that every route says who may use it.

    Raises:
        UndeclaredRoute: One does not.
    """
    for _ in served_routes(routes):
        pass


def served_routes(routes: Sequence[BaseRoute]) -> Iterator[ServedRoute]:
    """Walk all routes that are served, each with its door.

    Raises:
        UndeclaredRoute: A route has none, or more than one.
    """
    for context in iter_route_contexts(routes):
        declared = _doors(context.original_route)
        if len(declared) != 1 or context.path is None:
            raise UndeclaredRoute(f"{context.path} must say once who may use it")
        yield ServedRoute(context.path, frozenset(context.methods or ()), declared[0])


def _doors(route: BaseRoute) -> list[Door | OpenDoor]:
    if not isinstance(route, APIRoute):
        return []
    asked = [depends.dependency for depends in route.dependencies]
    return [found for found in asked if isinstance(found, Door | OpenDoor)]

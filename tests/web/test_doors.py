from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from pydantic import TypeAdapter

from points.domain.access import Role
from points.service.transactions import transaction
from points.storage.access import revoke_credential
from points.web.doors import (
    DEVICES,
    EVERYONE,
    OpenDoor,
    UndeclaredRoute,
    check_doors,
    documented,
    door,
    open_door,
    served_routes,
)
from points.web.problems import Fault
from tests.market import NOW
from tests.web.served import CALLERS, Served, token_of

TILLS = frozenset({Role.REDEEM, Role.SUPERVISOR, Role.PARTNER})
DESKS = frozenset({Role.REDEEM, Role.SUPERVISOR})
LEADS = frozenset({Role.SUPERVISOR})
ANYONE = None

WHO_MAY = {
    ("POST", "/api/v1/operations"): DEVICES,
    ("POST", "/api/v1/redemptions"): TILLS,
    ("POST", "/api/v1/redemptions/{number}/void"): TILLS,
    ("POST", "/api/v1/devices/claim"): ANYONE,
    ("PUT", "/api/v1/devices/token"): DEVICES,
    ("POST", "/api/v1/devices/heartbeat"): DEVICES,
    ("POST", "/api/v1/devices/journal"): DEVICES,
    ("GET", "/api/v1/devices"): frozenset({Role.SUPERVISOR}),
    ("POST", "/api/v1/balances"): EVERYONE,
    ("POST", "/api/v1/statements"): DESKS,
    ("POST", "/api/v1/cards/bind"): DEVICES,
    ("POST", "/api/v1/cards/freeze"): LEADS,
    ("POST", "/api/v1/cards/codes"): DEVICES,
    ("PUT", "/api/v1/cards/pin"): LEADS,
    ("GET", "/api/v1/cases"): LEADS,
    ("POST", "/api/v1/cases/{number}/settle"): LEADS,
    ("GET", "/api/v1/exposure"): LEADS,
    ("GET", "/api/v1/events"): EVERYONE,
    ("GET", "/api/v1/events/{event}"): EVERYONE,
    ("GET", "/api/v1/booths"): EVERYONE,
    ("GET", "/api/v1/activities"): DEVICES,
    ("GET", "/api/v1/rewards"): EVERYONE,
    ("GET", "/api/v1/devices/bundle"): DEVICES,
    ("GET", "/api/v1/devices/sealed"): DESKS,
    ("GET", "/api/v1/devices/quiz"): DEVICES,
    ("GET", "/api/v1/openapi.json"): ANYONE,
    ("GET", "/api/v1/docs"): ANYONE,
    ("GET", "/api/v1/problems/{code}"): ANYONE,
    ("GET", "/healthz"): ANYONE,
    ("GET", "/readyz"): ANYONE,
    ("GET", "/scan"): ANYONE,
    ("GET", "/scan/"): ANYONE,
    ("GET", "/scan/{name}"): ANYONE,
    ("GET", "/scan/{folder}/{name}"): ANYONE,
    # Residents bring no token: a visit's cookie, or nothing. What each may do with which is told by
    # `tests/web/pages`.
    ("GET", "/C/{code}"): ANYONE,
    ("GET", "/c/{code}"): ANYONE,
    ("GET", "/me"): ANYONE,
    ("GET", "/me/open"): ANYONE,
    ("GET", "/me/once"): ANYONE,
    ("GET", "/me/close"): ANYONE,
    ("POST", "/me/open"): ANYONE,
    ("POST", "/me/once"): ANYONE,
    ("POST", "/me/close"): ANYONE,
    ("POST", "/me/look"): ANYONE,
    ("GET", "/me/statement"): ANYONE,
    ("GET", "/me/code"): ANYONE,
    ("GET", "/me/lost"): ANYONE,
    ("POST", "/me/lost"): ANYONE,
    ("GET", "/me/spend-for-me"): ANYONE,
    ("POST", "/me/spend-for-me"): ANYONE,
    ("GET", "/me/privacy"): ANYONE,
    ("POST", "/me/privacy"): ANYONE,
    ("GET", "/me/export"): ANYONE,
    ("POST", "/me/export"): ANYONE,
    ("GET", "/me/erase"): ANYONE,
    ("POST", "/me/erase"): ANYONE,
    ("GET", "/me/cards"): ANYONE,
    ("POST", "/me/cards"): ANYONE,
    ("GET", "/me/give"): ANYONE,
    ("POST", "/me/give"): ANYONE,
    ("GET", "/me/pin"): ANYONE,
    ("POST", "/me/pin"): ANYONE,
    ("GET", "/about"): ANYONE,
    ("GET", "/pages/{name}"): ANYONE,
}
"""Written by hand: a route that is new, or a right that is wider, is new here as well."""

FOR_THOSE_SHUT_OUT = {("POST", "/api/v1/operations")}
"""Where a phone that was shut out may still bring what it holds."""

CALLER_OF = {
    Role.EARN: "stamps",
    Role.REDEEM: "redeeming",
    Role.SUPERVISOR: "supervisor",
    Role.PARTNER: "partner",
    Role.OPERATOR: "operator",
}

STRANGERS = {
    "no header": None,
    "an unknown token": "Bearer " + token_of("nobody"),
    "no token at all": "Bearer",
    "an empty token": "Bearer ",
    "noise": "Bearer \xff\xfe' OR 1=1 --",
    "a long token": "Bearer " + "x" * 5000,
    "another scheme": "Basic " + token_of("supervisor"),
    "the bare token": token_of("supervisor"),
    "a token in capitals": "Bearer " + token_of("supervisor").upper(),
    "half a token": "Bearer " + token_of("supervisor")[:-1],
    "two tokens": f"Bearer {token_of('supervisor')} {token_of('supervisor')}",
    "a credential's id": "Bearer device:9",
}


def knock(served: Served, method: str, path: str, token: str | None) -> tuple[int, str]:
    """Ask without anything in hand: whoever is let in is told so by any other answer."""
    headers = {} if token is None else {b"Authorization": token.encode("latin-1")}
    address = path.format(number="1", event="market", code="invalid", folder="assets", name="a.js")
    answer = served.http.request(method, address, headers=headers)
    is_problem = answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"] if is_problem else ""


def test_every_route_says_who_may_use_it_and_says_what_is_written_here(
    served_once: Served,
) -> None:
    app = served_once.app
    found = {
        (method, route.path): None if isinstance(route.door, OpenDoor) else route.door.roles
        for route in served_routes(app.routes)
        for method in route.methods
    }

    assert found == WHO_MAY


def test_every_route_lets_in_whom_it_should_and_nobody_else(served_once: Served) -> None:
    for (method, path), roles in WHO_MAY.items():
        for role, caller in CALLER_OF.items():
            told = knock(served_once, method, path, f"Bearer {token_of(caller)}")
            is_shut_out = told == (403, "forbidden")
            is_meant = roles is None or role in roles
            assert is_shut_out is not is_meant, (method, path, role, told)
            assert told[0] != 401


def test_strangers_are_let_in_nowhere_but_where_anyone_is(served_once: Served) -> None:
    for (method, path), roles in WHO_MAY.items():
        for stranger, token in STRANGERS.items():
            told = knock(served_once, method, path, token)
            is_shut_out = told == (401, "unauthenticated")
            assert is_shut_out is (roles is not None), (method, path, stranger, told)


def test_who_was_shut_out_is_told_so_at_once_on_every_route(served: Served) -> None:
    shut = [CALLER_OF[role] for role in EVERYONE]
    with transaction(served.book.database) as connection:
        for caller in shut:
            assert revoke_credential(connection, CALLERS[caller].id, NOW)

    for (method, path), roles in WHO_MAY.items():
        for caller in shut:
            told = knock(served, method, path, f"Bearer {token_of(caller)}")
            is_shut_out = told == (403, "credential_revoked")
            is_closed = roles is not None and (method, path) not in FOR_THOSE_SHUT_OUT
            assert is_shut_out is is_closed, (method, path, caller, told)


def test_whoever_is_shut_out_is_told_how_to_come_in(served_once: Served) -> None:
    answer = served_once.http.get("/api/v1/events")

    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="points"'


def test_nobody_is_asked_what_they_bring_before_who_they_are(served_once: Served) -> None:
    sent: list[bytes] = []

    def body() -> Iterator[bytes]:
        sent.append(b"[")
        yield b"["

    headers = {"Content-Type": "text/plain"}
    answer = served_once.http.post("/api/v1/operations", content=body(), headers=headers)

    assert answer.json()["code"] == "unauthenticated"


def test_a_route_without_a_door_is_not_served() -> None:
    router = APIRouter()

    @router.get("/secrets")
    def tell() -> str:
        return "everything"

    app = FastAPI(openapi_url=None)
    app.include_router(router)

    with pytest.raises(UndeclaredRoute, match="/secrets must say once who may use it"):
        check_doors(app.routes)


def test_a_route_with_two_doors_is_not_served() -> None:
    router = APIRouter()

    @router.get("/secrets", dependencies=[*open_door()["dependencies"] * 2])
    def tell() -> str:
        return "everything"

    app = FastAPI(openapi_url=None)
    app.include_router(router)

    with pytest.raises(UndeclaredRoute):
        check_doors(app.routes)


def test_what_is_mounted_beside_the_routes_is_not_served_either() -> None:
    app = FastAPI()  # with FastAPI's own pages, which ask nobody

    with pytest.raises(UndeclaredRoute):
        check_doors(app.routes)


def test_codes_are_documented_by_status() -> None:
    found = documented([Fault.INVALID, Fault.NOT_FOUND, Fault.CARD_UNREADABLE, Fault.INVALID])

    assert {status: said["description"] for status, said in found.items()} == {
        404: "`not_found`",
        422: "`invalid`, `card_unreadable`",
    }


def test_a_door_documents_what_its_kind_may_answer() -> None:
    plain = door(EVERYONE)
    bringing = door(EVERYONE, takes=TypeAdapter(int), refuses=[Fault.QUEUE_FULL])

    assert list(plain["responses"]) == [401, 403, 500, 503]
    assert list(bringing["responses"]) == [400, 401, 403, 413, 415, 422, 500, 503]
    assert list(open_door()["responses"]) == [500]

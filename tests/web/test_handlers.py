import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from points.service.poster import PosterStopped, QueueFull
from points.service.transactions import DatabaseUnavailable
from points.web.doors import OpenDoor
from points.web.problems import Fault, Problem
from tests.web.served import Served, token_of


def raising(error: Exception) -> Callable[[OpenDoor], Awaitable[None]]:
    async def fail(_door: OpenDoor) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Problem(Fault.QUEUE_FULL), 503, "queue_full"),
        (QueueFull(), 503, "queue_full"),
        (PosterStopped(), 503, "shutting_down"),
        (DatabaseUnavailable("gone"), 503, "database_unavailable"),
        (ClientDisconnect(), 400, "bad_request"),
        (HTTPException(401), 401, "unauthenticated"),
        (HTTPException(404, "secret"), 404, "not_found"),
        (HTTPException(418, "secret"), 400, "bad_request"),
        (IntegrityError("INSERT secret", {}, Exception("secret")), 500, "internal_error"),
        (AssertionError("secret"), 500, "internal_error"),
        (KeyError("secret"), 500, "internal_error"),
    ],
    ids=repr,
)
def test_whatever_ends_a_request_is_told_as_a_problem(
    served_once: Served,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
) -> None:
    monkeypatch.setattr(OpenDoor, "__call__", raising(error))

    answer = served_once.http.get("/healthz")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/operations/", "/api/v1/nothing", "//"])
def test_an_address_that_is_none_is_not_found(served_once: Served, path: str) -> None:
    answer = served_once.http.get(path, follow_redirects=False)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_served_is_told_which_are(served_once: Served, method: str) -> None:
    answer = served_once.http.request(method, "/api/v1/operations")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    if method != "HEAD":
        assert answer.json()["code"] == "method_not_allowed"


def test_parameters_that_do_not_fit_are_told_by_place_and_name(served_once: Served) -> None:
    answer = served_once.ask("partner", "POST", "/redemptions/x/void")

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"place": "path", "field": "number", "reason": "not_in_form"}
    ]


def test_problems_are_told_in_the_callers_language(served_once: Served) -> None:
    details = [
        served_once.http.get("/nowhere", headers={"Accept-Language": language}).json()["detail"]
        for language in ("en", "zh-CN", "fr")
    ]

    assert details == [
        "There is nothing here that this token may see",
        "没有这个地址，或看不到它",
        "没有这个地址，或看不到它",
    ]


def test_a_caller_who_leaves_while_sending_disturbs_nobody(served: Served) -> None:
    async def leave() -> None:
        messages = iter(
            [{"type": "http.request", "body": b"[", "more_body": True}, {"type": "http.disconnect"}]
        )

        async def receive() -> Any:
            return next(messages)

        async def send(_message: Any) -> None:
            pass

        await served.app(_scope(), receive, send)

    asyncio.run(leave())

    assert served.http.get("/readyz").status_code == 200


def _scope() -> dict[str, Any]:
    headers = {
        b"authorization": f"Bearer {token_of('redeeming')}".encode(),
        b"content-type": b"application/json",
    }
    return {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/operations",
        "query_string": b"",
        "headers": list(headers.items()),
    }

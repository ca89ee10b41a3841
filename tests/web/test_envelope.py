import logging
import re
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, Router

from points.web.envelope import Envelope
from tests.market import WANG
from tests.web.served import CODES, Served, earn, token_of

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def _fine(_request: Request) -> Response:
    return PlainTextResponse("fine", headers={"Content-Security-Policy": "default-src 'self'"})


async def _broken(_request: Request) -> Response:
    raise RuntimeError("the secret is 42")


async def _broken_halfway(_request: Request) -> Response:
    async def body() -> Any:
        yield b"half an ans"
        raise RuntimeError("the secret is 42")

    return StreamingResponse(body())


def enveloped(*, is_https: bool = False) -> TestClient:
    numbers = count(1)
    routes = [
        Route("/fine/{code}", _fine),
        Route("/broken", _broken),
        Route("/broken-halfway", _broken_halfway),
    ]
    app = Envelope(
        Router(routes),
        new_id=lambda: f"request-{next(numbers)}",
        unforeseen=lambda _: PlainTextResponse("sorry", status_code=500),
        is_https=is_https,
    )
    return TestClient(app)


def test_every_answer_has_its_requests_id_and_careful_headers() -> None:
    http = enveloped()

    found = [http.get("/fine/1"), http.get("/nowhere")]

    assert [answer.headers["X-Request-Id"] for answer in found] == ["request-1", "request-2"]
    for answer in found:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers


def test_a_route_may_say_otherwise() -> None:
    http = enveloped()

    own, other = http.get("/fine/1"), http.get("/nowhere")

    assert own.headers["Content-Security-Policy"] == "default-src 'self'"
    assert other.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_only_behind_https_is_https_asked_for() -> None:
    answer = enveloped(is_https=True).get("/fine/1")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_what_nobody_foresaw_is_answered_without_telling_and_logged_under_the_requests_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = enveloped().get("/broken")

    assert (answer.status_code, answer.text) == (500, "sorry")
    assert answer.headers["X-Request-Id"] == "request-1"
    failed = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in failed] == ["request request-1 failed"]
    assert "the secret is 42" in str(failed[0].exc_info)


def test_half_an_answer_is_broken_off() -> None:
    with pytest.raises(RuntimeError):
        enveloped().get("/broken-halfway")


def test_the_log_names_the_route_never_the_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "points.access")
    http = enveloped()

    http.get("/fine/P1SECRETCODE", params={"code": "P1SECRETCODE"})
    http.get("/C/P1SECRETCODE")

    lines = [record.getMessage() for record in caplog.records if record.name == "points.access"]
    assert [re.sub(r"[0-9.]+ms", "1ms", line) for line in lines] == [
        "GET /fine/{code} 200 1ms caller=- request=request-1",
        "GET - 404 1ms caller=- request=request-2",
    ]


def test_no_code_token_or_number_is_ever_logged(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    served.operate("redeeming", earn(), earn(card=CODES[WANG] + "?"), {"card": CODES[WANG]})
    served.redeem("till-1")
    served.ask("redeeming", "POST", "/statements", json={"card": CODES[WANG], "x": 1})
    served.http.get(f"/C/{CODES[WANG]}")
    served.http.get(f"/api/v1/events/{CODES[WANG]}", params={"card": CODES[WANG]})

    # The test's own client logs addresses; what the service logs is what is asked about.
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    said = "\n".join(record.getMessage() + str(record.exc_text or "") for record in ours)
    assert "caller=device:4" in said
    for secret in (CODES[WANG], token_of("redeeming"), token_of("partner")):
        assert secret not in said


def test_a_served_request_has_a_uuid_in_header_problem_and_log(
    served_once: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "points.access")

    answer = served_once.http.get("/nowhere")

    request_id = answer.headers["X-Request-Id"]
    assert ID.fullmatch(request_id)
    assert answer.json()["instance"] == f"urn:uuid:{request_id}"
    assert f"request={request_id}" in caplog.text

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from points.web.doors import open_door
from points.web.pages.visitors import Leaf
from points.web.shortcuts import Shortcuts


class Trouble(Exception):
    """Something that is answered for."""


class GreatTrouble(Trouble):
    """A kind of it."""


class Plain(Leaf):
    """A leaf that needs no service."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        function: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return function


@pytest.fixture
def way() -> TestClient:
    router = APIRouter(route_class=Plain)

    @router.get("/at-once", **open_door())
    async def at_once(request: Request) -> Response:
        return Response(f"{request.scope['route'].path_format} {request.scope['wrapped']}")

    @router.get("/named/{name}", **open_door())
    async def named(name: str) -> Response:
        return Response(name)

    @router.get("/trouble", **open_door())
    async def trouble(_request: Request) -> Response:
        raise GreatTrouble

    @router.get("/unforeseen", **open_door())
    async def unforeseen(_request: Request) -> Response:
        raise LookupError

    async def usual(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("the usual way")(scope, receive, send)

    async def answer(_request: Request, error: Exception) -> Response:
        return Response(type(error).__name__, status_code=409)

    def wrap(route: ASGIApp) -> ASGIApp:
        async def marked(scope: Scope, receive: Receive, send: Send) -> None:
            scope["wrapped"] = True
            await route(scope, receive, send)

        return marked

    app = FastAPI()
    app.include_router(router)
    handlers = {Trouble: answer}
    return TestClient(Shortcuts(usual, routes=app.routes, handlers=handlers, wrap=wrap))


def test_a_route_is_called_at_once_with_all_that_stands_around_it(way: TestClient) -> None:
    assert way.get("/at-once").text == "/at-once True"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/at-once"), ("GET", "/at-once/"), ("GET", "/named/wang")]
)
def test_what_is_not_there_by_its_method_and_address_goes_its_usual_way(
    way: TestClient, method: str, path: str
) -> None:
    assert way.request(method, path).text == "the usual way"


def test_behind_a_root_path_everything_goes_its_usual_way(way: TestClient) -> None:
    behind = TestClient(way.app, root_path="/at-once")

    assert behind.get("/at-once").text == "the usual way"


def test_what_is_raised_is_answered_for_by_its_kind_or_a_wider_one(way: TestClient) -> None:
    answer = way.get("/trouble")

    assert (answer.status_code, answer.text) == (409, "GreatTrouble")


def test_what_nobody_answers_for_is_left_to_who_stands_around(way: TestClient) -> None:
    with pytest.raises(LookupError):
        way.get("/unforeseen")

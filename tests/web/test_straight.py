from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request, Response

from points.domain.access import Role
from points.web.doors import door
from points.web.straight import Straight
from points.web.wording import Language
from tests.web.served import Served


def test_a_route_without_a_door_cannot_be_made() -> None:
    router = APIRouter(route_class=Straight)

    with pytest.raises(ValueError, match="not enough values"):

        @router.post("/anywhere")
        async def post(request: Request) -> Response:
            return Response()


def test_a_straight_route_is_described_like_any_other() -> None:
    app, router = FastAPI(), APIRouter(route_class=Straight)

    @router.post("/counts", response_model=dict[str, int], **door(frozenset({Role.EARN})))
    async def post(request: Request) -> Response:
        return Response()

    app.include_router(router)

    described: dict[str, Any] = app.openapi()["paths"]["/counts"]["post"]
    assert described["security"] == [{"token": []}]
    assert described["responses"]["200"]["content"]["application/json"]["schema"] == {
        "type": "object",
        "additionalProperties": {"type": "integer"},
        "title": "Response Post Counts Post",
    }


@pytest.mark.parametrize("path", ["/operations", "/balances"])
def test_the_door_is_asked_before_anything_that_was_brought_is_looked_at(
    served_once: Served, path: str
) -> None:
    stranger = served_once.ask(None, "POST", path, content=b"{", headers={})
    partner = served_once.ask("partner", "POST", "/operations", content=b"{")

    assert (stranger.status_code, stranger.json()["code"]) == (401, "unauthenticated")
    assert (partner.status_code, partner.json()["code"]) == (403, "forbidden")


def test_an_answer_says_in_which_language_it_speaks(served_once: Served) -> None:
    answer = served_once.ask("redeeming", "POST", "/operations", json=[{}])

    assert answer.headers["Content-Language"] == Language.ENGLISH
    assert answer.headers["Vary"] == "Accept-Language"
    assert answer.headers["Content-Type"] == "application/json"

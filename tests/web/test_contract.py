"""The OpenAPI document says what is taken and answered; schemathesis tries to disprove it."""

from random import Random
from typing import Any

import schemathesis
from schemathesis import Case, HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.market import NOW, WANG
from tests.web.served import CODES, Served, token_of

CONFIG = {
    "seed": 20191205,
    "headers": {"Authorization": f"Bearer {token_of('redeeming')}"},
    "generation": {"max-examples": 8},
    "phases": {"stateful": {"enabled": False}},  # links between operations are not declared
    "warnings": False,
    "checks": {
        # What is well formed may still be no card of ours: 422, which it takes for a rejection.
        "positive_data_acceptance": {"enabled": False}
    },
    "operations": [
        {
            # Takes any list, and says of each thing in it by itself what is wrong with it.
            "include-path": "/api/v1/operations",
            "checks": {"negative_data_rejection": {"enabled": False}},
        }
    ],
}

REAL = {
    "card": CODES[WANG],
    "activity": "check-in",
    "reward": "bin-bags",
    "reserve": None,
    "quantity": 1,
    "price_shown": 30,
    "occurred_at": NOW.isoformat(),
}


def test_nothing_is_answered_that_is_not_in_the_document(served: Served) -> None:
    run = list(from_schema(described(served)).execute())

    assert [event for event in run if isinstance(event, events.NonFatalError)] == []
    assert failures(run) == []
    # That it tried is as important as that it found nothing.
    tried = statuses(run)
    assert tried >= {
        ("POST /api/v1/operations", 200),
        ("POST /api/v1/operations", 400),
        ("POST /api/v1/operations", 401),
        ("POST /api/v1/operations", 405),
        ("POST /api/v1/operations", 415),
        ("POST /api/v1/operations", 422),
        ("POST /api/v1/redemptions", 201),
        ("POST /api/v1/redemptions", 409),
        ("POST /api/v1/redemptions", 422),
        ("POST /api/v1/balances", 200),
        ("POST /api/v1/statements", 200),
        ("GET /api/v1/rewards", 200),
    }
    assert {status for _, status in tried if status >= 500} == set()


def described(served: Served) -> BaseSchema:
    """Give the document as its reader sees it, tied to the running app."""
    document = served.http.get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))
    schema.app = _without_lifespan(served.app)
    chance = Random(20191205)

    @schema.hook
    def map_case(_context: HookContext, case: Case[Any]) -> Case[Any]:
        """Let half of what is well formed be about things that there are."""
        is_well_formed = case.meta is not None and case.meta.generation.mode.is_positive
        if is_well_formed and chance.random() < 0.5:
            _name_real_things(case.body)
        return case

    return schema


def failures(run: list[events.EngineEvent]) -> list[str]:
    """Tell everything that was found wrong, and how to see it again."""
    return [
        f"{event.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for event in run
        if isinstance(event, events.ScenarioFinished)
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]


def statuses(run: list[events.EngineEvent]) -> set[tuple[str | None, int]]:
    """Tell which statuses each operation answered."""
    return {
        (event.label, interaction.response.status_code)
        for event in run
        if isinstance(event, events.ScenarioFinished)
        for interaction in event.recorder.interactions.values()
        if interaction.response is not None
    }


def _name_real_things(body: Any) -> None:
    for item in body if isinstance(body, list) else [body]:
        if isinstance(item, dict):
            item |= {name: thing for name, thing in REAL.items() if name in item}


def _without_lifespan(app: ASGIApp) -> ASGIApp:
    """Give the app as it runs already, to a client that would start it once more."""

    async def running(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})

    return running

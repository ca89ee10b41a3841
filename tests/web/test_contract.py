"""The OpenAPI document says what is taken and answered; schemathesis tries to disprove it."""

from random import Random
from typing import Any

import schemathesis
from schemathesis import Case, HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NOT_SET
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.live import ID
from tests.market import NOW, WANG
from tests.web.served import CODES, Served, name, token_of

CONFIG = {
    "seed": 20191205,
    "headers": {"Authorization": f"Bearer {token_of('redeeming')}"},
    "generation": {"max-examples": 8},
    "phases": {"stateful": {"enabled": False}},  # links between operations are not declared
    "warnings": False,
    # How quickly this machine makes examples up says nothing about the service.
    "suppress-health-check": ["all"],
    "checks": {
        # What is well formed may still be no card of ours: 422, which it takes for a rejection.
        "positive_data_acceptance": {"enabled": False}
    },
    "operations": [
        {
            # Takes any list, and says of each thing in it by itself what is wrong with it.
            "include-path": "/api/v1/operations",
            "checks": {"negative_data_rejection": {"enabled": False}},
        },
        {
            # A phone that redeems would be told 403, and nothing else of them be tried.
            "include-path-regex": "^/api/v1/(cases|exposure|cards/freeze|cards/pin|devices$)",
            "headers": {"Authorization": f"Bearer {token_of('supervisor')}"},
        },
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


EARNING = {"id": ID, "kind": "earn"} | {it: REAL[it] for it in ("card", "activity", "occurred_at")}
BUYING = {name: REAL[name] for name in ("card", "reward", "quantity", "price_shown")}
SURE: list[tuple[str, str, Any, int]] = [
    ("redeeming", "POST /api/v1/operations", b"{", 400),
    ("redeeming", "POST /api/v1/operations", [], 422),
    ("redeeming", "POST /api/v1/operations", [EARNING], 200),
    ("redeeming", "POST /api/v1/redemptions", BUYING, 201),
    ("redeeming", "POST /api/v1/redemptions", BUYING | {"price_shown": 29}, 409),
    ("redeeming", "POST /api/v1/balances", {"card": REAL["card"]}, 200),
    ("redeeming", "POST /api/v1/statements", {"card": REAL["card"]}, 200),
    ("redeeming", "GET /api/v1/rewards", NOT_SET, 200),
    ("redeeming", "GET /api/v1/devices/bundle", NOT_SET, 200),
    ("redeeming", "GET /api/v1/devices/sealed", NOT_SET, 200),
    ("supervisor", "GET /api/v1/cases", NOT_SET, 200),
    ("supervisor", "GET /api/v1/exposure", NOT_SET, 200),
    ("supervisor", "GET /api/v1/devices", NOT_SET, 200),
]
"""What must have been tried and may not come up by chance: made up examples are others as soon as
any line of the source is another."""


def test_nothing_is_answered_that_is_not_in_the_document(served: Served) -> None:
    schema = described(served)
    # First of all: what is made up may use up what can be had.
    sure = [answered(schema, caller, label, body) for caller, label, body, _ in SURE]
    run = list(from_schema(schema).execute())

    assert sure == [status for *_, status in SURE]
    assert [event for event in run if isinstance(event, events.NonFatalError)] == []
    assert failures(run) == []
    # That it tried is as important as that it found nothing.
    tried = statuses(run) | {(label, status) for _, label, _, status in SURE}
    assert tried >= {
        ("POST /api/v1/operations", 200),
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
        ("GET /api/v1/cases", 200),
        ("GET /api/v1/exposure", 200),
        ("GET /api/v1/devices", 200),
    }
    paths = served.http.get("/api/v1/openapi.json").json()["paths"]
    labels = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert {label for label, _ in tried} == labels
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


def answered(schema: BaseSchema, caller: str, label: str, body: Any) -> int:
    """Ask what is named here, hold the answer against the document, and give its status."""
    method, path = label.split()
    media_type = None if body is NOT_SET else "application/json"
    case = schema[path][method].Case(body=body, media_type=media_type)
    headers = {"Authorization": f"Bearer {token_of(caller)}", "Idempotency-Key": name()}
    return int(case.call_and_validate(headers=headers).status_code)


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

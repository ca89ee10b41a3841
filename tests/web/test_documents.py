from typing import Any

import pytest

from points.web.doors import Door, served_routes
from tests.web.served import Served

HEADERS = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}


@pytest.fixture
def document(served_once: Served) -> dict[str, Any]:
    found: dict[str, Any] = served_once.http.get("/api/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]


def refused(document: dict[str, Any], path: str, status: str) -> str:
    found: str = document["paths"][path]["post"]["responses"][status]["description"]
    return found


def test_every_problem_is_described_as_one(document: dict[str, Any]) -> None:
    for label, said in operations(document):
        for status, response in said["responses"].items():
            if int(status) >= 400:
                schema = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
                assert response["content"] == {"application/problem+json": schema}, label


def test_headers_that_come_with_a_problem_are_described(document: dict[str, Any]) -> None:
    for label, said in operations(document):
        for status, header in HEADERS.items():
            if status in said["responses"]:
                assert list(said["responses"][status]["headers"]) == [header], label


def test_the_frameworks_own_errors_are_nowhere(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert "ValidationError" not in document["components"]["schemas"]


def test_what_needs_a_token_says_so_and_nothing_else_does(
    served_once: Served, document: dict[str, Any]
) -> None:
    app = served_once.app
    needing = {route.path for route in served_routes(app.routes) if isinstance(route.door, Door)}

    assert {
        label.partition(" ")[2] for label, said in operations(document) if "security" in said
    } == needing
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*map(references, part.values()))
        return set().union(*map(references, part)) if isinstance(part, list) else set()

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known


def test_an_operation_is_described_by_its_kind(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v1/operations"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]

    assert body["required"] is True
    assert (schema["minItems"], schema["maxItems"]) == (1, 500)
    assert sorted(schema["items"]["discriminator"]["mapping"]) == [
        "earn",
        "redeem",
        "slip_cashed",
        "slip_issued",
        "stock_counted",
        "stock_leased",
        "stock_moved",
        "stock_returned",
        "undo",
    ]


def test_no_shape_takes_more_than_it_names(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    shapes = {name: one for name, one in schemas.items() if one["type"] == "object"}
    open_ones = [name for name, one in shapes.items() if one["additionalProperties"] is not False]
    assert open_ones == []


def test_a_redemption_tells_how_it_may_be_refused(document: dict[str, Any]) -> None:
    path = "/api/v1/redemptions"

    assert "`points_short`" in refused(document, path, "409")
    assert "`idempotency_key_reused`" in refused(document, path, "422")
    assert "`card_unknown`" in refused(document, path, "404")
    replayed = document["paths"][path]["post"]["responses"]["200"]
    assert list(replayed["headers"]) == ["Idempotent-Replayed"]


def test_the_document_is_written_once(served_once: Served) -> None:
    app = served_once.app

    assert app.openapi() is app.openapi()

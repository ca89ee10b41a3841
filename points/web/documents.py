"""The API described: an OpenAPI document that says exactly what is taken and answered."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from points.web.doors import served_routes
from points.web.problems import ProblemOut

_REFERENCE = "#/components/schemas/{model}"
_PROBLEM: TypeAdapter[Any] = TypeAdapter(ProblemOut)

_SAYS = """Garbage-sorting points (垃圾分类积分), from one booth to a city.

Every act has a name, chosen by whoever asks before it is first sent: the same name with the same
content is done once and answered the same for ever. What goes wrong is a problem document
(RFC 9457) with one of a closed list of codes, each explained under `/api/v1/problems/`."""


def describe(app: FastAPI) -> dict[str, Any]:
    """Write the OpenAPI document of everything that the app serves."""
    document = get_openapi(
        title="points", version=version("points"), description=_SAYS, routes=app.routes
    )
    served = list(served_routes(app.routes))
    bodies = {
        (route.path, method): route.door.takes
        for route in served
        for method in route.methods
        if route.door.takes is not None
    }
    wanted: list[tuple[object, JsonSchemaMode, TypeAdapter[Any]]] = [
        (place, "validation", takes) for place, takes in bodies.items()
    ]
    found, shared = TypeAdapter.json_schemas(
        [*wanted, (ProblemOut, "serialization", _PROBLEM)], ref_template=_REFERENCE
    )
    _add(document["components"]["schemas"], shared.get("$defs", {}))
    for place in bodies:
        operation = _operation(document, *place)
        content = {"application/json": {"schema": found[place, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return document


def _add(schemas: dict[str, Any], more: dict[str, Any]) -> None:
    for name, schema in more.items():
        assert schemas.setdefault(name, schema) == schema, f"two schemas are called {name}"


def _operation(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method.lower()]
    return found

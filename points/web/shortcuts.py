"""The way past the framework, for routes that take the request as it came.

FastAPI wraps each request in seven layers and then tries route after route. A route that asks
nothing of them, and whose address has no parts to be found, is looked up by its method and address
and called at once. All others, and whatever is not found, go their usual way.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from fastapi import Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from points.web.pages.visitors import Leaf
from points.web.straight import Straight

Handlers = Mapping[Any, ExceptionHandler]


class Shortcuts:
    """Leads requests to their routes."""

    def __init__(
        self,
        usual: ASGIApp,
        *,
        routes: Sequence[BaseRoute],
        handlers: Handlers,
        wrap: Callable[[ASGIApp], ASGIApp],
    ) -> None:
        """Find the routes that can be reached at once.

        Args:
            usual: The way of all others.
            routes: All that is served.
            handlers: What answers for what is raised, by kind.
            wrap: What stands around every route, also around these.
        """
        self._usual = usual
        self._short = {
            (method, route.path): wrap(_Called(route, handlers))
            for route in _straight_among(routes)
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        app = self._usual
        # Behind a root path, addresses are not those of the routes.
        if scope["type"] == "http" and not scope.get("root_path"):
            app = self._short.get((scope["method"], scope["path"]), app)
        await app(scope, receive, send)


class _Called:
    """A route that is called at once, as the framework calls it in the end."""

    def __init__(self, route: APIRoute, handlers: Handlers) -> None:
        self._route = route
        self._function = route.get_route_handler()
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self._route
        request = Request(scope, receive, send)
        try:
            response = await self._function(request)
        except Exception as error:
            answer = self._answer_to(error)
            if answer is None:
                raise
            response = await answer(request, error)
        await response(scope, receive, send)

    def _answer_to(self, error: Exception) -> Callable[[Request, Exception], Any] | None:
        found = (self._handlers.get(kind) for kind in type(error).__mro__)
        return cast(
            "Callable[[Request, Exception], Any] | None", next((it for it in found if it), None)
        )


def _straight_among(routes: Sequence[BaseRoute]) -> Iterator[APIRoute]:
    for context in iter_route_contexts(routes):
        route = context.original_route
        if not isinstance(route, Straight | Leaf) or route.param_convertors:
            continue
        if context.path == route.path:
            yield route

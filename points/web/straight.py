"""Routes whose function takes the request as it came and writes the answer itself.

FastAPI asks again at every request what a function takes, and what each of those takes in turn: for
a scan that is longer than all the rest. The few routes that everybody waits for are declared as any
other, which is how they are described, but go straight from their door to their function.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from points.web.dependencies import bearer_of
from points.web.doors import Door
from points.web.wording import Tongue


class Straight(APIRoute):
    """A route with a door whose function is given the request and the caller, and nothing more."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what answers a request."""
        declared = [depends.dependency for depends in self.dependencies]
        [door] = [found for found in declared if isinstance(found, Door)]
        function: Callable[..., Coroutine[Any, Any, Response]] = self.endpoint

        async def handle(request: Request) -> Response:
            caller = await bearer_of(request)
            await door(caller)
            return await function(request=request, caller=caller)

        return handle


def written(adapter: TypeAdapter[Any], answer: object, tongue: Tongue) -> Response:
    """Write an answer down, as FastAPI would."""
    headers = {"Content-Language": tongue.language, "Vary": "Accept-Language"}
    return Response(adapter.dump_json(answer), headers=headers, media_type="application/json")

"""What every answer carries: an id, headers that keep browsers careful, and one line in the log.

The line names the route by its pattern, never by the address that was asked for: addresses may hold
card codes. What nobody foresaw ends here, as a problem like any other that tells nothing of the
inside; the log tells it, under the same id.
"""

import logging
from collections.abc import Callable
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)
_access = logging.getLogger("points.access")

# Each may be set otherwise by a route, such as a page that needs its own style sheet.
_CAREFUL = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STRICT_TRANSPORT = "max-age=31536000"
_SERVER_ERROR = 500


class Envelope:
    """Wraps every request and its answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        new_id: Callable[[], str],
        unforeseen: Callable[[Request], Response],
        is_https: bool,
    ) -> None:
        """Wrap the app; `unforeseen` answers what raised something that nobody expected."""
        self._app = app
        self._new_id = new_id
        self._unforeseen = unforeseen
        self._headers = _CAREFUL | (
            {"Strict-Transport-Security": _STRICT_TRANSPORT} if is_https else {}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = self._new_id()
        began, status = perf_counter(), 0

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_wrapped)
        except Exception:
            _log.exception("request %s failed", request_id)
            if status:
                raise  # half an answer has gone out: only breaking off tells that it is no answer
            await self._unforeseen(Request(scope))(scope, receive, send_wrapped)
        finally:
            milliseconds = (perf_counter() - began) * 1000
            _access.log(
                logging.ERROR if status >= _SERVER_ERROR else logging.INFO,
                "%s %s %d %.1fms caller=%s request=%s",
                *(scope["method"], _route(scope), status, milliseconds),
                *(scope["state"].get("caller", "-"), request_id),
            )


def _route(scope: Scope) -> str:
    """Name the route by its pattern; what matched none is not repeated."""
    return str(getattr(scope.get("route"), "path_format", "-"))

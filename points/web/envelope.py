"""What every answer carries: an id, headers that keep browsers careful, and one line in the log.

The line names the route by its pattern, never by the address that was asked for: addresses may hold
card codes. What nobody foresaw ends here, as a problem like any other that tells nothing of the
inside; the log tells it, under the same id.
"""

import logging
from collections.abc import Callable
from time import perf_counter

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
        strict = {"Strict-Transport-Security": _STRICT_TRANSPORT} if is_https else {}
        # As bytes, in small letters: that is how answers carry them.
        self._headers = [
            (name.lower().encode(), value.encode()) for name, value in (_CAREFUL | strict).items()
        ]

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
                found = message["headers"] = list(message.get("headers", ()))
                given = {name for name, _ in found}
                found.append((b"x-request-id", request_id.encode()))
                found.extend(one for one in self._headers if one[0] not in given)
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

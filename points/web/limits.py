"""How much a request may send: counted while it comes in, whatever it says of itself beforehand."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from points.web.problems import Fault, Problem

_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)


class BodyLimit:
    """Ends a request whose body is too large before the excess is kept in memory.

    A route that never reads its body pays nothing: the server discards what nobody asks for.
    """

    def __init__(self, app: ASGIApp, *, bytes_max: int) -> None:
        """Guard the app."""
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body measured."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = _announced(Headers(scope=scope))
        received = 0

        async def receive_measured() -> Message:
            nonlocal received
            if announced > self._bytes_max:
                raise _too_large(self._bytes_max)
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._bytes_max:
                raise _too_large(self._bytes_max)
            return message

        await self._app(scope, receive_measured, send)


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if _LENGTH.fullmatch(length) else 0


def _too_large(bytes_max: int) -> Problem:
    # Whoever is still sending should stop: the connection ends with the answer.
    return Problem(
        Fault.BODY_TOO_LARGE, details={"bytes_max": bytes_max}, headers={"Connection": "close"}
    )

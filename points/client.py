"""A typed client for the API, for tills, scripts and the command line.

Every act gets its id before the first try and keeps it through every retry, so an answer that was
lost on the way back cannot make the act count twice. Acts that stay unanswered raise `Unanswered`,
which holds what must be sent again, under the same id.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import httpx

TRIES_MAX = 6
_TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_PAUSE_SECONDS_FIRST = 0.2
_PAUSE_SECONDS_MAX = 10.0
_LATER = timedelta(minutes=1)
"""An act sent this long after it happened says so: the server allows a live clock little slack."""

Json = Mapping[str, Any]


class ClientError(Exception):
    """Base of what this client raises; never raised itself.

    ClientError
    ├── Problem       the server understood the request and will not do it
    └── Unanswered    nobody knows whether it was done; send it again, it keeps its id
    """


class Problem(ClientError):
    """A problem document (RFC 9457) came back."""

    def __init__(self, status: int, code: str, detail: str, body: Json) -> None:
        """Keep what the server said; `body` is the whole document."""
        super().__init__(f"{code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.body = body


class Unanswered(ClientError):
    """No answer after every try. What was asked may or may not have been done."""

    def __init__(self, reason: str, unsent: Sequence[Json] = ()) -> None:
        """Keep the operations as they were sent, ids and all."""
        super().__init__(reason)
        self.unsent = tuple(unsent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one operation."""

    id: str
    status: str
    """accepted, replayed, refused, conflict or review."""
    code: str | None
    points: int
    balance: int | None
    is_final: bool
    message: str
    details: Json = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the act is in the book."""
        return self.status == "accepted" or (self.status == "replayed" and self.code is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a card's household has, in points."""

    available: int
    owed: int
    expiring_soon: tuple[tuple[datetime, int], ...]
    """When points end, and how many; soonest first."""


class Client:
    """Talks to one service with one token. Use it as a context manager, or `close` it."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        language: str = "zh-CN",
        pause: Callable[[float], None] = time.sleep,
        verify: str | bool = True,
    ) -> None:
        """Make a client.

        Args:
            base_url: Scheme, host and port of the service.
            token: The device's or partner's secret; sent in a header only.
            language: In which the service words its answers.
            pause: Waits so many seconds between tries.
            verify: False, or a file of authorities to trust, as `httpx` takes it.
        """
        self._pause = pause
        self._http = httpx.Client(
            base_url=base_url.rstrip("/") + "/api/v1",
            headers={"Authorization": f"Bearer {token}", "Accept-Language": language},
            timeout=_TIMEOUT,
            verify=verify,
        )

    def __enter__(self) -> Self:
        """Use the client for a while."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def earn(self, card: str, activity: str, **what: object) -> Outcome:
        """Award by an activity; `what` may hold quantity, grams, phase, building or number."""
        return self.operate([{"kind": "earn", "card": card, "activity": activity, **what}])[0]

    def redeem(
        self, card: str, reward: str, *, quantity: int, price_shown: int, **what: object
    ) -> Outcome:
        """Hand points over for goods at this device's booth."""
        asked = {"card": card, "reward": reward, "quantity": quantity, "price_shown": price_shown}
        return self.operate([{"kind": "redeem", **asked, **what}])[0]

    def undo(self, operation: str, **what: object) -> Outcome:
        """Take an operation back, named by the id that it was sent with."""
        return self.operate([{"kind": "undo", "undoes": operation, **what}])[0]

    def operate(self, operations: Sequence[Json]) -> list[Outcome]:
        """Send operations and give one outcome each, in order.

        What has no `id` or `occurred_at` gets one, once, before the first try.

        Raises:
            Problem: The whole request was turned down; nothing was done.
            Unanswered: Send its `unsent` again.
        """
        now = datetime.now(UTC)
        asked = [
            {"id": str(uuid4()), "occurred_at": now.isoformat(), **operation}
            for operation in operations
        ]
        try:
            answer = self._request("POST", "/operations", lambda: [_dated(one) for one in asked])
        except Unanswered as error:
            raise Unanswered(str(error), asked) from error
        return [_outcome(one) for one in answer.json()]

    def balance(self, card: str) -> Balance:
        """Tell what the card's household has."""
        said = self._request("POST", "/balances", lambda: {"card": card}).json()
        return Balance(
            available=said["available"],
            owed=said["owed"],
            expiring_soon=tuple(
                (datetime.fromisoformat(lot["at"]), lot["points"]) for lot in said["expiring_soon"]
            ),
        )

    def statement(self, card: str, *, cursor: str | None = None, limit: int = 50) -> Json:
        """Give a page of the household's statement, newest line first, and the next cursor."""
        asked = {"card": card, "limit": limit} | ({"cursor": cursor} if cursor else {})
        return dict(self._request("POST", "/statements", lambda: asked).json())

    def rewards(self) -> list[Json]:
        """List what this device's booth hands out, with prices and what is left."""
        return list(self._request("GET", "/rewards").json())

    def activities(self) -> list[Json]:
        """List what can be earned at this device's booth."""
        return list(self._request("GET", "/activities").json())

    def _request(
        self, method: str, path: str, body: Callable[[], object] | None = None
    ) -> httpx.Response:
        reason, wait = "no try was made", 0.0
        for attempt in range(TRIES_MAX):
            if attempt:
                self._pause(wait)
            wait = _backoff(attempt)
            try:
                answer = self._http.request(method, path, json=body() if body else None)
            except httpx.TransportError as error:
                reason = f"{type(error).__name__}: {error}"
                continue
            if answer.status_code not in (httpx.codes.SERVICE_UNAVAILABLE, 429, 502, 504):
                return _checked(answer)
            reason = f"the service answered {answer.status_code}"
            wait = max(wait, _retry_after(answer))
        raise Unanswered(reason)


def _dated(operation: Json) -> Json:
    """Say that an operation comes late, once it does. This does not change what it is."""
    moment = operation["occurred_at"]
    if "offline" in operation or not isinstance(moment, str):
        return operation
    try:
        is_late = datetime.now(UTC) - datetime.fromisoformat(moment) > _LATER
    except (ValueError, TypeError):  # not an instant: the server says so better than we could
        return operation
    return {**operation, "offline": True} if is_late else operation


def _backoff(attempt: int) -> float:
    """Give the seconds to wait after a try: doubling, and never in step with other clients."""
    most = min(_PAUSE_SECONDS_MAX, _PAUSE_SECONDS_FIRST * 2**attempt)
    return random.uniform(most / 2, most)  # noqa: S311 -- spreads load, guards nothing


def _retry_after(answer: httpx.Response) -> float:
    said = answer.headers.get("Retry-After", "")
    return min(float(said), _PAUSE_SECONDS_MAX) if said.isdecimal() else 0.0


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        body = answer.json()
        raise Problem(answer.status_code, body["code"], body.get("detail", ""), body)
    except (ValueError, KeyError, TypeError) as error:
        unclear = f"the service answered {answer.status_code} without saying why"
        raise Problem(answer.status_code, "unclear", unclear, {}) from error


def _outcome(said: Json) -> Outcome:
    return Outcome(
        id=said["id"],
        status=said["status"],
        code=said["code"],
        points=said["points"],
        balance=said["balance"],
        is_final=said["final"],
        message=said["message"],
        details=said["details"],
    )

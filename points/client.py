"""A typed client for the API, for tills, scripts and the command line.

Every act gets its id before the first try and keeps it through every retry, so an answer that was
lost on the way back cannot make the act count twice. Acts that stay unanswered raise `Unanswered`,
which holds what must be sent again, under the same id.
"""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar, cast
from urllib.parse import quote
from uuid import uuid4

import httpx

TRIES_MAX = 6
_TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_PAUSE_SECONDS_FIRST = 0.2
_PAUSE_SECONDS_MAX = 10.0
_LATER = timedelta(minutes=1)
"""An act sent this long after it happened says so: the server allows a live clock little slack."""

_TOO_MANY = 429
# Not redeem: goods are handed out once the answer is there, so without one they never were. Whoever
# has leased goods, and does hand them out without a network, says so with `offline=True`.
_HAPPEN_OFFLINE = frozenset({"earn", "undo", "slip_cashed"})
_TOKEN = re.compile(r"[\x21-\x7e]+")
# What stays on this machine is nobody else's to see, whatever the environment says of proxies.
_NO_PROXY: Mapping[str, None] = dict.fromkeys(
    ("all://localhost", "all://127.0.0.1", "all://[::1]"), None
)

Json = Mapping[str, Any]
Shape = TypeVar("Shape")


class ClientError(Exception):
    """Base of what this client raises: `Problem` is a no, `Unanswered` leaves everything open."""


class Problem(ClientError):
    """A problem document (RFC 9457) came back: the service understood, and will not do it."""

    def __init__(self, status: int, body: Json) -> None:
        """Keep what the server said; `body` is the whole document."""
        self.status = status
        self.code = str(body["code"])
        self.detail = str(body.get("detail", ""))
        self.body = body
        super().__init__(f"{self.code}: {self.detail}")


class Unanswered(ClientError):
    """No answer after every try. What was asked may or may not have been done."""

    def __init__(self, reason: str, unsent: Sequence[Json] = ()) -> None:
        """Keep what was to be sent, ids and all: hand it to the same method again."""
        super().__init__(reason)
        self.unsent = tuple(unsent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one operation."""

    id: str | None
    """None where what was given is no id at all."""
    status: str
    """accepted, replayed, refused, conflict or review."""
    code: str | None
    points: int
    balance: int | None
    is_final: bool
    message: str
    details: Json = field(default_factory=dict)
    case: str | None = None
    """What it leaves for a person to settle, if anything."""

    @property
    def counts(self) -> bool:
        """Whether the act is in the book."""
        return self.status == "accepted" or (self.status == "replayed" and self.code is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Points that end together, by the clocks of the programme."""

    at: datetime
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a card's household has, in points."""

    available: int
    owed: int
    expiring_soon: tuple[Ending, ...]
    """Soonest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement. What another community's event was has no names."""

    id: str
    kind: str
    occurred_at: datetime
    points: int
    balance_after: int | None
    name: str | None
    name_en: str | None
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A page of a household's lines, newest first."""

    balance: Balance
    lines: tuple[Line, ...]
    next: str | None
    """The cursor of the page that follows; None where this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A way to earn."""

    key: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """Goods that points buy."""

    key: str
    name: str
    name_en: str
    price: int
    """Points for one piece."""
    left: int
    """Pieces that anyone may have now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """What a partner redeemed, or took back."""

    id: str
    """Its number; `void` names it."""
    points: int
    balance: int
    message: str
    is_replayed: bool
    """Whether it was done before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often to try, and by which clock."""

    tries_max: int = TRIES_MAX
    pause: Callable[[float], None] = time.sleep
    """Waits so many seconds."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Client:
    """Talks to one service with one token. Use it as a context manager, or `close` it."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        language: str = "zh-CN",
        verify: str | bool = True,
        pace: Pace | None = None,
    ) -> None:
        """Make a client.

        Args:
            base_url: Scheme, host and port of the service.
            token: The device's or partner's secret; sent in a header only.
            language: In which the service words its answers.
            verify: False, or a file of authorities to trust, as `httpx` takes it.
            pace: How often to try; for tests also the clock.

        Raises:
            ValueError: The address is none, or the token cannot be one.
        """
        if not _TOKEN.fullmatch(token):
            raise ValueError("a token is one word of visible ASCII")
        self._pace = pace or Pace()
        self._http = httpx.Client(
            base_url=_address(base_url),
            headers={"Authorization": f"Bearer {token}", "Accept-Language": language},
            timeout=_TIMEOUT,
            verify=verify,
            mounts=_NO_PROXY,
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
        """Hand goods over for points at this device's booth."""
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
            Unanswered: Call this again with its `unsent`.
        """
        moment = self._pace.clock().isoformat()
        asked = [{"id": str(uuid4()), "occurred_at": moment, **one} for one in operations]
        try:
            answer = self._ask("POST", "/operations", lambda: [self._dated(one) for one in asked])
            return answer.read(lambda said: _outcomes(said, asked))
        except Unanswered as error:
            raise Unanswered(str(error), asked) from error

    def redeem_by_key(self, key: str | None = None, **what: object) -> Redemption:
        """Redeem as a partner, once for each key. Unanswered, call it again with `**unsent[0]`."""
        asked = {"key": key or str(uuid4()), **what}
        try:
            return self._redemption("/redemptions", asked["key"], what)
        except Unanswered as error:
            raise Unanswered(str(error), [asked]) from error

    def void(self, number: str) -> Redemption:
        """Take one's own redemption back as a partner. Asking again changes nothing."""
        return self._redemption(f"/redemptions/{quote(number, safe='')}/void")

    def balance(self, card: str) -> Balance:
        """Tell what the card's household has."""
        return self._ask("POST", "/balances", lambda: {"card": card}).read(_balance)

    def statement(self, card: str, *, cursor: str | None = None, limit: int = 50) -> Statement:
        """Give a page of the household's statement."""
        asked = {"card": card, "limit": limit} | ({"cursor": cursor} if cursor else {})
        return self._ask("POST", "/statements", lambda: asked).read(_statement)

    def rewards(self) -> list[Reward]:
        """List what this device's booth hands out, with prices and what is left."""
        answer = self._ask("GET", "/rewards")
        return answer.read(lambda said: [_filled(Reward, one) for one in said])

    def activities(self) -> list[Activity]:
        """List what can be earned at this device's booth."""
        answer = self._ask("GET", "/activities")
        return answer.read(lambda said: [_filled(Activity, one) for one in said])

    def _redemption(self, path: str, key: object = None, body: Json | None = None) -> Redemption:
        headers = {} if key is None else {"Idempotency-Key": str(key)}
        answer = self._ask("POST", path, None if body is None else lambda: body, headers)
        read = {"is_replayed": answer.is_replayed}
        return answer.read(lambda said: _filled(Redemption, said, **read))

    def _dated(self, operation: Json) -> Json:
        """Say that an operation comes late, once it does. This does not change what it is."""
        if "offline" in operation or operation.get("kind") not in _HAPPEN_OFFLINE:
            return operation
        try:
            happened = datetime.fromisoformat(operation["occurred_at"])
            is_late = self._pace.clock() - happened > _LATER
        except (ValueError, TypeError):  # no instant: the server says so better than we could
            return operation
        return {**operation, "offline": True} if is_late else operation

    def _ask(
        self,
        method: str,
        path: str,
        body: Callable[[], object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "_Answer":
        reason, wait = "no try was made", 0.0
        for attempt in range(self._pace.tries_max):
            if attempt:
                self._pace.pause(wait)
            wait = _backoff(attempt)
            content = None if body is None else body()
            try:
                answer = self._http.request(method, path, json=content, headers=headers)
            except httpx.RequestError as error:
                reason = f"{type(error).__name__}: {error}".rstrip(": ")
                continue
            if not answer.is_server_error and answer.status_code != _TOO_MANY:
                return _checked(answer)
            reason = f"the service answered {answer.status_code}"
            wait = max(wait, _retry_after(answer))
        raise Unanswered(reason)


def _address(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(f"{base_url.rstrip('/')}/api/v1")
    except httpx.InvalidURL as error:
        raise ValueError(f"the service's address cannot be read: {error}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("the service's address begins with http:// or https://")
    return url


def _backoff(attempt: int) -> float:
    """Give the seconds to wait after a try: doubling, and never in step with other clients."""
    most = min(_PAUSE_SECONDS_MAX, _PAUSE_SECONDS_FIRST * 2**attempt)
    return random.uniform(most / 2, most)  # noqa: S311 -- spreads load, guards nothing


def _retry_after(answer: httpx.Response) -> float:
    said = answer.headers.get("Retry-After", "")
    return min(float(said), _PAUSE_SECONDS_MAX) if said.isdecimal() else 0.0


def _checked(answer: httpx.Response) -> "_Answer":
    try:
        said = answer.json()
    except ValueError:
        said = None
    if answer.is_success and said is not None:
        return _Answer(said, is_replayed="Idempotent-Replayed" in answer.headers)
    if not answer.is_success and isinstance(said, dict) and "code" in said:
        raise Problem(answer.status_code, said)
    # A network that wants a password first, say: it knows nothing of the act.
    raise Unanswered(f"something else than the service answered ({answer.status_code})")


@dataclass(frozen=True, slots=True)
class _Answer:
    said: Any
    is_replayed: bool

    def read(self, shape: Callable[[Any], Shape]) -> Shape:
        try:
            return shape(self.said)
        except (KeyError, TypeError, ValueError) as error:
            raise Unanswered("the service answered in a form that is unknown here") from error


def _filled(shape: type[Shape], said: Json, **read: object) -> Shape:
    """Fill a shape with what was said under its fields' names, but for what was read already."""
    names = [one.name for one in fields(cast("Any", shape))]
    return shape(**{name: read[name] if name in read else said[name] for name in names})


def _outcomes(said: Sequence[Json], asked: Sequence[Json]) -> list[Outcome]:
    answered = [_filled(Outcome, one, is_final=one["final"]) for one in said]
    for one, name in zip(answered, (one["id"] for one in asked), strict=True):
        if one.id not in (name, None):
            raise ValueError("this is the answer to something else")
    return answered


def _balance(said: Json) -> Balance:
    ends = [(datetime.fromisoformat(one["at"]), one["points"]) for one in said["expiring_soon"]]
    return _filled(Balance, said, expiring_soon=tuple(Ending(at=at, points=n) for at, n in ends))


def _statement(said: Json) -> Statement:
    lines = tuple(map(_line, said["lines"]))
    return Statement(balance=_balance(said["balance"]), lines=lines, next=said["next"])


def _line(said: Json) -> Line:
    happened = datetime.fromisoformat(said["occurred_at"])
    return _filled(Line, said, occurred_at=happened)

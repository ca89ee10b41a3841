"""How the client asks: again and again under the same name, until there is an answer or none."""

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

import httpx

TRIES_MAX = 6
_TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_PAUSE_SECONDS_FIRST = 0.2
_PAUSE_SECONDS_MAX = 10.0

_TOO_MANY = 429
_NOTHING_NEW = 304
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
class Pace:
    """How often to try, and by which clock."""

    tries_max: int = TRIES_MAX
    pause: Callable[[float], None] = time.sleep
    """Waits so many seconds."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Asker:
    """Asks one service. Use it as a context manager, or `close` it."""

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
        self._token = token
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

    def _use(self, token: str) -> None:
        self._token = token
        self._http.headers["Authorization"] = f"Bearer {token}"

    def _ask(
        self,
        method: str,
        path: str,
        body: Callable[[], object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Answer":
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


def _checked(answer: httpx.Response) -> "Answer":
    try:
        said = answer.json()
    except ValueError:
        said = None
    tag = answer.headers.get("ETag", "")
    if answer.status_code == _NOTHING_NEW:
        return Answer(None, tag=tag)
    if answer.is_success and said is not None:
        return Answer(said, is_replayed="Idempotent-Replayed" in answer.headers, tag=tag)
    if not answer.is_success and isinstance(said, dict) and "code" in said:
        raise Problem(answer.status_code, said)
    # A network that wants a password first, say: it knows nothing of the act.
    raise Unanswered(f"something else than the service answered ({answer.status_code})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    said: Any
    """None where the caller holds the newest already."""
    is_replayed: bool = False
    tag: str = ""
    """Names what was said, to be asked for only once there is something else."""

    def read(self, shape: Callable[[Any], Shape]) -> Shape:
        """Read it as it should be.

        Raises:
            Unanswered: It is in another form.
        """
        try:
            return shape(self.said)
        except (KeyError, TypeError, ValueError) as error:
            raise Unanswered("the service answered in a form that is unknown here") from error

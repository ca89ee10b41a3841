"""What a route may ask for by name, and where alone the web reads clock and chance."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from secrets import token_bytes
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from points.domain.access import Credential
from points.domain.desk import DeskFault, NotDone
from points.domain.outcomes import Refusal
from points.service import poster as posting
from points.service.cards import RandomBytes
from points.service.credentials import come_in
from points.service.posting import Book
from points.web.problems import Fault, Problem
from points.web.running import running_of
from points.web.wording import Tongue, choose_language

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A device's or partner's token, as `points devices add` and `keys add` print it.",
)


# Names of requests guard nothing. From the system's own chance, each would let another thread in.
_request_ids = Random(token_bytes())  # noqa: S311 -- see above


def new_request_id() -> str:
    """Name a request."""
    return str(UUID(int=_request_ids.getrandbits(128), version=4))


def tongue_of(request: Request) -> Tongue:
    """Tell how to speak to whoever asks."""
    running = running_of(request.app.state)
    language = choose_language(request.headers.get("accept-language", ""))
    return Tongue(language=language, zone=running.zone, spoken_at=running.book.clock())


# All of these are coroutines: one that is not costs each request a trip to another thread.


async def _tongue(request: Request, response: Response) -> Tongue:
    tongue = tongue_of(request)
    response.headers["Content-Language"] = tongue.language
    response.headers["Vary"] = "Accept-Language"
    return tongue


async def _now(request: Request) -> datetime:
    return running_of(request.app.state).book.clock()


async def _book(request: Request) -> Book:
    return running_of(request.app.state).book


async def _poster(request: Request) -> posting.Poster:
    return running_of(request.app.state).poster


async def bearer_of(request: Request) -> Credential:
    """Find who asks, shut out or not.

    Raises:
        Problem: Nobody whom we know.
    """
    return await _known(request, await _bearer(request))


async def _known(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Credential:
    if given is None:
        raise Problem(Fault.UNAUTHENTICATED)
    running = running_of(request.app.state)
    book, token = running.book, given.credentials
    known: Credential | NotDone | None = await running.tokens.ask(token)
    if known is None:  # not a token in use: it may be a phone's next one
        known = await run_in_threadpool(come_in, book.database, token, now=book.clock())
    if isinstance(known, NotDone):
        is_replaced = known.reason is DeskFault.TOKEN_REPLACED
        raise Problem(Fault.TOKEN_REPLACED if is_replaced else Fault.UNAUTHENTICATED)
    request.state.caller = known.id
    return known


Bearer = Annotated[Credential, Depends(_known)]
"""Who asks, known by the token, shut out or not."""


async def _caller(caller: Bearer) -> Credential:
    """Find who asks.

    Raises:
        Problem: Somebody shut out.
    """
    if caller.is_revoked:
        raise Problem(Refusal.CREDENTIAL_REVOKED)
    return caller


Caller = Annotated[Credential, Depends(_caller)]
"""Who asks, known by the token."""


async def _tried(request: Request) -> None:
    """Count a try at a door that is open to anyone.

    Raises:
        Problem: There were too many.
    """
    address = request.client.host if request.client is not None else ""
    running_of(request.app.state).throttle.admit(address)


async def _host(request: Request) -> str:
    return running_of(request.app.state).public_host or request.url.hostname or ""


Tried = Annotated[None, Depends(_tried)]
"""For doors that are open to anyone: nobody tries too often."""

Host = Annotated[str, Depends(_host)]
"""The service's name in addresses."""

Now = Annotated[datetime, Depends(_now)]
"""The instant of the request."""

Reader = Annotated[Book, Depends(_book)]
"""The book, to be read."""

Poster = Annotated[posting.Poster, Depends(_poster)]
"""The one way to change the book."""

Language = Annotated[Tongue, Depends(_tongue)]
"""How to speak to whoever asks."""


random_bytes: RandomBytes = token_bytes
"""Bytes that nobody can guess, for routes that ask for nothing by name."""


async def _chance() -> RandomBytes:
    return random_bytes


Chance = Annotated[RandomBytes, Depends(_chance)]
"""Bytes that nobody can guess."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the door: who, when, and how to speak to them."""

    caller: Credential
    now: datetime
    tongue: Tongue


async def _visit(caller: Caller, now: Now, tongue: Language) -> Visit:
    return Visit(caller, now, tongue)


Visitor = Annotated[Visit, Depends(_visit)]
"""All three of these, for routes that need them."""

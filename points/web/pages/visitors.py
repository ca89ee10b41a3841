"""Who reads a resident's page: the visit that a cookie brings, and forms that nobody else can send.

What goes wrong on these routes is told as a page with words, not as a problem for programs.
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from points.domain.desk import DeskFault, NotDone
from points.domain.outcomes import Refusal
from points.service.timekeeping import ClockInDoubt
from points.service.transactions import DatabaseUnavailable
from points.service.visits import LIVES, form_seal, is_form_seal
from points.web.pages.looks import COOKIE as LOOK_COOKIE
from points.web.pages.looks import Look, read_look
from points.web.pages.rendering import HEADERS, Setting, rendered
from points.web.pages.words import Words
from points.web.problems import Fault, Problem
from points.web.running import Running, running_of
from points.web.wording import Tongue, say

COOKIE = "points_resident"
HOME = "me"
COME_BACK_TO = frozenset(
    {HOME, "about", *(f"me/{name}" for name in ("statement", "code", "lost", "privacy", "erase"))}
    | {"me/spend-for-me", "me/cards", "me/give", "me/pin"}
)
"""Pages that may be asked for by their address alone."""

NO_FIGURES: Mapping[str, object] = MappingProxyType({})
NO_SENTENCES: Mapping[DeskFault, str] = MappingProxyType({})
_LOOK_LIVES = timedelta(days=365)
_FORM_BYTES_MAX = 4096
_FORM = "application/x-www-form-urlencoded"
_SEAL = "seal"
_MINUTE = timedelta(minutes=1)

_log = logging.getLogger(__name__)


class NotFromHere(Exception):
    """A form came from another site, or from a visit that has ended."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with a browser."""

    request: Request = field(repr=False)
    running: Running = field(repr=False)
    look: Look
    words: Words

    @property
    def token(self) -> str:
        """Give what the browser brings of a visit; empty where it brings nothing."""
        return self.request.cookies.get(COOKIE, "")

    @property
    def now(self) -> datetime:
        """Give the instant of the request."""
        return self.words.tongue.spoken_at

    @property
    def address(self) -> str:
        """Tell where the request comes from."""
        return self.request.client.host if self.request.client is not None else ""

    def page(
        self, template: str, figures: Mapping[str, object] = NO_FIGURES, *, status: int = 200
    ) -> Response:
        """Write a page in this reader's language and type."""
        return rendered(f"resident/{template}.html", self._setting(), figures, status=status)

    def why_not(self, fault: NotDone, sentences: Mapping[DeskFault, str] = NO_SENTENCES) -> str:
        """Say why nothing was changed; a page knows sentences of its own for what the desk says."""
        if isinstance(fault.reason, Refusal):
            return say(fault.reason, fault.details, self.words.tongue)
        return self.words(sentences.get(fault.reason, "not_from_here"))

    def go(self, page: str) -> Response:
        """Lead to a page; the browser asks for it anew."""
        return RedirectResponse(self._setting().up + page, status_code=303, headers=HEADERS)

    def keep(self, response: Response, token: str) -> Response:
        """Let the browser keep a visit."""
        self._set_cookie(response, COOKIE, token, LIVES)
        return response

    def keep_look(self, response: Response, look: Look) -> Response:
        """Let the browser keep how pages are to look."""
        self._set_cookie(response, LOOK_COOKIE, look.kept, _LOOK_LIVES)
        return response

    def forget(self, response: Response) -> Response:
        """Let the browser forget the visit."""
        self._set_cookie(response, COOKIE, "", timedelta())
        return response

    async def form(self, *, is_sealed: bool = True) -> dict[str, str]:
        """Read the form that was sent.

        Raises:
            NotFromHere: Another site sent it, or nobody whose visit this is.
        """
        if not _is_of_this_site(self.request, self.running):
            raise NotFromHere
        media = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await self.request.body() if media == _FORM else b""
        if len(body) > _FORM_BYTES_MAX:
            raise NotFromHere
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        found = {name: values[0] for name, values in fields.items()}
        if is_sealed and not (self.token and is_form_seal(self.token, found.get(_SEAL, ""))):
            raise NotFromHere
        return found

    def _setting(self) -> Setting:
        own = self.request.scope["route"].path_format.strip("/")
        return Setting(
            words=self.words,
            look=self.look,
            up="../" * own.count("/"),
            page=own if own in COME_BACK_TO else HOME,
            seal=form_seal(self.token) if self.token.isascii() and self.token else "",
        )

    def _set_cookie(self, response: Response, name: str, value: str, lives: timedelta) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(lives.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.running.is_https or self.request.url.scheme == "https",
        )


def reader_of(request: Request) -> Reader:
    """Tell who reads, as far as the browser says."""
    running = running_of(request.app.state)
    kept = request.cookies.get(LOOK_COOKIE, "")
    look = read_look(kept, request.headers.get("accept-language", ""))
    tongue = Tongue(look.language, running.zone, running.book.clock())
    return Reader(request, running, look, Words(tongue))


Reading = Annotated[Reader, Depends(reader_of)]
"""Whoever reads; for the functions of a `Leaf`, which hands it to them itself."""


class Leaf(APIRoute):
    """A route of a page: its function is given the reader and what the address names, no more.

    Trouble is told as a page.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what answers a request."""
        function: Callable[..., Coroutine[Any, Any, Response]] = self.endpoint

        async def handle(request: Request) -> Response:
            reader = reader_of(request)
            try:
                return await function(reader, **request.path_params)
            except NotFromHere:
                return reader.page("notice", {"says": "not_from_here"}, status=403)
            except Problem as problem:
                return _told(reader, problem)
            except (DatabaseUnavailable, ClockInDoubt) as trouble:
                _log.warning("request %s: %r", request.state.request_id, trouble)
                page = reader.page("notice", {"says": "trouble"}, status=503)
                page.headers["Retry-After"] = "5"
                return page

        return handle


def held_back(reader: Reader, wait: timedelta) -> Response:
    """Answer who tried too often."""
    minutes = max(1, ceil(wait / _MINUTE))
    page = reader.page("notice", {"says": "held_back", "minutes": minutes}, status=429)
    page.headers["Retry-After"] = str(ceil(wait.total_seconds()))
    return page


def _told(reader: Reader, problem: Problem) -> Response:
    if problem.code is not Fault.TOO_MANY_REQUESTS:
        raise problem
    seconds = int((problem.headers or {}).get("Retry-After", 1))
    return held_back(reader, timedelta(seconds=seconds))


def _is_of_this_site(request: Request, running: Running) -> bool:
    """Tell whether one of our own pages sent a form.

    Pages send no referrer, so browsers name their origin `null`, as other sites may too: newer ones
    say beside it where a request comes from, and what an older one sends needs the visit's seal.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "null")
    if origin == "null":
        return True
    hosts = {request.url.hostname, running.public_host}
    return urlsplit(origin).hostname in hosts

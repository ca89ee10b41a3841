"""The service as one ASGI app: opens the book when it starts, and shuts it when it ends."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from points.service.credentials import credentials_of_tokens
from points.service.passbooks import read_front_pages
from points.service.poster import Poster
from points.service.posting import Clock, make_book
from points.service.reading import is_ready, read_balances
from points.service.rinsing import rinsing
from points.service.timekeeping import Seconds, Timekeeper
from points.settings import Settings
from points.storage.engine import check_safety, open_database
from points.web.api import (
    binding,
    booth_pins,
    bundle,
    cards,
    cases,
    devices,
    exposure,
    family,
    health,
    operations,
    phones,
    programme,
    quiz,
    redemptions,
    reference,
    sealed,
)
from points.web.dependencies import new_request_id
from points.web.documents import describe
from points.web.doors import check_doors
from points.web.envelope import Envelope
from points.web.handlers import add_handlers, unforeseen
from points.web.limits import BodyLimit
from points.web.pages import (
    resident,
    resident_allowances,
    resident_cards,
    resident_family,
    resident_gifts,
    resident_pin,
    resident_privacy,
    scanner,
)
from points.web.running import Running, keep
from points.web.shortcuts import Shortcuts
from points.web.throttle import Throttle
from points.web.together import Together

_ROUTERS = (  # what is asked for most comes first: they are tried in order
    operations.router,
    redemptions.router,
    cards.balances,
    cards.router,
    resident.router,
    resident_cards.router,
    resident_allowances.router,
    resident_family.router,
    resident_gifts.router,
    resident_pin.router,
    resident_privacy.router,
    binding.router,
    booth_pins.router,
    family.router,
    devices.router,
    cases.router,
    exposure.router,
    phones.router,
    programme.router,
    bundle.router,
    sealed.router,
    quiz.router,
    reference.router,
    health.router,
    scanner.router,
)


class DatabaseNotReady(Exception):
    """The database does not have the tables of this release; `points migrate` makes them."""


class Points(FastAPI):
    """The app, with a description of our own, and a short way to what is asked for most."""

    wrap: Callable[[ASGIApp], ASGIApp]
    """Puts around a route what stands around every one."""

    def build_middleware_stack(self) -> ASGIApp:
        """Build all that a request passes through."""
        usual = super().build_middleware_stack()
        handlers = self.exception_handlers
        return Shortcuts(usual, routes=self.routes, handlers=handlers, wrap=self.wrap)

    def openapi(self) -> dict[str, Any]:
        """Give the OpenAPI document; written once."""
        if self.openapi_schema is None:
            self.openapi_schema = describe(self)
        return self.openapi_schema


def create_app(settings: Settings, *, clock: Clock, seconds: Seconds | None = None) -> FastAPI:
    """Make the app. Nothing is opened before it starts.

    Args:
        settings: How it runs.
        clock: The machine's clock.
        seconds: The machine's count of seconds, by which time goes on when the clock is set.

    Raises:
        UndeclaredRoute: A route does not say who may use it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(app, settings, clock, seconds):
            yield

    app = Points(
        lifespan=lifespan,
        routes=[*_checked_routes()],
        openapi_url=None,  # ours is a route with a door, like any other
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    add_handlers(app)
    limited = partial(BodyLimit, bytes_max=settings.body_bytes_max)
    enveloped = partial(
        Envelope, new_id=new_request_id, unforeseen=unforeseen, is_https=_is_https(settings)
    )
    # Added last, it stands outermost.
    app.add_middleware(limited)
    app.add_middleware(enveloped)
    app.wrap = lambda route: enveloped(limited(route))
    return app


@cache
def _checked_routes() -> tuple[BaseRoute, ...]:
    """Give what every app serves. Read once: FastAPI takes as long for it as for all else."""
    everything = APIRouter()
    for router in _ROUTERS:
        everything.include_router(router)
    check_doors(everything.routes)
    return (*everything.routes,)


def _is_https(settings: Settings) -> bool:
    return (settings.public_url or "").startswith("https://")


@asynccontextmanager
async def _running(
    app: FastAPI, settings: Settings, clock: Clock, seconds: Seconds | None
) -> AsyncIterator[None]:
    """Open the book and its poster for as long as the app runs.

    Raises:
        DatabaseNotReady: Its tables are not those of this release.
        UnsafeDatabase: It may lose what it has acknowledged.
        UnknownDatabase: The URL names nothing that can be a database here.
    """
    database = open_database(settings.database_url)
    try:
        check_safety(database)
        keeper = Timekeeper(database, clock, seconds)
        book = make_book(database, keeper)
        if not is_ready(book):
            raise DatabaseNotReady("run `points migrate` first")
        keeper.look()
        poster = Poster(book, queue_max=settings.queue_max, keeper=keeper)
        poster.start()
        try:
            with (
                rinsing(database),
                Together("tokens", partial(credentials_of_tokens, database)) as tokens,
                Together("balances", partial(read_balances, book)) as balances,
                Together("front pages", partial(read_front_pages, book)) as front_pages,
            ):
                running = Running(
                    book=book,
                    poster=poster,
                    throttle=Throttle(clock=clock),
                    tokens=tokens,
                    balances=balances,
                    front_pages=front_pages,
                    public_host=urlsplit(settings.public_url or "").hostname,
                    is_https=_is_https(settings),
                )
                keep(app.state, running)
                yield
        finally:
            poster.stop()
    finally:
        database.dispose()

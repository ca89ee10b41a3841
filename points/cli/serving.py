"""Serve: `points serve` for real use, `points start` to try it, `points migrate` to prepare."""

import asyncio
import gc
import logging
import os
import signal
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp

from points.cli.addresses import EVERYWHERE
from points.cli.demo import prepare_demo
from points.cli.door import (
    DatabaseUrl,
    check,
    now,
    opened,
    reached,
    seconds,
    settings,
    trouble_told,
)
from points.cli.files import private_folder
from points.cli.lan import Network, open_network
from points.cli.listening import address_of, listening
from points.cli.words import say
from points.settings import Settings
from points.storage.migrate import migrate as migrate_database
from points.web.app import create_app
from points.web.trust import make_trust_app

app = typer.Typer(no_args_is_help=True)

Port = Annotated[int | None, typer.Option(min=1, max=65_535, help="The port to listen on.")]

_LOOPBACK = "127.0.0.1"
_STOP_SECONDS_MAX = 30
_OBJECTS_BETWEEN_SEARCHES = 50_000
_TICKS_BETWEEN_LOOKS = 600
"""A minute, as uvicorn ticks: how soon a certificate follows the machine into another network."""


@app.command()
def migrate(database_url: DatabaseUrl = None) -> None:
    """Make the tables, or bring them up to date. Doing it again changes nothing."""
    _prepare(database_url)
    say("数据库准备好了", "The database is ready.")


@app.command()
def serve(
    *,
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the API until Ctrl-C or SIGTERM; what has been taken is posted before the end."""
    chosen = settings(database_url)
    with _stopping_well(), listening(host or chosen.host, port or chosen.port) as listener:
        with opened(database_url):  # says what is wrong before the server starts
            pass
        _run(chosen, listener)
    say("已停下", "Stopped.")


@app.command()
def start(
    *,
    port: Port = None,
    data: Annotated[Path, typer.Option(help="Where to keep everything.")] = Path("var"),
    database_url: Annotated[
        str | None, typer.Option("--database", help="Use another database than DATA/points.db.")
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Load no demo programme.")] = False,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan",
            help="Let phones of the local network in as well, by HTTPS: at the next port, and at "
            "the one after it by a page that shows how to trust it.",
        ),
    ] = False,
    host: Annotated[
        str, typer.Option(help="The address for --lan; by default all that this machine has.")
    ] = EVERYWHERE,
) -> None:
    """Prepare everything and serve: with the demo programme, as if its day were today."""
    folder = data.resolve()
    chosen = settings(database_url or _url_of(folder / "points.db"))
    at = port or chosen.port
    beside = open_network(folder, host, at + 1) if lan else nullcontext()
    with _stopping_well(), listening(_LOOPBACK, at) as listener, beside as network:
        private_folder(folder)
        _prepare(chosen.database_url)
        here = address_of(listener)
        if network is not None:
            network.tell()
        if not empty:
            prepare_demo(chosen, folder, here, phones=network.address if network else None)
        _run(chosen, listener, network)
    say(f"已停下，数据都在 {folder}", f"Stopped. Everything is in {folder}.")


def _url_of(file: Path) -> str:
    # What a URL would take for something else is written in its own way.
    return f"sqlite:///{str(file).replace('%', '%25').replace('?', '%3F')}"


def _prepare(database_url: str | None) -> None:
    os.umask(0o077)  # a new SQLite file holds people's names: it is for its owner alone
    with reached(database_url, makes=True) as database, trouble_told(SQLAlchemyError):
        migrate_database(database)
        check(database)


@contextmanager
def _stopping_well() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the block at any moment. To be stopped is no failure."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


class _Door(uvicorn.Server):
    """One more way into what another server serves. That one hears the signals, and ends this."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._listener = listener

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to the other."""
        yield

    async def stand_open(self) -> None:
        """Serve until told to stop."""
        await self.serve(sockets=[self._listener])


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(
        self, config: uvicorn.Config, address: str, network: Network | None, doors: Sequence[_Door]
    ) -> None:
        super().__init__(config)
        self._address, self._network, self._doors = address, network, doors
        self._open: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._open = [asyncio.create_task(door.stand_open()) for door in self._doors]
        leave_what_stays_alone()
        if self.started:
            say(
                f"服务在 {self._address}，按 Ctrl-C 停下",
                f"Serving at {self._address}. Ctrl-C stops the service.",
            )

    async def on_tick(self, counter: int) -> bool:
        if self._network is not None and counter % _TICKS_BETWEEN_LOOKS == 0:
            self._network.look()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for door in self._doors:  # before what is behind them ends
            door.should_exit = True
        await asyncio.gather(*self._open)
        await super().shutdown(sockets)


def leave_what_stays_alone() -> None:
    """Let the search for garbage pass over what was loaded at the start, and come less often.

    It went through all libraries several times a second, and everybody waited for it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES, 10, 50)


def server_config(
    app: ASGIApp,
    *,
    log_level: str,
    proxies: Sequence[str] = (),
    context: ssl.SSLContext | None = None,
) -> uvicorn.Config:
    """Give the server's settings; measurements serve other apps with the same.

    Args:
        app: What is served.
        log_level: How much is logged.
        proxies: Networks of those who are believed about who asks, and whether by HTTPS.
        context: This side of encrypted connections, where they are.
    """
    return uvicorn.Config(
        app,
        log_config=_logging(log_level.upper()),
        access_log=False,  # the app logs requests itself, without what they carry
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=_STOP_SECONDS_MAX,
        ssl_context_factory=None if context is None else lambda _config, _default: context,
    )


def _doors_of(network: Network, app: ASGIApp, *, log_level: str) -> Iterator[_Door]:
    encrypted = server_config(app, log_level=log_level, context=network.context)
    encrypted.lifespan = "off"  # the app is opened and shut by the first server
    yield _Door(encrypted, network.encrypted)
    yield _Door(server_config(make_trust_app(network.trust), log_level=log_level), network.plain)


def _run(chosen: Settings, listener: socket.socket, network: Network | None = None) -> None:
    _log_only_what_is_told()
    app, level = create_app(chosen, clock=now, seconds=seconds), chosen.log_level
    doors = [] if network is None else list(_doors_of(network, app, log_level=level))
    config = server_config(app, log_level=level, proxies=chosen.proxies)
    server = _Server(config, address_of(listener), network, doors)

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    # Having stopped, uvicorn raises the signal once more for whoever was there before it.
    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _log_only_what_is_told() -> None:
    """Do not find out for each line what no line tells: where in the code, in which thread.

    As in https://docs.python.org/3/howto/logging.html#optimization.
    """
    logging._srcfile = None  # noqa: SLF001 -- documented to be set
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _logging(level: str) -> dict[str, Any]:
    line = {"format": "%(asctime)s %(levelname)s %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"points": {"level": level}, "uvicorn": {"level": "WARNING"}},
    }

"""Serve: `points serve` for real use, `points start` to try it, `points migrate` to prepare."""

import errno
import gc
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

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
from points.cli.words import fail, say
from points.settings import Settings
from points.storage.migrate import migrate as migrate_database
from points.web.app import create_app

app = typer.Typer(no_args_is_help=True)

Port = Annotated[int | None, typer.Option(min=1, max=65_535, help="The port to listen on.")]

_LOOPBACK = "127.0.0.1"
_WAITING_MAX = 2048
_STOP_SECONDS_MAX = 30
_OBJECTS_BETWEEN_SEARCHES = 50_000


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
    with _stopping_well(), _listening(host or chosen.host, port or chosen.port) as listener:
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
) -> None:
    """Prepare everything and serve: with the demo programme, as if its day were today."""
    folder = data.resolve()
    chosen = settings(database_url or _url_of(folder / "points.db"))
    with _stopping_well(), _listening(_LOOPBACK, port or chosen.port) as listener:
        private_folder(folder)
        _prepare(chosen.database_url)
        if not empty:
            prepare_demo(chosen, folder, address_of(listener))
        _run(chosen, listener)
    say(f"已停下，数据都在 {folder}", f"Stopped. Everything is in {folder}.")


def address_of(listener: socket.socket) -> str:
    """Give the address at which a socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else: where somebody has it, nothing is touched."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=_WAITING_MAX)
    except OSError as error:
        _tell_no_port(f"{host}:{port}", error)
    with listener:
        yield listener


def _tell_no_port(address: str, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        fail(
            f"{address} 已经被占用，也许 points 已经在运行。用 --port 换一个端口",
            f"{address} is in use already; perhaps points is running. Choose another --port.",
        )
    if error.errno == errno.EACCES:
        fail(
            f"没有权限使用 {address}。用 --port 换一个 1024 以上的端口",
            f"{address} may not be used by you. Choose a --port above 1024.",
        )
    fail(f"不能使用 {address}：{error.strerror}", f"{address} cannot be used: {error.strerror}")


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _leave_what_stays_alone()
        if self.started:
            say(
                f"服务在 {self._address}，按 Ctrl-C 停下",
                f"Serving at {self._address}. Ctrl-C stops the service.",
            )


def _leave_what_stays_alone() -> None:
    """Let the search for garbage pass over what was loaded at the start, and come less often.

    It went through all libraries several times a second, and everybody waited for it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES, 10, 50)


def server_config(app: FastAPI, *, log_level: str) -> uvicorn.Config:
    """Give the server's settings; measurements serve other apps with the same."""
    return uvicorn.Config(
        app,
        log_config=_logging(log_level.upper()),
        access_log=False,  # the app logs requests itself, without what they carry
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS_MAX,
    )


def _run(chosen: Settings, listener: socket.socket) -> None:
    app = create_app(chosen, clock=now, seconds=seconds)
    config = server_config(app, log_level=chosen.log_level)
    server = _Server(config, address_of(listener))

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    # Having stopped, uvicorn raises the signal once more for whoever was there before it.
    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


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

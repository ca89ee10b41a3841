"""The market day behind a real port, and a bad line to it: what only shows when bytes travel."""

import socket
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from io import BufferedIOBase
from json import dumps
from pathlib import Path
from random import Random
from shutil import copy
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import BinaryIO

import uvicorn
from starlette.types import ASGIApp

from points.client import Client, Pace
from points.domain.programme import Programme
from points.service.cards import print_cards
from points.settings import read_settings
from points.storage.engine import Database, open_database
from points.web.app import create_app
from tests.market import PROGRAMME
from tests.save import WallClock
from tests.web.served import Served, serve, token_of

_RANDOM = Random(4)

ID = "0b6c8f1e-5a4e-4f53-9a3e-1f2d3c4b5a69"


@dataclass(frozen=True, slots=True)
class Live:
    """A running service, its address, and what stands behind it."""

    address: str
    served: Served

    @property
    def clock(self) -> WallClock:
        return self.served.clock

    def blank_card(self) -> str:
        """Print a card that nobody has used; give its code."""
        [card] = print_cards(
            self.served.book.database,
            1,
            now=self.clock(),
            random_bytes=_RANDOM.randbytes,
            public_url=None,
        )
        return card.code

    def client(self, caller: str = "redeeming", *, address: str | None = None) -> Client:
        """Make a client that waits by setting the service's clock forward."""

        def pause(seconds: float) -> None:
            self.clock.now += timedelta(seconds=seconds)

        pace = Pace(pause=pause, clock=self.clock)
        return Client(address or self.address, token_of(caller), language="en", pace=pace)


@contextmanager
def go_live(database: Database, url: str, *, programme: Programme = PROGRAMME) -> Iterator[Live]:
    """Serve the market day on a port of its own."""
    with serve(database, url, programme=programme) as served:
        settings = read_settings({"POINTS_DATABASE_URL": url})
        with running(create_app(settings, clock=served.clock)) as address:
            yield Live(address, served)


@contextmanager
def go_live_on_copy(of: Path, folder: Path, *, programme: Programme = PROGRAMME) -> Iterator[Live]:
    """Do the same on a copy of a SQLite file."""
    file = folder / "points.db"
    copy(of, file)
    url = f"sqlite:///{file}"
    database = open_database(url)
    with go_live(database, url, programme=programme) as live:
        yield live
    database.dispose()


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve an app from a thread; give its address."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


class Fault(Enum):
    """What a line may do to one exchange."""

    NOTHING = "nothing"
    REQUEST_LOST = "the request never arrives"
    ANSWER_LOST = "the answer is lost after the commit"
    ANSWER_CUT = "half of the answer arrives"
    ANSWER_LATE = "the answer comes after the client has given up"
    BUSY = "503, come back in seven seconds"
    PORTAL = "a network asks for its password first"
    NONSENSE = "something answers that is no service"
    MIXED_UP = "the answer is to somebody else's question"


def _said(status: str, body: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


_OF_ANOTHER: dict[str, object] = {
    "id": "somebody else's",
    "status": "accepted",
    "code": None,
    "points": 10,
    "balance": 10,
    "final": True,
    "message": "",
    "details": {},
}
_INSTEAD = {
    Fault.BUSY: _said("503 Busy", "", "Retry-After: 7"),
    Fault.PORTAL: _said("302 Found", "<html/>", "Location: http://wifi.example/"),
    Fault.NONSENSE: _said("200 OK", '{"hello": "x"}'),
    Fault.MIXED_UP: _said("200 OK", dumps([_OF_ANOTHER])),
}


@dataclass(slots=True)
class Line:
    """A line to a service: what it does to the exchanges that follow, and all that went over it."""

    address: str
    faults: deque[Fault] = field(default_factory=deque)
    requests: list[bytes] = field(default_factory=list)

    def fail(self, *faults: Fault) -> None:
        """Do this to the next exchanges, in order."""
        self.faults.extend(faults)


@contextmanager
def bad_line(to: str) -> Iterator[Line]:
    """Lay a line to a service. It carries everything unless it is told otherwise."""
    host, _, port = to.removeprefix("http://").partition(":")

    class Exchange(StreamRequestHandler):
        def handle(self) -> None:
            request = read_message(self.rfile)
            if not request:
                return
            line.requests.append(request)
            fault = line.faults.popleft() if line.faults else Fault.NOTHING
            if fault is Fault.REQUEST_LOST:
                return
            answer = _INSTEAD.get(fault) or _forward(request, (host, int(port)))
            if fault is Fault.ANSWER_LOST:
                return
            if fault is Fault.ANSWER_LATE:
                self.rfile.read(1)  # nothing comes until the client hangs up
            half = fault is Fault.ANSWER_CUT
            self.wfile.write(answer[: len(answer) // 2] if half else answer)

    with ExitStack() as stack:
        server = stack.enter_context(ThreadingTCPServer(("127.0.0.1", 0), Exchange))
        line = Line(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        yield line


def rich_card(live: Live) -> str:
    """Give a card whose household brought 4.5 kilograms of metal."""
    card = live.blank_card()
    with live.client("games") as client:
        assert client.earn(card, "hand-in", grams={"metal": 4500}).points == 36
    return card


def read_message(stream: BufferedIOBase | BinaryIO) -> bytes:
    """Read one HTTP message; nothing if the other side hung up."""
    head = b""
    while line := stream.readline():
        head += line
        if line == b"\r\n":
            break
    length = next(
        (
            int(one.partition(b":")[2])
            for one in head.split(b"\r\n")
            if one.lower().startswith(b"content-length:")
        ),
        0,
    )
    return head + stream.read(length)


def _forward(request: bytes, to: tuple[str, int]) -> bytes:
    with socket.create_connection(to) as connection, connection.makefile("rb") as answer:
        connection.sendall(request.replace(b"Connection: keep-alive", b"Connection: close"))
        return read_message(answer)

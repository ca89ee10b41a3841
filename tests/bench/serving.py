"""Servers to measure: the service and the plain apps, each in a process, all set up alike."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import uvicorn
from fastapi import FastAPI

from points.cli import main
from points.cli.serving import server_config
from tests.bench.plain_apps import nothing_app, plain_app
from tests.drills.processes import forking, speak_into

START_SECONDS_MAX = 60
POINTS, NOTHING, PLAIN = "points", "nothing", "plain"


@contextmanager
def serving(kind: str, url: str, log: Path) -> Iterator[tuple[tuple[str, int], int]]:
    """Serve until the block ends; give the address and the process's number."""
    port = _free_port()
    process = forking().Process(target=_serve, args=(kind, url, port, log))
    process.start()
    assert process.pid is not None
    try:
        _wait_until_ready(port, log)
        yield ("127.0.0.1", port), process.pid
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.join(START_SECONDS_MAX)
        if process.is_alive():
            process.kill()


def memory_of(pid: int) -> int:
    """Tell how many bytes of memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port: int = reserved.getsockname()[1]
        return port


def _wait_until_ready(port: int, log: Path) -> None:
    give_up_at = monotonic() + START_SECONDS_MAX
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert monotonic() < give_up_at, log.read_text()
            sleep(0.02)
        else:
            return


def _serve(kind: str, url: str, port: int, log: Path) -> None:
    speak_into(log)
    if kind == POINTS:
        sys.argv = ["points", "serve", "--database", url, "--port", str(port)]
        main()
        return
    app: FastAPI = nothing_app() if kind == NOTHING else plain_app(url)
    config = server_config(app, log_level="info")
    with socket.create_server(("127.0.0.1", port), backlog=2048) as listener:
        uvicorn.Server(config).run(sockets=[listener])

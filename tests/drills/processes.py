"""Real processes for drills, started in milliseconds: forked off one that has loaded everything."""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from time import monotonic, sleep

END_SECONDS_MAX = 20

_LOADED = [
    *("points.cli.operating", "points.web.app", "uvicorn.protocols.http.httptools_impl", "uvloop"),
    *("psycopg", "sqlalchemy.dialects.postgresql.psycopg", "alembic.command"),
    *("tests.drills.serving", "tests.drills.writing", "tests.races.phones", "tests.races.desks"),
]


def forking() -> ForkServerContext:
    """Give the way to start processes; everything heavy is loaded already in what they fork off."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


@contextmanager
def ended_at_last(*processes: ForkServerProcess) -> Iterator[None]:
    """Start processes and make sure that none outlives the block."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            if process.is_alive():
                process.kill()
            process.join(END_SECONDS_MAX)


def speak_into(log: Path) -> None:
    """Send what this process prints, and its children, to a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)


@contextmanager
def reserved_ports(count: int) -> Iterator[list[int]]:
    """Give free ports of this machine that nobody else is given until the block ends.

    They are bound and not listened on: who asks to reuse an address, as servers do, may have it.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for reserved in sockets:
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            reserved.bind(("127.0.0.1", 0))
        yield [int(reserved.getsockname()[1]) for reserved in sockets]


def wait_until(
    is_so: Callable[[], bool], seconds: float, *, told: Callable[[], str], look: float = 0.1
) -> None:
    """Wait until something is so, and fail with what is told if that takes too long."""
    give_up_at = monotonic() + seconds
    while not is_so():
        assert monotonic() < give_up_at, told()
        sleep(look)


def with_descendants(*processes: int) -> list[int]:
    """Give these processes and all that they have started, as Linux tells."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in brackets, may hold anything; what follows is plain.
            parent = int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [*processes]
    for process in found:
        found += children.get(process, [])
    return found


def tell(processes: Collection[int], sign: signal.Signals) -> None:
    """Send a signal to each that is still there."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, sign)

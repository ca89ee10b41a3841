"""Real processes for drills, started in milliseconds: forked off one that has loaded everything."""

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

END_SECONDS_MAX = 20

_LOADED = [
    *("points.cli.operating", "points.web.app", "uvicorn.protocols.http.httptools_impl", "uvloop"),
    *("psycopg", "sqlalchemy.dialects.postgresql.psycopg", "alembic.command"),
    *("tests.drills.serving", "tests.drills.writing"),
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

"""Let go what erasures left behind, as soon as nobody reads any more that could see it.

Erasing a household tries that itself. This is for the rest: a backup was being made, a report ran.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from points.service.privacy import finish_erasing
from points.storage.engine import Database

EVERY = timedelta(minutes=1)
"""How often a running service looks whether anything is due."""


@contextmanager
def rinsing(database: Database, *, every: timedelta = EVERY) -> Iterator[None]:
    """Look now and then, in a thread of its own, for as long as the block runs.

    What is due at the end stays due, and is found by whoever runs next.
    """
    stopped = Event()

    def look() -> None:
        while not stopped.wait(every.total_seconds()):
            finish_erasing(database)

    thread = Thread(target=look, name="rinser", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()

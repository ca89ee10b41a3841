"""Databases to measure on: one with a town, and copies of it, on SQLite or PostgreSQL."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from points.storage.engine import Database, open_database
from points.storage.migrate import migrate
from tests.postgres import Server, running_postgres

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where databases of one engine are made."""

    engine: str
    folder: Path
    server: Server | None

    def new(self) -> str:
        """Make a database with every table and no row; give its URL."""
        url = self.new_plain()
        database = open_database(url)
        migrate(database)
        database.dispose()
        return url

    def new_plain(self) -> str:
        """Name an empty database."""
        if self.server is not None:
            return self.server.create_database(f"points_{next(_numbers)}")
        return f"sqlite:///{self.folder}/points-{next(_numbers)}.db"

    def copy(self, url: str) -> str:
        """Copy a database that nobody has open; give the copy's URL."""
        if self.server is not None:
            return self.server.create_database(
                f"points_{next(_numbers)}", template=url.rpartition("/")[2].partition("?")[0]
            )
        target = f"{self.folder}/points-{next(_numbers)}.db"
        shutil.copy(url.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"


@contextmanager
def place_of(engine: str, parent: Path | None = None) -> Iterator[Place]:
    """Make room for databases of an engine; all of it is gone when the block ends."""
    with TemporaryDirectory(prefix="points-bench-", dir=parent) as name:
        if engine == "sqlite":
            yield Place(engine, Path(name), None)
            return
        with running_postgres(shared_buffers="512MB", max_wal_size="4GB") as server:
            yield Place(engine, Path(name), server)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()

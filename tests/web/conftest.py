"""What every test of the doors may ask for."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from points.storage.engine import Database, open_database
from tests.web.served import Served, serve


@pytest.fixture
def served(database: Database, database_url: str) -> Iterator[Served]:
    """The market day, behind its doors, on each engine."""
    with serve(database, database_url) as found:
        yield found


@pytest.fixture(scope="module")
def served_once(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The market day for tests that never reach the book: one for all of a module's."""
    path = tmp_path_factory.mktemp("served") / "points.db"
    copy(migrated_sqlite, path)
    database = open_database(f"sqlite:///{path}")
    with serve(database, f"sqlite:///{path}") as found:
        yield found
    database.dispose()

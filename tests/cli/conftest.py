"""What tests of the command line may ask for: a desk on each engine, and a stall at the fair."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from points.storage.engine import Database, open_database
from tests.cli.terminal import Desk, Stall, open_stall, set_up_fair


@pytest.fixture
def desk(database: Database, database_url: str) -> Desk:
    """A desk on each engine."""
    set_up_fair(database)
    return Desk(database_url, database)


@pytest.fixture(scope="session")
def fair_file(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file in which the fair is set up, to be copied."""
    path = tmp_path_factory.mktemp("fair") / "points.db"
    copy(migrated_sqlite, path)
    database = open_database(f"sqlite:///{path}")
    set_up_fair(database)
    database.dispose()
    return path


@pytest.fixture
def sqlite_desk(fair_file: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk for tests that are about files and words, where the engine changes nothing."""
    yield from _desk_on_copy(fair_file, tmp_path)


@pytest.fixture(scope="module")
def stall(fair_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stall]:
    """A running service and a booth's terminal, shared by a module's tests."""
    folder = tmp_path_factory.mktemp("stall")
    for desk in _desk_on_copy(fair_file, folder):
        with open_stall(desk, folder / "var") as opened:
            yield opened


def _desk_on_copy(fair_file: Path, folder: Path) -> Iterator[Desk]:
    path = folder / "points.db"
    copy(fair_file, path)
    database = open_database(f"sqlite:///{path}")
    yield Desk(f"sqlite:///{path}", database)
    database.dispose()

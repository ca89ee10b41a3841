"""What every test may ask for: a fresh database on each engine, and a moment that stands still."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from points.storage.engine import Database, open_database
from points.storage.migrate import migrate
from tests.browser import browser
from tests.engines import ENGINES
from tests.postgres import Server, shared_postgres, shared_postgres_home

__all__ = ["browser"]  # a fixture made elsewhere is found here

POSTGRES_HOME = "POINTS_TEST_POSTGRES_HOME"  # how xdist's workers hear of the shared server

# How long an example may take is no law: the machine may be busy with something else.
settings.register_profile("points", deadline=None)
settings.load_profile("points")


def pytest_configure(config: pytest.Config) -> None:
    """Let the controller own what its workers share, so that it ends when the session does."""
    if hasattr(config, "workerinput"):
        return
    stack = ExitStack()
    os.environ[POSTGRES_HOME] = str(stack.enter_context(shared_postgres_home()))
    config.add_cleanup(stack.close)


@pytest.fixture
def now() -> datetime:
    """Ten in the morning of the volunteer day."""
    return datetime(2019, 12, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def postgres() -> Server:
    return shared_postgres(Path(os.environ[POSTGRES_HOME]))


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Ask for this, or for what asks for it, and the test runs on each engine."""
    return str(request.param)


@pytest.fixture
def blank_database_url(
    engine_name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Name a database without any table."""
    yield from _name_database(engine_name, tmp_path, request, is_blank=True)


@pytest.fixture
def database_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Name a database with every table and no row."""
    yield from _name_database(engine_name, tmp_path, request, is_blank=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "points.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Server) -> str:
    name = f"template_{uuid4().hex}"
    _migrate(postgres.create_database(name))
    return name


def _migrate(url: str) -> None:
    opened = open_database(url)
    migrate(opened)
    opened.dispose()


def _name_database(
    engine_name: str, folder: Path, request: pytest.FixtureRequest, *, is_blank: bool
) -> Iterator[str]:
    # Made once and copied for each test: migrating takes a hundred times as long.
    if engine_name == "sqlite":
        path = folder / ("blank.db" if is_blank else "points.db")
        if not is_blank:
            shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgres")
    template = "template0" if is_blank else request.getfixturevalue("migrated_postgres")
    name = f"test_{uuid4().hex}"
    yield server.create_database(name, template)
    server.drop_database(name)

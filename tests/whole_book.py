"""A whole book for every test that reads, checks, spoils or restores one."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine

from points.service.anchors import publish_heads
from points.storage.engine import Database, open_database
from points.storage.migrate import migrate
from tests.books import LATER, fill
from tests.cheat import cheats_engine
from tests.engines import ENGINES
from tests.postgres import Server
from tests.spending import spend_every_way


@pytest.fixture(scope="session", params=ENGINES)
def whole_book(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A whole book on each engine, only to be read: whoever writes does it in `spoilt`."""
    folder = tmp_path_factory.mktemp("book")
    url = f"sqlite:///{folder / 'points.db'}"
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        url = server.create_database(f"book_{uuid4().hex}")
    database = open_database(url)
    migrate(database)
    spend_every_way(fill(database))
    publish_heads(database, folder / "heads.json", now=LATER)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def the_cheats_engine(whole_book: Database) -> Iterator[Engine]:
    engine = cheats_engine(whole_book)
    yield engine
    engine.dispose()


@pytest.fixture
def spoilt(the_cheats_engine: Engine) -> Iterator[Connection]:
    """The whole book for whoever spoils it: nothing of what is written here is kept."""
    with the_cheats_engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()

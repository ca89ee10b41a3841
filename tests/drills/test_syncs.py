"""Nothing is acknowledged before the disk has it.

A process that is killed shows nothing of this, as what it wrote is with the system already: only a
machine that loses power would. So the syncs themselves are counted.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from points.storage import engine
from points.storage.engine import open_database
from points.storage.migrate import migrate
from tests.drills.ground import prepare_ground
from tests.drills.phones import Phone
from tests.drills.serving import Preparation, Service, service_on
from tests.drills.syncs import Syncs
from tests.postgres import Server, running_postgres

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for it")

OPERATIONS = 20
LAZY = "10s"


@dataclass(frozen=True)
class Careless:
    """Prepare a service that takes an unsafe database for a safe one."""

    synchronous: str

    def __call__(self) -> None:
        pragma = f"synchronous={self.synchronous}"
        pragmas = [it for it in engine._WRITER_PRAGMAS if not it.startswith("synchronous")]
        vars(engine)["_WRITER_PRAGMAS"] = (*pragmas, pragma)
        vars(engine)["_MUST_BE_ON"] = ()
        del engine._SQLITE_SAFE["synchronous"]


@contextmanager
def serving(url: str, folder: Path, prepare: Preparation | None) -> Iterator[tuple[Service, Phone]]:
    """Run a service on an empty database, and give a phone that works alone."""
    database = open_database(url)
    migrate(database)
    token = prepare_ground(database).token
    database.dispose()
    with service_on(url, folder) as service, ExitStack() as stack:
        service.start(prepare)
        phone = Phone(service.base_url, token, folder / "notes", range(1, 10))
        stack.callback(phone.close)
        yield service, phone


def acknowledgements_before_a_sync(folder: Path, prepare: Preparation | None) -> int:
    """Count the acknowledgements since whose request nothing had been synced."""
    log, early = folder / "points.db-wal", 0
    with serving(f"sqlite:///{folder / 'points.db'}", folder, prepare) as (service, phone):
        syncs = Syncs(service.pid)
        syncs.attach()
        for _ in range(OPERATIONS):
            before = syncs.of(log)
            phone.serve_one()
            early += syncs.of(log) == before
        service.kill()
        syncs.wait_for_end()
    return early


def test_sqlite_syncs_its_log_before_every_acknowledgement(tmp_path: Path) -> None:
    assert acknowledgements_before_a_sync(tmp_path, None) == 0


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_sqlite_set_to_forget_is_found_out(tmp_path: Path, synchronous: str) -> None:
    assert acknowledgements_before_a_sync(tmp_path, Careless(synchronous)) > OPERATIONS / 2


def syncs_of(server: Server) -> int:
    """Count how often a server that is at rest has synced its log."""
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        query = "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def syncs_for_as_many_acknowledgements(
    folder: Path, prepare: Preparation | None, **settings: str
) -> int:
    with running_postgres(**settings) as server:
        url = server.create_database("syncs")
        with serving(url, folder, prepare) as (service, phone):
            before = syncs_of(server)
            for _ in range(OPERATIONS):
                phone.serve_one()
            service.kill()
            service.wait_until_dead()
            wait_until_nobody_is_connected(server, "syncs")
        return syncs_of(server) - before


def wait_until_nobody_is_connected(server: Server, database: str) -> None:
    """Wait for the server's processes to end: they hand their counts in last."""
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        query = "SELECT count(*), pg_sleep(0.05) FROM pg_stat_activity WHERE datname = %s"
        for _ in range(400):
            row = connection.execute(query, [database]).fetchone()
            if row is not None and row[0] == 0:
                return
    raise AssertionError("somebody is still connected")


def test_postgresql_syncs_its_log_before_every_acknowledgement(tmp_path: Path) -> None:
    assert syncs_for_as_many_acknowledgements(tmp_path, None) >= OPERATIONS


@pytest.mark.parametrize(
    "settings", [{"fsync": "off"}, {"synchronous_commit": "off", "wal_writer_delay": LAZY}]
)
def test_postgresql_set_to_forget_is_found_out(tmp_path: Path, settings: dict[str, str]) -> None:
    synced = syncs_for_as_many_acknowledgements(tmp_path, Careless("FULL"), **settings)

    assert synced < OPERATIONS / 2

"""PostgreSQL goes away in the middle of everything: no success for anything that is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, event

from points.domain.facts import Accepted, Asked, Replayed
from points.service.posting import make_book, post
from points.service.transactions import DatabaseUnavailable
from points.storage.engine import Database, open_database
from tests.drills.auditing import Audit, times_booked
from tests.drills.ground import Ground, asked_by, code_of, now, prepare_ground
from tests.drills.notebooks import Json
from tests.drills.scenes import PHONES, Scene, scene_on
from tests.drills.wire import Wire, wire_to
from tests.postgres import Server, running_postgres

MANY = 40
TERMINATIONS = 10


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
def ground(database: Database) -> Ground:
    return prepare_ground(database)


def earn(ground: Ground, key: str) -> Asked:
    at = now().isoformat()
    sent: Json = {"kind": "earn", "id": key, "card": code_of(1), "occurred_at": at}
    return asked_by(ground.phone, sent)


def execute(server: Server, *statements: str) -> None:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def terminator(postgres: Server, times: int) -> Callable[[Connection], None]:
    """Give what ends a connection's own server process, the first so many times."""
    left = [None] * times

    def terminate(connection: Connection) -> None:
        if left:
            left.pop()
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            execute(postgres, f"SELECT pg_terminate_backend({driver.info.backend_pid}, 5000)")

    return terminate


@pytest.mark.parametrize("times", [1, 3])
def test_a_batch_whose_server_process_was_ended_halfway_is_posted_by_another(
    database: Database, ground: Ground, postgres: Server, times: int
) -> None:
    terminate = terminator(postgres, times)

    @event.listens_for(database.writer, "before_cursor_execute")
    def _halfway(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO request"):
            terminate(connection)

    [outcome] = post(ground.book, [earn(ground, "halfway")])

    assert isinstance(outcome, Accepted)
    assert times_booked(database, ground.phone, ["halfway"]) == {"halfway": 1}


def test_a_batch_whose_server_process_was_ended_before_the_commit_is_posted_by_another(
    database: Database, ground: Ground, postgres: Server
) -> None:
    event.listen(database.writer, "commit", terminator(postgres, 1))

    [outcome] = post(ground.book, [earn(ground, "at-commit")])

    assert isinstance(outcome, Accepted)
    assert times_booked(database, ground.phone, ["at-commit"]) == {"at-commit": 1}


@pytest.fixture
def wired(database_url: str, ground: Ground) -> Iterator[tuple[Wire, Ground]]:
    """The same book at the other end of a wire that can be made to break."""
    with wire_to(database_url) as (wire, url):
        database = open_database(url)
        yield wire, Ground(make_book(database, now), ground.phone, ground.token)
        database.dispose()


def test_a_commit_that_never_arrived_is_done_again(
    database: Database, wired: tuple[Wire, Ground]
) -> None:
    wire, ground = wired
    wire.swallows = 3

    [outcome] = post(ground.book, [earn(ground, "swallowed")])

    assert isinstance(outcome, Accepted)
    assert wire.swallows == 0
    assert times_booked(database, ground.phone, ["swallowed"]) == {"swallowed": 1}


def test_a_commit_that_nobody_heard_of_is_recognised(
    database: Database, wired: tuple[Wire, Ground]
) -> None:
    wire, ground = wired
    wire.silences = 1

    [outcome] = post(ground.book, [earn(ground, "unheard")])

    assert isinstance(outcome, Replayed)
    assert isinstance(outcome.first, Accepted)
    assert wire.silences == 0
    assert times_booked(database, ground.phone, ["unheard"]) == {"unheard": 1}


@pytest.mark.parametrize(("spoil", "times"), [("swallows", 0), ("silences", 1)])
def test_what_stays_unknown_is_no_success_until_a_retry_settles_it(
    database: Database, wired: tuple[Wire, Ground], spoil: str, times: int
) -> None:
    wire, ground = wired
    setattr(wire, spoil, 1)
    wire.breaks_for_good = True
    asked = earn(ground, "unknown")

    with pytest.raises(DatabaseUnavailable):
        post(ground.book, [asked])

    assert times_booked(database, ground.phone, ["unknown"]) == {"unknown": times}
    wire.mend()
    [outcome] = post(ground.book, [asked])
    first = outcome.first if isinstance(outcome, Replayed) else outcome
    assert isinstance(first, Accepted)
    assert times_booked(database, ground.phone, ["unknown"]) == {"unknown": 1}


@contextmanager
def at_work(folder: Path) -> Iterator[tuple[Server, Scene]]:
    """Let phones work on a server of their own, which may be ill-treated; then audit the book."""
    with (
        running_postgres() as server,
        scene_on(server.create_database("drill"), folder) as scene,
    ):
        scene.service.start()
        with scene.phones.at_work(persists=True):
            yield server, scene
        scene.phones.settle()
        assert scene.audit() == Audit()


def test_a_server_that_falls_and_rises_under_load_loses_nothing(tmp_path: Path) -> None:
    with at_work(tmp_path) as (server, scene):
        scene.phones.wait_for_answers(MANY)
        server.restart()
        scene.phones.wait_for_answers(MANY)


def test_server_processes_that_are_ended_under_load_lose_nothing(tmp_path: Path) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'drill'"
    with at_work(tmp_path) as (server, scene):
        for _ in range(TERMINATIONS):
            scene.phones.wait_for_answers(PHONES)
            execute(server, end)
        scene.phones.wait_for_answers(MANY)


def test_a_server_that_may_only_be_read_is_told_and_recovers_by_itself(tmp_path: Path) -> None:
    with at_work(tmp_path) as (server, scene):
        scene.phones.wait_for_answers(MANY)
        server.restart(as_standby=True)
        scene.phones.wait_until_turned_away()
        before = scene.phones.answered
        scene.phones.wait_until_turned_away()
        assert scene.phones.answered == before
        assert scene.phones.first.available(code_of(1)) >= 0
        server.promote()
        scene.phones.wait_for_answers(MANY)

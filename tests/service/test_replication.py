"""PostgreSQL whose commits wait for a standby: nothing is answered that the standby has not got.

The standby of these tests never comes, so whatever must wait is seen waiting; then it is let go.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import Connection

from points.domain.facts import Accepted, Asked, Refused, Replayed
from points.service.posting import post
from points.service.transactions import (
    TRIES_MAX,
    DatabaseUnavailable,
    settle,
    snapshot,
    transaction,
)
from points.storage.engine import Database, open_database
from points.storage.migrate import migrate
from tests.drills.auditing import times_booked
from tests.drills.ground import Ground, asked_by, code_of, now, prepare_ground
from tests.postgres import Server, running_postgres

WAITING = "SELECT pid FROM pg_stat_activity, pg_sleep(0.02) WHERE wait_event = 'SyncRep'"
LOOKS_MAX = 1_000

Result = TypeVar("Result")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def ground(server: Server) -> Iterator[Ground]:
    database = open_database(server.create_database("replicated"))
    migrate(database)
    yield prepare_ground(database)
    database.dispose()


class Absence:
    """A time without the standby that every commit must wait for."""

    def __init__(self, server: Server, threads: ThreadPoolExecutor) -> None:
        self._server = server
        self._threads = threads

    def begin(self, act: Callable[[], Result]) -> "Future[Result]":
        """Do something that will have to wait, and return once it does."""
        doing = self._threads.submit(act)
        self.waiting()
        assert not doing.done()
        return doing

    def waiting(self) -> int:
        """Give the server process that waits for the standby, as soon as there is one."""
        for _ in range(LOOKS_MAX):
            processes = ask(self._server, WAITING)
            if processes:
                return processes[0]
        raise AssertionError("nobody waits for the standby")

    def break_off(self, function: str) -> None:
        """Have the process that waits cancelled or terminated, which lets it wait no longer."""
        process = self.waiting()
        ask(self._server, f"SELECT {function}({process})::int")
        while process in ask(self._server, WAITING):
            pass


@contextmanager
def without_standby(server: Server) -> Iterator[Absence]:
    """Let every commit wait for a standby that is not there; in the end none need wait."""
    with ThreadPoolExecutor(1) as threads:
        ask(server, "ALTER SYSTEM SET synchronous_standby_names = 'nowhere'")
        try:
            server.restart()  # only told of it, it would heed it a moment later
            yield Absence(server, threads)
        finally:
            ask(server, "ALTER SYSTEM RESET synchronous_standby_names")
            ask(server, "SELECT pg_reload_conf()::int")


def ask(server: Server, statement: str) -> list[int]:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return [row[0] for row in cursor] if cursor.description else []


def asked(ground: Ground, key: str, **more: Any) -> Asked:
    sent = {"kind": "earn", "id": key, "card": code_of(1), "occurred_at": now().isoformat()}
    return asked_by(ground.phone, sent | more)


def test_an_operation_is_answered_once_the_standby_has_it(server: Server, ground: Ground) -> None:
    with without_standby(server) as absence:
        posting = absence.begin(lambda: post(ground.book, [asked(ground, "first")]))
        assert times_booked(ground.book.database, ground.phone, ["first"]) == {"first": 0}

    [outcome] = posting.result()
    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize(
    ("more", "kind"),
    [({}, Accepted), ({"kind": "redeem", "card": code_of(2)}, Refused)],
    ids=["accepted", "refused"],
)
def test_a_retry_that_finds_its_answer_there_is_answered_once_the_standby_has_it(
    server: Server, ground: Ground, more: dict[str, object], kind: type
) -> None:
    again = asked(ground, f"again-{kind}", **more)
    [first] = post(ground.book, [again])
    assert isinstance(first, Accepted | Refused)
    assert isinstance(first, kind)

    with without_standby(server) as absence:
        posting = absence.begin(lambda: post(ground.book, [again]))

    assert posting.result() == [Replayed(first)]


def find_done(_connection: Connection) -> str:
    """Write nothing, as whoever revokes a phone that was revoked, or closes what was closed."""
    return "done"


def within(database: Database) -> str:
    with transaction(database) as connection:
        return find_done(connection)


@pytest.mark.parametrize(
    "act", [lambda database: settle(database, find_done), within], ids=["settled", "in one go"]
)
def test_an_act_that_finds_everything_done_is_answered_once_the_standby_has_it(
    server: Server, ground: Ground, act: Callable[[Database], str]
) -> None:
    with without_standby(server) as absence:
        doing = absence.begin(lambda: act(ground.book.database))

    assert doing.result() == "done"


def test_reading_waits_for_no_standby(server: Server, ground: Ground) -> None:
    with without_standby(server), snapshot(ground.book.database) as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


@pytest.mark.parametrize("function", ["pg_cancel_backend", "pg_terminate_backend"])
def test_an_operation_whose_wait_was_called_off_goes_on_waiting(
    server: Server, ground: Ground, function: str
) -> None:
    key = f"called off by {function}"
    with without_standby(server) as absence:
        posting = absence.begin(lambda: post(ground.book, [asked(ground, key)]))
        absence.break_off(function)
        absence.waiting()
        assert not posting.done()
        assert times_booked(ground.book.database, ground.phone, [key]) == {key: 1}

    [outcome] = posting.result()
    assert isinstance(outcome, Replayed)
    assert isinstance(outcome.first, Accepted)
    assert times_booked(ground.book.database, ground.phone, [key]) == {key: 1}


def test_an_operation_whose_wait_is_called_off_every_time_is_no_success(
    server: Server, ground: Ground
) -> None:
    operation = asked(ground, "called off")
    with without_standby(server) as absence:
        posting = absence.begin(lambda: post(ground.book, [operation]))
        for _ in range(TRIES_MAX):
            absence.break_off("pg_cancel_backend")
        with pytest.raises(DatabaseUnavailable):
            posting.result()

    [outcome] = post(ground.book, [operation])
    assert isinstance(outcome, Replayed)
    assert isinstance(outcome.first, Accepted)


def test_an_act_in_one_go_whose_wait_was_called_off_is_no_success(
    server: Server, ground: Ground
) -> None:
    with without_standby(server) as absence:
        doing = absence.begin(lambda: within(ground.book.database))
        absence.break_off("pg_cancel_backend")
        with pytest.raises(DatabaseUnavailable):
            doing.result()


def test_a_server_that_only_follows_tells_nobody_that_something_is_done(
    server: Server, ground: Ground
) -> None:
    server.restart(as_standby=True)
    with pytest.raises(DatabaseUnavailable):
        settle(ground.book.database, find_done)
    server.promote()

    assert settle(ground.book.database, find_done) == "done"

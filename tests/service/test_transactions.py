from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from points.service.transactions import (
    TRIES_MAX,
    DatabaseUnavailable,
    settle,
    snapshot,
    transaction,
)
from points.storage.engine import Database
from points.storage.facts import HouseholdsMoved
from tests.engines import ON_POSTGRESQL
from tests.trouble import Trouble, gone, locked, open_impatiently, read_only

COUNT = text("UPDATE chain SET last_at = last_at + 1 WHERE id = 0")
END_OF_SESSION = text("SELECT pg_terminate_backend(:session)")


def counted(database: Database) -> int:
    with snapshot(database) as connection:
        return int(connection.execute(text("SELECT last_at FROM chain WHERE id = 0")).scalar_one())


def fail(connection: Connection, state: str) -> None:
    """Let PostgreSQL itself report a trouble that cannot be had for the asking."""
    act = f"DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '{state}'; END $$"
    connection.execute(text(act))


def end_session_of(connection: Connection, database: Database) -> None:
    session = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with transaction(database) as other:
        other.execute(END_OF_SESSION, {"session": session})


class Act:
    """Counts in the database, after failing as often as told, in the way told."""

    def __init__(self, failing: Callable[[Connection], object], times: int) -> None:
        self.failing = failing
        self.left = times
        self.tries = 0

    def __call__(self, connection: Connection) -> str:
        self.tries += 1
        connection.execute(COUNT)
        if self.left:
            self.left -= 1
            self.failing(connection)
        return "done"


def test_what_is_done_inside_is_kept_whole(database: Database) -> None:
    with transaction(database) as connection:
        connection.execute(COUNT)
        connection.execute(COUNT)

    assert counted(database) == 2


def test_what_is_broken_off_leaves_nothing(database: Database) -> None:
    with pytest.raises(LookupError), transaction(database) as connection:
        break_off(connection)

    assert counted(database) == 0


def break_off(connection: Connection) -> None:
    connection.execute(COUNT)
    raise LookupError


def test_an_act_is_done_once_and_its_answer_handed_on(database: Database) -> None:
    act = Act(failing=lambda _: None, times=0)

    assert (settle(database, act), act.tries, counted(database)) == ("done", 1, 1)


def move_households(_connection: Connection) -> None:
    raise HouseholdsMoved


def test_an_act_whose_households_moved_is_done_anew(database: Database) -> None:
    act = Act(move_households, times=TRIES_MAX - 1)

    assert (settle(database, act), act.tries, counted(database)) == ("done", TRIES_MAX, 1)


def test_an_act_that_loses_every_race_is_given_up(database: Database) -> None:
    act = Act(move_households, times=TRIES_MAX)

    with pytest.raises(DatabaseUnavailable):
        settle(database, act)

    assert (act.tries, counted(database)) == (TRIES_MAX, 0)


def test_a_fault_of_ours_is_not_hidden_as_the_databases_trouble(database: Database) -> None:
    act = Act(lambda connection: connection.execute(text("SELECT none FROM chain")), times=1)

    with pytest.raises(DBAPIError, match="none"):
        settle(database, act)

    assert (act.tries, counted(database)) == (1, 0)


def test_a_broken_rule_is_told_as_such(database: Database) -> None:
    breaking = text("INSERT INTO chain SELECT * FROM chain")
    act = Act(lambda connection: connection.execute(breaking), times=TRIES_MAX)

    with pytest.raises(IntegrityError):
        settle(database, act)

    assert counted(database) == 0


@ON_POSTGRESQL
@pytest.mark.parametrize("state", ["40001", "40P01", "23505"])
def test_an_act_that_lost_a_race_is_done_anew(database: Database, state: str) -> None:
    act = Act(lambda connection: fail(connection, state), times=3)

    assert (settle(database, act), act.tries, counted(database)) == ("done", 4, 1)


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", DatabaseUnavailable),  # the disk is full
        ("53300", DatabaseUnavailable),  # too many sessions
        ("55P03", DatabaseUnavailable),  # a lock was not to be had
        ("57014", DatabaseUnavailable),  # took too long
        ("57P03", DatabaseUnavailable),  # starting up
        ("22003", DBAPIError),  # a number too large: ours
        ("42501", DBAPIError),  # no right to the table: ours
        ("P0001", DBAPIError),  # anything else
    ],
)
def test_trouble_is_told_from_faults_by_its_code(
    database: Database, state: str, kind: type[Exception]
) -> None:
    act = Act(lambda connection: fail(connection, state), times=1)

    with pytest.raises(kind):
        settle(database, act)

    assert (act.tries, counted(database)) == (1, 0)
    assert settle(database, act) == "done"


@ON_POSTGRESQL
def test_an_act_whose_session_ended_is_done_anew(database: Database) -> None:
    act = Act(lambda connection: end_session_of(connection, database), times=1)

    assert (settle(database, act), act.tries, counted(database)) == ("done", 2, 1)


@pytest.mark.parametrize("trouble", [locked, read_only, gone], ids=lambda it: it.__name__)
def test_while_a_database_is_in_trouble_nothing_is_done_and_afterwards_it_is(
    database_url: str, trouble: Trouble
) -> None:
    database = open_impatiently(database_url)

    with trouble(database):
        with pytest.raises(DatabaseUnavailable):
            settle(database, add_account)
        with pytest.raises(DatabaseUnavailable), transaction(database) as connection:
            add_account(connection)
    settle(database, add_account)

    with snapshot(database) as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 1
    database.dispose()


def add_account(connection: Connection) -> None:
    connection.execute(text("INSERT INTO account VALUES (1, 0, 0, 0)"))


@ON_POSTGRESQL
def test_a_database_that_is_gone_cannot_be_read_either(database: Database) -> None:
    with gone(database), pytest.raises(DatabaseUnavailable), snapshot(database):
        pass

    assert counted(database) == 0


def enter_all(stack: ExitStack, contexts: list[AbstractContextManager[Connection]]) -> None:
    for context in contexts:
        stack.enter_context(context)


def test_readers_who_find_every_connection_taken_are_told_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.reader.pool, "_timeout", 0.01)

    with ExitStack() as everyone, pytest.raises(DatabaseUnavailable):
        enter_all(everyone, [snapshot(database) for _ in range(100)])

    assert counted(database) == 0

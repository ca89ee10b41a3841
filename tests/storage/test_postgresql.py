import os
import signal
from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import OperationalError

from points.service.transactions import settle, snapshot
from points.storage import migrate, verifying
from points.storage import postgresql as subject
from points.storage.engine import Database, open_database
from points.storage.postgresql import WatchedConnection, be_patient, connect_to_postgresql

LONGER_THAN_ANYBODY_IS_SILENT = text("SELECT pg_sleep(1)")
COUNT = text("UPDATE chain SET last_at = last_at + 1 WHERE id = 0")

WithMore = Callable[[dict[str, object]], Database]


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
def with_more(database_url: str) -> Iterator[WithMore]:
    """Open the database with something more in its URL."""
    opened: list[Database] = []

    def open_with(query: dict[str, object]) -> Database:
        url = make_url(database_url)
        url = url.set(query={**url.query, **query})  # type: ignore[dict-item]
        opened.append(open_database(url.render_as_string(hide_password=False)))
        return opened[-1]

    yield open_with
    for database in opened:
        database.dispose()


@pytest.fixture
def impatient(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(subject, "SILENCE_SECONDS_MAX", 0.2)
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def driver_of(connection: Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def way_to(database: Database) -> dict[str, str]:
    with database.writer.connect() as connection:
        return driver_of(connection).info.get_parameters()


def test_a_way_that_has_gone_is_noticed_within_half_a_minute(database: Database) -> None:
    chosen = way_to(database)

    assert {name: chosen[name] for name in subject._WAY_THERE} == {
        "connect_timeout": "10",
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "25000",
    }
    assert "target_session_attrs" not in chosen


def test_what_the_url_says_goes_before_what_is_usual(with_more: WithMore) -> None:
    chosen = way_to(with_more({"connect_timeout": "2", "keepalives_idle": "60"}))

    assert (chosen["connect_timeout"], chosen["keepalives_idle"]) == ("2", "60")
    assert chosen["keepalives_count"] == "3"


@pytest.mark.parametrize("is_listed", [False, True], ids=["one by one", "in a list"])
def test_of_several_servers_the_one_that_leads_is_looked_for(
    database_url: str, with_more: WithMore, *, is_listed: bool
) -> None:
    home = str(make_url(database_url).query["host"])

    chosen = way_to(with_more({"host": f"/nowhere,{home}" if is_listed else ("/nowhere", home)}))

    assert (chosen["host"], chosen["target_session_attrs"]) == (home, "read-write")


def test_several_servers_may_stand_where_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: dict[str, object] = {}

    def connect(**named: object) -> None:
        asked_for.update(named)
        raise psycopg.OperationalError("nobody is there")

    monkeypatch.setattr(WatchedConnection, "connect", connect)
    with pytest.raises(OperationalError, match="nobody is there"):
        connect_to_postgresql(make_url("postgresql://points@one,two/points")).connect()

    assert (asked_for["host"], asked_for["target_session_attrs"]) == ("one,two", "read-write")


def test_of_several_servers_any_will_do_where_the_url_says_so(
    database_url: str, with_more: WithMore
) -> None:
    home = str(make_url(database_url).query["host"])

    chosen = way_to(with_more({"host": ("/nowhere", home), "target_session_attrs": "any"}))

    assert chosen.get("target_session_attrs", "any") == "any"


def test_a_server_that_is_silent_for_too_long_is_given_up(impatient: Database) -> None:
    with impatient.writer.connect() as connection:
        with pytest.raises(OperationalError, match="silent for too long") as told:
            connection.execute(LONGER_THAN_ANYBODY_IS_SILENT)

        assert told.value.connection_invalidated


@pytest.mark.parametrize(
    "become_patient", [be_patient, verifying.lift_limits, migrate._wait_for_others]
)
def test_who_is_patient_waits_until_the_connection_is_given_back(
    impatient: Database, become_patient: Callable[[Connection], None]
) -> None:
    with impatient.writer.connect() as connection:
        become_patient(connection)
        connection.execute(LONGER_THAN_ANYBODY_IS_SILENT)

    with impatient.writer.connect() as again, pytest.raises(OperationalError):
        again.execute(LONGER_THAN_ANYBODY_IS_SILENT)


def test_an_act_on_a_server_that_freezes_is_done_by_another(impatient: Database) -> None:
    servers: list[int] = []

    def freeze_and_count(connection: Connection) -> str:
        servers.append(driver_of(connection).info.backend_pid)
        if len(servers) == 1:
            os.kill(servers[0], signal.SIGSTOP)
        connection.execute(COUNT)
        return "done"

    try:
        assert settle(impatient, freeze_and_count) == "done"
    finally:
        os.kill(servers[0], signal.SIGCONT)

    assert len(set(servers)) == 2
    with snapshot(impatient) as connection:
        assert connection.execute(text("SELECT sum(last_at) FROM chain")).scalar_one() == 1


def test_a_commit_that_warns_is_no_success(database: Database) -> None:
    warn = "DO $$ BEGIN RAISE WARNING 'as asked'; END $$"
    with database.writer.connect() as connection:
        connection.execute(text(warn))  # who warns before has not committed anything
        connection.commit()

        connection.execute(text(_WARNS_LATE))
        connection.execute(COUNT)
        with pytest.raises(OperationalError, match="in doubt: as asked") as told:
            connection.commit()

        assert told.value.connection_invalidated


_WARNS_LATE = """
CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE WARNING 'as asked'; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER warn AFTER UPDATE ON chain DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION warn()
"""

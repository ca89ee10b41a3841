import re
import sqlite3
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from points.service.transactions import DatabaseUnavailable, snapshot, transaction
from points.storage import engine as subject
from points.storage.engine import (
    Database,
    NoTurn,
    UnknownDatabase,
    UnsafeDatabase,
    check_safety,
    open_database,
)
from tests.elsewhere import held, line_of, start
from tests.engines import ON_POSTGRESQL, ON_SQLITE
from tests.postgres import running_postgres

COUNTING = """
import pathlib, sys
from points.storage.engine import open_database

database, count = open_database(sys.argv[1]), pathlib.Path(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(200):
    with database.turn():
        count.write_text(str(int(count.read_text()) + 1))
"""
TAKING = """
import sys
from points.storage.engine import open_database

with open_database(sys.argv[1]).turn():
    print("taken", flush=True)
    sys.stdin.readline()
"""


def pragma(database: Database, name: str) -> object:
    with database.writer.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://host/name", "mysql: only sqlite files and postgresql are supported"),
        ("sqlite://", "sqlite: only"),
        ("sqlite:///:memory:", "sqlite: only"),
        ("sqlite:///file:points.db?uri=true", "sqlite: only"),
        ("points.db", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_what_cannot_keep_a_book_is_not_opened(url: str, reason: str) -> None:
    with pytest.raises(UnknownDatabase, match=reason):
        open_database(url)


def test_a_password_is_not_told_with_a_fault() -> None:
    with pytest.raises(UnknownDatabase) as told:
        open_database("mysql://user:secret@host/name")

    assert "secret" not in str(told.value)


def test_a_database_as_we_open_it_is_safe(database: Database) -> None:
    check_safety(database)


@ON_SQLITE
def test_the_connection_that_writes_keeps_what_it_was_told_to(database: Database) -> None:
    settings = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "fullfsync")

    assert [pragma(database, name) for name in settings] == ["wal", 2, 1, 1, 1]


@ON_SQLITE
@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("synchronous=NORMAL", "synchronous is 1; it must be 2"),
        ("synchronous=OFF", "synchronous is 0; it must be 2"),
        ("journal_mode=DELETE", "journal_mode is delete; it must be wal"),
        ("foreign_keys=OFF", "foreign_keys is 0; it must be 1"),
    ],
)
def test_a_sqlite_that_may_forget_is_refused(database: Database, setting: str, told: str) -> None:
    with database.writer.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA {setting}")

    with pytest.raises(UnsafeDatabase, match=told):
        check_safety(database)


@ON_SQLITE
def test_a_sqlite_without_strict_tables_is_refused_by_its_version(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))

    with pytest.raises(UnsafeDatabase, match=r"it must be 3\.37 or newer"):
        check_safety(database)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_postgresql_that_may_forget_is_refused(setting: str) -> None:
    with running_postgres(**{setting: "off"}) as server:
        database = open_database(server.url)

        with pytest.raises(UnsafeDatabase, match=f"{setting} is off; it must be on"):
            check_safety(database)
        database.dispose()


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("level", "is_safe"), [("off", False), ("local", True), ("remote_apply", True)]
)
def test_a_commit_must_have_reached_the_disk(
    database_url: str, level: str, *, is_safe: bool
) -> None:
    options = {"options": f"-c synchronous_commit={level}"}
    url = make_url(database_url).update_query_dict(options)
    database = open_database(url.render_as_string(hide_password=False))
    refusal = None

    try:
        check_safety(database)
    except UnsafeDatabase as unsafe:
        refusal = str(unsafe)

    told = None if is_safe else f"PostgreSQL synchronous_commit is {level}; it must be on"
    assert refusal == told
    database.dispose()


def test_a_commit_on_one_disk_is_not_enough_where_others_are_to_have_it() -> None:
    local = {"synchronous_commit": "local", "synchronous_standby_names": "another"}
    with running_postgres(**local) as server:
        database = open_database(server.url)

        with pytest.raises(UnsafeDatabase, match="synchronous_commit is local; it must be on"):
            check_safety(database)
        database.dispose()


@ON_POSTGRESQL
def test_a_postgresql_too_old_to_guard_the_book_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "_POSTGRESQL_MIN", 99)

    with pytest.raises(UnsafeDatabase, match="must be 99 or newer"):
        check_safety(database)


@ON_POSTGRESQL
def test_nobody_waits_for_ever_on_postgresql(database: Database) -> None:
    limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with database.writer.connect() as connection:
        found = [connection.execute(text(f"SHOW {limit}")).scalar_one() for limit in limits]

    assert found == ["5s", "1min", "1min"]


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as told, snapshot(database) as connection:
        connection.execute(text("UPDATE chain SET last_at = 1"))

    assert re.search("read-?only", str(told.value.__cause__))


def test_a_reader_sees_one_state_however_much_is_written_meanwhile(database: Database) -> None:
    count = text("SELECT sum(last_at) FROM chain")
    with snapshot(database) as before:
        first = before.execute(count).scalar_one()
        with transaction(database) as connection:
            connection.execute(text("UPDATE chain SET last_at = 1"))

        assert before.execute(count).scalar_one() == first
    with snapshot(database) as after:
        assert after.execute(count).scalar_one() == first + 8


@ON_SQLITE
def test_nothing_is_left_beside_a_database_that_was_closed(
    database: Database, tmp_path: Path
) -> None:
    with transaction(database) as connection:
        connection.execute(text("UPDATE chain SET last_at = 1"))
    with snapshot(database) as connection:
        connection.execute(text("SELECT 1"))

    database.dispose()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["points.db", "points.db.turn"]


@ON_SQLITE
def test_how_long_to_wait_for_a_lock_can_be_told_in_the_url(
    database_url: str, tmp_path: Path
) -> None:
    database = open_database(f"{database_url}?timeout=0.01")

    with (
        held(tmp_path / "points.db"),
        database.writer.connect() as connection,
        pytest.raises(OperationalError, match="locked"),
    ):
        connection.begin()

    assert pragma(database, "busy_timeout") == 10
    database.dispose()


@ON_SQLITE
def test_a_file_is_the_same_by_whatever_link_it_is_named(
    tmp_path: Path, database: Database
) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "other.db").symlink_to(tmp_path / "points.db")

    other = open_database(f"sqlite:///{tmp_path}/links/other.db")

    assert other.lock_file == database.lock_file == tmp_path / "points.db.turn"


@ON_SQLITE
def test_processes_take_turns(database_url: str, tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("0")
    arguments = (COUNTING, database_url, str(count))

    with start(*arguments) as one, start(*arguments) as two, start(*arguments) as three:
        everyone = (one, two, three)
        assert [line_of(process) for process in everyone] == ["ready"] * 3
        for process in everyone:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()

    assert count.read_text() == "600"


@ON_SQLITE
def test_threads_take_turns(database: Database, tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("0")

    def add() -> None:
        for _ in range(100):
            with database.turn():
                count.write_text(str(int(count.read_text()) + 1))

    threads = [Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count.read_text() == "400"


@ON_SQLITE
def test_a_turn_ends_with_the_process_that_took_it(database_url: str, database: Database) -> None:
    with start(TAKING, database_url) as process:
        assert line_of(process) == "taken"
        process.kill()

    with database.turn():
        pass


def test_who_has_a_turn_need_not_wait_for_another(database: Database) -> None:
    with database.turn(), transaction(database) as connection:
        connection.execute(text("UPDATE chain SET last_at = 1"))
        with database.turn():
            found = connection.execute(text("SELECT last_at FROM chain")).scalars().all()

    assert set(found) == {1}


def test_without_its_folder_nobody_gets_a_turn(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/gone/points.db")

    with pytest.raises(NoTurn), database.turn():
        pass

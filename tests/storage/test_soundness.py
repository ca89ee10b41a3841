"""What the database says of itself."""

import sqlite3

import pytest
from sqlalchemy import text

from points.service.transactions import snapshot, transaction
from points.storage import soundness
from points.storage.engine import Database
from tests.books import fill
from tests.cheat import cheats_engine


def test_a_new_database_is_sound(database: Database) -> None:
    with snapshot(database) as connection:
        assert soundness.damage(connection) == []
        assert soundness.broken_keys(connection) == []
        assert list(soundness.not_numbers(connection)) == []
        assert soundness.unguarded(connection) == []


def test_all_tables_of_the_book_are_known() -> None:
    assert {table.name for table in soundness.TABLES} == {
        *("operation", "entry", "request", "batch", "chain", "anchor"),
        *("account", "lot", "slip"),
        *("cases", "settlement"),
        *("allowance", "pin", "one_time_code"),
    }


def test_a_missing_guard_is_named(database: Database) -> None:
    on = "" if database.is_sqlite else " ON batch"
    with transaction(database) as connection:
        connection.execute(text(f"DROP TRIGGER batch_refuses_delete{on}"))

    with snapshot(database) as connection:
        assert soundness.unguarded(connection) == ["batch_refuses_delete"]


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite's cannot be put to sleep
@pytest.mark.parametrize("mode", ["DISABLE", "ENABLE", "ENABLE REPLICA"])
def test_a_sleeping_guard_is_named(database: Database, mode: str) -> None:
    with transaction(database) as connection:
        connection.execute(text(f"ALTER TABLE entry {mode} TRIGGER entry_refuses_update"))

    with snapshot(database) as connection:
        assert soundness.unguarded(connection) == ["entry_refuses_update"]


@pytest.mark.parametrize("engine_name", ["sqlite"])  # PostgreSQL's types cannot be got round
def test_a_table_made_anew_without_types_is_looked_at(database: Database) -> None:
    with transaction(database) as connection:
        for change in (
            "CREATE TABLE loose AS SELECT * FROM chain",
            "DROP TABLE chain",
            "ALTER TABLE loose RENAME TO chain",
        ):
            connection.execute(text(change))
    with snapshot(database) as connection:
        assert list(soundness.not_numbers(connection)) == []
    with transaction(database) as connection:
        connection.execute(text("UPDATE chain SET last_at = 1.5 WHERE id < 2"))

    with snapshot(database) as connection:
        assert list(soundness.not_numbers(connection)) == [("chain", "last_at", 2)]


@pytest.mark.parametrize("engine_name", ["sqlite"])  # PostgreSQL lets nobody break a key
def test_a_row_that_points_to_nothing_is_named(database: Database) -> None:
    fill(database, steps=1)
    engine = cheats_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE card SET household = 999 WHERE id = 1"))
    engine.dispose()

    with snapshot(database) as connection:
        assert soundness.broken_keys(connection) == [("card", 1)]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_rule_that_was_broken_is_damage(database: Database) -> None:
    engine = cheats_engine(database)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO account VALUES (281474976710657, -1, 0, 0)"))
    engine.dispose()

    with snapshot(database) as connection:
        assert soundness.damage(connection) == ["CHECK constraint failed in account"]


def test_a_version_with_a_known_bug_is_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with snapshot(database) as connection:
        found = []
        for version in ((3, 51, 2), (3, 51, 3), (3, 53, 0)):
            monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
            found.append(soundness.outdated_version(connection) is not None)

    assert found == [database.is_sqlite, False, False]


def test_whether_pages_are_checked_is_told(database: Database) -> None:
    with snapshot(database) as connection:
        asked = "SELECT 'on'" if database.is_sqlite else "SHOW data_checksums"
        told = connection.execute(text(asked)).scalar_one()

        assert soundness.checks_pages(connection) is (told == "on")

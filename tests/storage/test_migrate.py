import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from zipfile import ZipFile

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

from points import storage
from points.domain.chain import record_hash
from points.domain.findings import Code
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage import migrate as subject
from points.storage import migrations
from points.storage.engine import Database, open_database
from points.storage.locks import first_chains
from points.storage.migrate import NewerDatabase, is_current, migrate
from points.storage.triggers import missing_guards
from tests.elsewhere import ROOT, line_of, start
from tests.engines import ON_SQLITE

# Everything that a table is, as the server itself spells it: columns, rules, indexes, options.
POSTGRESQL_SHAPE = """
SELECT c.relname, 'column', a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
                 pg_get_expr(d.adbin, d.adrelid))
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT c.relname, 'rule', n.conname, pg_get_constraintdef(n.oid)
  FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
 WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT tablename, 'index', indexname, replace(indexdef, schemaname || '.', '')
  FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL
SELECT relname, 'options', '', reloptions::text
  FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MIGRATING = """
import sys
import points
from points.storage.engine import open_database
from points.storage.migrate import migrate

database = open_database(sys.argv[1])
print(points.__file__, flush=True)
migrate(database)
print("migrated")
"""
FURTHER = """
import sqlalchemy as sa
from alembic import op
from points.storage.triggers import guard

revision = "9999"
down_revision = "{}"

def upgrade():
"""
REBUILD = """
    with op.batch_alter_table("request", recreate="always") as request:
        request.add_column(sa.Column("note", sa.Text))
"""
SQLITE_SHAPE = "SELECT tbl_name, type, name, sql FROM sqlite_master WHERE type <> 'trigger'"


def shape_of(connection: Connection) -> set[tuple[str, ...]]:
    is_sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(text(SQLITE_SHAPE if is_sqlite else POSTGRESQL_SHAPE))
    return {
        tuple(_spelled_alike(" ".join(str(part).split())) for part in row)
        for row in rows
        if row[0] != "alembic_version"
    }


def _spelled_alike(part: str) -> str:
    """Put the rules of a table in order: one that SQLite has rebuilt lists them in another."""
    if not part.startswith("CREATE TABLE"):
        return part
    head, _, body = part.replace('"', "").partition(" ( ")
    lines, _, options = body.rpartition(" )")
    return f"{head} ( {', '.join(sorted(re.split(', (?=CONSTRAINT )', lines)))} ){options}"


@pytest.fixture
def blank(blank_database_url: str) -> Iterator[Database]:
    opened = open_database(blank_database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def further_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Add a step after all there are, made of these lines."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, folder)
    config = subject._config()
    config.set_main_option("script_location", str(folder))
    monkeypatch.setattr(subject, "_config", lambda: config)

    def add(lines: str) -> None:
        (head,) = ScriptDirectory(str(folder)).get_heads()
        (folder / "versions" / "9999_further.py").write_text(FURTHER.format(head) + lines)

    return add


def test_a_migrated_database_is_what_the_row_classes_say(
    database: Database, blank: Database
) -> None:
    for module in iter_modules(storage.__path__):
        import_module(f"points.storage.{module.name}")
    with transaction(blank) as connection:
        SQLModel.metadata.create_all(connection)
        expected = shape_of(connection)

    with snapshot(database) as connection:
        found = shape_of(connection)
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert found == expected
    assert [one for one in differences if one[1].name != "alembic_version"] == []


@ON_SQLITE
def test_every_table_on_sqlite_is_strict(database: Database) -> None:
    with snapshot(database) as connection:
        loose = connection.execute(
            text("SELECT name FROM pragma_table_list WHERE NOT strict AND name NOT LIKE 'sqlite%'")
        ).scalars()

        assert list(loose) == ["alembic_version"]


def test_a_new_book_has_its_chains_and_its_guards(database: Database) -> None:
    with snapshot(database) as connection:
        chains = connection.execute(text("SELECT * FROM chain ORDER BY id")).mappings()
        expected = [one | {"last_at": 0} for one in first_chains()]

        assert [dict(row) for row in chains] == expected
        assert missing_guards(connection) == []


def test_migrating_is_done_once(blank: Database) -> None:
    before = is_current(blank)

    migrate(blank)
    after = is_current(blank)
    migrate(blank)

    assert (before, after, is_current(blank)) == (False, True, True)


def test_two_that_migrate_at_once_both_succeed(blank: Database, blank_database_url: str) -> None:
    with (
        start(MIGRATING, blank_database_url) as first,
        start(MIGRATING, blank_database_url) as second,
    ):
        told = [first.communicate()[0], second.communicate()[0]]

    assert [answer.split()[1:] for answer in told] == [["migrated"], ["migrated"]]
    assert is_current(blank)


def test_one_that_migrates_waits_for_another(blank: Database, blank_database_url: str) -> None:
    with ExitStack() as until_we_are_done:
        connection = until_we_are_done.enter_context(transaction(blank))
        subject._wait_for_others(connection)
        with start(MIGRATING, blank_database_url) as other:
            line_of(other)  # it has come as far as the door
            before = is_current(blank)
            until_we_are_done.close()
            told = line_of(other)

    assert (before, told, is_current(blank)) == (False, "migrated", True)


def test_a_database_of_a_newer_release_is_refused(database: Database) -> None:
    with transaction(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerDatabase, match="9999"):
        migrate(database)

    assert not is_current(database)


def test_a_step_that_fails_leaves_nothing_behind(
    blank: Database, further_step: Callable[[str], None]
) -> None:
    further_step('    op.create_table("half", sa.Column("id", sa.Integer)); op.drop_table("none")')

    with pytest.raises(DBAPIError):
        migrate(blank)

    with snapshot(blank) as connection:
        assert shape_of(connection) == set()


def test_a_table_that_a_later_step_rebuilds_keeps_its_rules(
    database: Database, further_step: Callable[[str], None]
) -> None:
    with snapshot(database) as connection:
        before = inspect(connection).get_check_constraints("request")
    further_step(REBUILD + '    guard(op.get_bind(), ["request"])')

    migrate(database)

    with snapshot(database) as connection:
        again = inspect(connection)
        assert again.get_check_constraints("request") == before
        assert again.get_table_options("request").get("sqlite_strict", True)
        assert {column["name"] for column in again.get_columns("request")} >= {"note"}
        assert missing_guards(connection) == []


def test_what_guards_a_rebuilt_table_is_missed_when_not_put_up_again(
    database: Database, engine_name: str, further_step: Callable[[str], None]
) -> None:
    further_step(REBUILD)

    migrate(database)

    with snapshot(database) as connection:
        missed = ["request_refuses_update", "request_refuses_delete"]
        assert missing_guards(connection)[:2] == missed


def test_a_step_that_breaks_a_reference_is_taken_back(
    database: Database, further_step: Callable[[str], None]
) -> None:
    with transaction(database) as connection:
        connection.execute(text("INSERT INTO household (id, added_at) VALUES (1, 0)"))
        connection.execute(text("INSERT INTO resident (id, household, added_at) VALUES (1, 1, 0)"))
    further_step("    op.execute('DELETE FROM household')")

    with pytest.raises((AssertionError, IntegrityError)):
        migrate(database)

    with snapshot(database) as connection:
        assert connection.execute(text("SELECT count(*) FROM household")).scalar_one() == 1


def test_references_are_enforced_again_after_migrating(database: Database) -> None:
    migrate(database)

    with pytest.raises(IntegrityError), transaction(database) as connection:
        connection.execute(
            text("INSERT INTO resident (id, household, added_at) VALUES (1, 404, 0)")
        )


def test_an_installed_package_brings_its_migrations(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    ZipFile(wheel).extractall(installed)

    with start(MIGRATING, f"sqlite:///{tmp_path}/points.db", folder=installed) as process:
        told = line_of(process), line_of(process)

    assert told == (str(installed / "points" / "__init__.py"), "migrated")


# What a book held before batches noted anything: a refusal, two allowances, a PIN and a code.
BEFORE_NOTES = (
    "INSERT INTO household (id, added_at) VALUES (1, 0)",
    (
        "INSERT INTO card (id, number, fingerprint, household, state, printed_at)"
        " VALUES (1, '000000001', :bytes, 1, 'active', 0)"
    ),
    (
        "INSERT INTO request (key, scope, fingerprint, status, reason, details, answered_at, seal)"
        " VALUES ('k', 'device:4', :bytes, 'refused', 'closed', '{}', 5, :seal)"
    ),
    (
        "INSERT INTO allowance (number, fingerprint, household, points_max, last_day, is_confirmed,"
        " made_at, ended_at, spent)"
        " VALUES ('000000007', :bytes, 1, 9, '2019-12-07', 1, 0, NULL, 0),"
        " ('000000008', :seal, 1, 9, '2019-12-07', 1, 0, 5, 0)"
    ),
    "INSERT INTO pin (household, salt, hash, set_at, tries) VALUES (1, :bytes, :bytes, 0, 2)",
    "INSERT INTO one_time_code (hash, card, made_at, is_confirmed) VALUES (:bytes, 1, 0, 0)",
)


# Cases from before batches noted them: a phone's, which was settled, and an operation's.
BEFORE_NOTED_CASES = (
    (
        "INSERT INTO cases (id, kind, reference, opened_at, device, is_offline, details, seal)"
        " VALUES (1, 'journal_gap', 'gap', 0, 'device:4', 0, '{}', :gap),"
        " (2, 'limit_exceeded', 'over', 0, 'device:4', 0, '{}', :some)"
    ),
    (
        "INSERT INTO settlement (id, key, decision, settled_by, name, note, settled_at, seal)"
        " VALUES (1, 'k', 'noted', 'operator', '', '', 5, :settled)"
    ),
)


def test_cases_from_before_batches_noted_them_are_noted(blank: Database) -> None:
    gap = record_hash(
        ("journal_gap", "gap", 0, "device:4", None, None, None, None, None, None, 0, "{}")
    )
    settled = record_hash((1, "k", "noted", "operator", 5, None))
    with transaction(blank) as connection:
        config = subject._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0014")
        given = {"gap": gap, "some": bytes(32), "settled": settled}
        for statement in BEFORE_NOTED_CASES:
            used = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), used)

    migrate(blank)

    with snapshot(blank) as connection:
        [noted] = connection.execute(text("SELECT notes FROM batch")).scalars()
        assert noted == f"case:2:{bytes(32).hex()} settlement:1:{settled.hex()}"
    found = verify(blank, now=datetime(2020, 1, 1, tzinfo=UTC)).findings
    # The one without its operation is named, as it was before; what was right stays right.
    assert [(one.code, dict(one.about)) for one in found] == [(Code.CASE_DIFFERS, {"case": 2})]


def test_what_was_refused_and_allowed_before_batches_noted_it_is_noted(blank: Database) -> None:
    some = bytes([7]) * 32
    seal = record_hash(("device:4", "k", some, "closed", "{}", 5))
    with transaction(blank) as connection:
        config = subject._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0012")
        for statement in BEFORE_NOTES:
            given = {"bytes": some, "seal": seal}
            used = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), used)

    migrate(blank)

    noted = "SELECT chain, batch FROM request UNION ALL SELECT id, number FROM chain WHERE id = 0"
    with snapshot(blank) as connection:
        assert [tuple(row) for row in connection.execute(text(noted))] == [(0, 1), (0, 2)]
        assert missing_guards(connection) == []
    assert verify(blank, now=datetime(2020, 1, 1, tzinfo=UTC)).findings == ()

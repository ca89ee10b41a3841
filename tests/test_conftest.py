import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from points.storage.engine import Database

VERSION_OF = {
    "sqlite": "SELECT 'SQLite ' || sqlite_version()",
    "postgresql": "SELECT version()",
}
SKIPPED = """
import pytest

def test_skipped(): pytest.skip("no server here")

@pytest.mark.xfail(strict=True)
def test_known_to_fail(): assert False
"""


def run_pytest(folder: Path, *, source: str, environment: dict[str, str]) -> str:
    (folder / "test_sample.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    ended = subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        env=inherited | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ended.stdout.splitlines()[-1]


def test_the_engine_that_runs_is_the_one_in_the_tests_name(
    database: Database, engine_name: str
) -> None:
    with database.reader.connect() as connection:
        version = connection.execute(text(VERSION_OF[engine_name])).scalar_one()

    assert version.split()[0].lower() == engine_name


def test_each_test_gets_a_database_that_no_other_test_has_touched(database: Database) -> None:
    mark = text("CREATE TABLE mark (id INTEGER)")

    with database.turn(), database.writer.begin() as connection:
        connection.execute(mark)  # would fail the second time in one database


@pytest.mark.parametrize(
    ("environment", "verdict"),
    [({}, "1 skipped, 1 xfailed"), ({"CI": "true"}, "1 failed, 1 xfailed")],
    ids=["elsewhere", "in CI"],
)
def test_a_test_that_skips_itself_fails_in_ci(
    tmp_path: Path, environment: dict[str, str], verdict: str
) -> None:
    assert verdict in run_pytest(tmp_path, source=SKIPPED, environment=environment)

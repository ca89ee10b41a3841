"""Opening the book from the command line: every way in which that fails is one sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from points.cli.door import trouble_told
from points.service.transactions import transaction
from points.storage.engine import Database, open_database
from tests.cli.terminal import Desk, run
from tests.postgres import running_postgres

CARD = ("cards", "show", "271836501")


def fails(*arguments: str, url: str, language: str = "en") -> tuple[int, str]:
    result = run(*arguments, "--database", url, language=language)
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/points",
        "points.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///points.db?timeout=soon",
        "postgresql://somebody:secret@localhost:port/points",
        "postgresql://somebody:secret@[::1/points",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_address_that_is_none_is_said_without_its_password(url: str, language: str) -> None:
    code, said = fails(*CARD, url=url, language=language)

    assert code == 2
    assert len(said.splitlines()) == 1
    assert "secret" not in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://somebody:secret@127.0.0.1:1/points",
        "postgresql://somebody:secret@127.0.0.1:1/points?sslmode=perhaps",
        "postgresql://somebody:secret@127.0.0.1:1/points?colour=green",
        "postgresql:///points?host=/no/such/folder",
    ],
)
def test_a_server_that_is_not_there_is_said_in_one_line_without_the_password(url: str) -> None:
    code, said = fails(*CARD, url=url)

    assert code == 1
    assert said.startswith("The database cannot be used now: ")
    assert len(said.splitlines()) == 1
    assert "secret" not in said


@pytest.mark.parametrize(
    "command", [CARD, ("heads", "check", "x"), ("programme", "load", __file__)]
)
def test_a_file_that_is_not_there_is_said_so_and_not_made(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "points.db"
    programme = tmp_path / "fair.toml"
    programme.write_text('[programme]\nname="a"\nzone="Asia/Shanghai"\nexpires="never"\n')
    asked = [str(programme) if one == __file__ else one for one in command]

    code, said = fails(*asked, url=f"sqlite:///{path}")

    assert (code, said) == (
        1,
        f"There is no database file {path}; `points migrate` makes one.\n",
    )
    assert not path.exists()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_text("Dear committee, " * 100)

    assert fails(*CARD, url=f"sqlite:///{path}") == (
        1,
        "The database cannot be used now: file is not a database\n",
    )
    assert path.read_text() == "Dear committee, " * 100


def test_a_database_without_tables_is_said_so(blank_database_url: str) -> None:
    run_in = open_database(blank_database_url)  # SQLite makes the file
    with run_in.writer.connect() as connection:
        connection.execute(text("SELECT 1"))
    run_in.dispose()

    assert fails(*CARD, url=blank_database_url) == (
        1,
        "The database is not ready. Run `points migrate` first.\n",
    )


def test_a_database_of_a_newer_release_is_said_so(database: Database, database_url: str) -> None:
    with transaction(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'the future'"))

    english, chinese = (
        fails("migrate", url=database_url, language=language) for language in ("en", "zh")
    )

    assert english == (
        2,
        "The database belongs to a newer release of points: it holds step the future\n",
    )
    assert chinese == (2, "数据库属于更新版本的 points：里面有步骤 the future\n")
    assert fails(*CARD, url=database_url)[0] == 1


def test_a_database_that_may_forget_is_refused() -> None:
    with running_postgres(fsync="off") as server:
        url = server.create_database("points")

        assert fails("migrate", url=url) == (
            2,
            "The database is set up unsafely: PostgreSQL fsync is off; it must be on\n",
        )
        assert fails("migrate", url=url, language="zh") == (
            2,
            "数据库的设置不安全：PostgreSQL fsync 是 off，应该是 on\n",
        )


def test_a_database_that_somebody_else_holds_is_said_to_be_locked(sqlite_desk: Desk) -> None:
    url = f"{sqlite_desk.url}?timeout=0"
    sqlite_desk.database.dispose()

    with held(sqlite_desk.url):
        code, said = fails("cards", "freeze", "271836501", url=url)

    assert (code, said) == (1, "The database cannot be used now: database is locked\n")


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold a SQLite file as another program does that was left open in a transaction."""
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_a_setting_that_is_not_allowed_is_named() -> None:
    result = run(*CARD, language="zh", POINTS_PORT="http")

    assert (result.exit_code, result.stderr) == (
        2,
        "设置不对：POINTS_PORT 写的是 'http'，应是 1 到 65535\n",
    )


def test_a_book_without_a_programme_asks_for_one(database: Database, database_url: str) -> None:
    code, said = fails("devices", "add", "--booth", "4", "--role", "redeem", url=database_url)

    assert code == 1
    assert said.startswith("There is no programme yet. Run `points programme load")


def test_a_fault_of_ours_is_not_taken_for_the_databases() -> None:
    with pytest.raises(IntegrityError), trouble_told():
        raise IntegrityError("INSERT", {}, Exception("UNIQUE"))


def test_the_command_lines_word_comes_before_the_environments(sqlite_desk: Desk) -> None:
    result = run(
        *CARD, "--database", sqlite_desk.url, POINTS_DATABASE_URL="sqlite:////no/such/file"
    )

    assert (result.exit_code, result.stderr) == (1, "There is no such card.\n")


@pytest.mark.parametrize("command", ["migrate", "sweep"])
@pytest.mark.parametrize(("language", "said"), [("zh", "没有文件夹 "), ("en", "no folder ")])
def test_a_missing_folder_is_named(tmp_path: Path, command: str, language: str, said: str) -> None:
    gone = tmp_path / "gone"

    result = run(command, "--database", f"sqlite:///{gone}/x.db", language=language)

    assert (result.exit_code, f"{said}{gone}" in result.stderr) == (1, True), result.stderr
    assert "Errno" not in result.stderr

"""Backing up at the command line. What a copy must be is tested with the floor that makes it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from points.cli.backing_up import WORDS, app
from points.storage.backups import BackupFault

ROOT = Path(__file__).parents[2]
POSTGRESQL = "postgresql://somebody:secret@127.0.0.1:1/points"


def run(*arguments: str | Path, language: str = "en") -> Result:
    return CliRunner(env={"POINTS_LANGUAGE": language}).invoke(app, [str(one) for one in arguments])


@pytest.fixture
def book(migrated_sqlite: Path) -> str:
    return f"sqlite:///{migrated_sqlite}"


def test_a_book_is_backed_up_and_restored(book: str, tmp_path: Path) -> None:
    backup, restored = tmp_path / "backup", tmp_path / "restored.db"

    kept = run("backup", backup, "--database", book)
    again = run("restore", backup, "--database", f"sqlite:///{restored}")

    assert (kept.exit_code, kept.stderr.strip()) == (0, "")
    assert kept.stdout == f"The backup is {backup}.\n"
    assert (again.exit_code, again.stderr.strip()) == (0, "")
    assert "points verify" in again.stdout
    with closing(sqlite3.connect(restored)) as connection:
        assert connection.execute("SELECT count(*) FROM chain").fetchone() == (8,)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "{}: it is there already; to replace it, say --force"),
        ("zh", "{}：已经有这个文件；确实要替换请加 --force"),
    ],
)
def test_what_is_there_is_replaced_only_by_force(
    book: str, tmp_path: Path, language: str, said: str
) -> None:
    backup = tmp_path / "backup"
    backup.write_text("precious")

    refused = run("backup", backup, "--database", book, language=language)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.strip() == said.format(backup)
    assert backup.read_text() == "precious"
    assert run("backup", backup, "--database", book, "--force").exit_code == 0
    assert backup.read_bytes().startswith(b"SQLite format 3")


def test_a_file_that_is_no_backup_is_not_restored(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear committee, " * 100)

    refused = run("restore", letter, "--database", f"sqlite:///{tmp_path / 'points.db'}")

    assert refused.exit_code == 1
    assert "this is no book of points" in refused.stderr
    assert not (tmp_path / "points.db").exists()


@pytest.mark.parametrize(
    ("command", "tool"), [("backup", "pg_dump --format=custom"), ("restore", "pg_restore ")]
)
def test_postgresql_is_sent_to_its_own_tools_without_being_asked_anything(
    tmp_path: Path, command: str, tool: str
) -> None:
    sent = run(command, tmp_path / "file", "--database", POSTGRESQL)

    assert sent.exit_code == 2
    assert tool in sent.stderr
    assert "docs/backup.md" in sent.stderr
    assert "secret" not in sent.stderr


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "{}: there is no such file or folder\n"),
        ("zh", "{}：没有这个文件或文件夹\n"),
    ],
)
def test_a_folder_that_is_not_there_is_told_in_a_sentence(
    book: str, tmp_path: Path, language: str, told: str
) -> None:
    nowhere = tmp_path / "none" / "backup"

    refused = run("backup", nowhere, "--database", book, language=language)

    assert (refused.exit_code, refused.stderr) == (1, told.format(nowhere))


def test_an_address_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert run("backup", tmp_path / "file", "--database", "mysql://host/points").exit_code == 2


def test_every_fault_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(BackupFault)


@pytest.mark.parametrize("command", ["pg_dump --format=custom", "pg_restore --dbname", "points"])
def test_the_document_shows_the_commands_that_are_named(command: str) -> None:
    assert command in (ROOT / "docs" / "backup.md").read_text("utf-8")

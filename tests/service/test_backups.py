"""Backups of a book that is being written, and what they are for: starting again from one."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, select

from points.domain.verifying import Result
from points.service.backups import back_up, restore
from points.service.posting import make_book, post
from points.service.transactions import snapshot
from points.service.verifying import verify
from points.storage.backups import BackupFault, NotCopied
from points.storage.columns import table_of
from points.storage.engine import Database, open_database
from points.storage.ledger import AccountRow, OperationRow
from tests.drills.ground import asked_by, now, prepare_ground
from tests.drills.writing import answer_of, writing
from tests.postgres import Server, _shipped_programs


def unseen(_copied: int, _total: int) -> None:
    """Watch nothing."""


def balances_in(database: Database) -> dict[int, int]:
    with snapshot(database) as connection:
        rows = connection.execute(select(table_of(AccountRow)))
        return {row.id: row.balance for row in rows}


def keys_in(database: Database) -> set[str]:
    with snapshot(database) as connection:
        return set(connection.execute(select(table_of(OperationRow).c.key)).scalars())


class Vault:
    """Keeps a backup outside the database and makes a new database of it, on either engine."""

    def __init__(self, stack: ExitStack, folder: Path, server: Server | None) -> None:
        self._stack = stack
        self._file = folder / "yesterday"
        self._server = server

    def keep(self, database: Database) -> None:
        if self._server is None:
            back_up(database, self._file, progress=unseen)
        else:
            # As docs/backup.md says.
            self._run("pg_dump", "--format=custom", f"--file={self._file}", _plain(database))

    def bring_back(self) -> Database:
        restored = open_database(self._new_url())
        self._stack.callback(restored.dispose)
        if self._server is None:
            restore(self._file, restored, progress=unseen)
        else:
            to = f"--dbname={_plain(restored)}"
            self._run("pg_restore", "--single-transaction", "--exit-on-error", to, str(self._file))
        return restored

    def _new_url(self) -> str:
        if self._server is None:
            return f"sqlite:///{self._file.with_name('restored.db')}"
        name = f"restored_{uuid4().hex}"
        self._stack.callback(self._server.drop_database, name)
        return self._server.create_database(name)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([_shipped_programs() / program, *arguments], check=True)


def _plain(database: Database) -> str:
    url = make_url(database.writer.url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


@pytest.fixture
def vault(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Vault]:
    server = request.getfixturevalue("postgres") if engine_name == "postgresql" else None
    with ExitStack() as stack:
        yield Vault(stack, tmp_path, server)


def test_a_backup_taken_while_two_processes_write_is_one_state_of_the_book(
    database: Database, database_url: str, tmp_path: Path, vault: Vault
) -> None:
    ground = prepare_ground(database)

    with writing(database_url, ground.phone, tmp_path, processes=2) as writers:
        writers.wait_for(20)
        before = writers.noted()
        vault.keep(database)
        writers.wait_for(20)
    restored = vault.bring_back()

    assert verify(restored, now=now()).result is Result.CLEAN
    accepted_before = {
        key for one in before for key, said in one.answers.items() if said["code"] is None
    }
    assert accepted_before <= keys_in(restored) < keys_in(database)


def test_yesterdays_backup_and_what_the_phones_send_again_give_todays_balances(
    database: Database, database_url: str, tmp_path: Path, vault: Vault
) -> None:
    ground = prepare_ground(database)
    with writing(database_url, ground.phone, tmp_path, processes=2) as writers:
        writers.wait_for(20)
        vault.keep(database)
        writers.wait_for(20)
    restored = vault.bring_back()
    assert balances_in(restored) != balances_in(database)

    book = make_book(restored, now)
    noted = writers.noted()
    # Each phone in its own order, one phone after the other.
    answers = {
        key: answer_of(post(book, [asked_by(ground.phone, sent)])[0])
        for phone in noted
        for key, sent in phone.sent.items()
    }

    assert answers == {key: said for phone in noted for key, said in phone.answers.items()}
    assert balances_in(restored) == balances_in(database)
    assert verify(restored, now=now()).result is Result.CLEAN


def test_a_book_that_is_not_there_is_not_backed_up(tmp_path: Path) -> None:
    missing = open_database(f"sqlite:///{tmp_path / 'points.db'}")

    with pytest.raises(NotCopied) as refused:
        back_up(missing, tmp_path / "backup", progress=unseen)

    assert refused.value.fault is BackupFault.MISSING
    assert list(tmp_path.iterdir()) == []


def test_a_book_is_not_backed_up_over_itself(migrated_sqlite: Path, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{migrated_sqlite}")
    other_name = tmp_path / "backup"
    other_name.symlink_to(migrated_sqlite)

    with pytest.raises(NotCopied) as refused:
        back_up(database, other_name, overwrites=True, progress=unseen)

    assert refused.value.fault is BackupFault.ITSELF
    database.reader.dispose()

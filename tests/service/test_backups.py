"""Backups of a book that is being written, and what they are for: starting again from one."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, select

from points.domain.access import OPERATOR
from points.domain.cases import Decision
from points.domain.facts import Accepted, Refused
from points.domain.outcomes import Refusal
from points.domain.verifying import Result
from points.service.backups import back_up, restore
from points.service.cases import Matter, Settling, settle_case
from points.service.posting import make_book, post
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage.access import add_credential
from points.storage.backups import BackupFault, NotCopied
from points.storage.columns import table_of
from points.storage.engine import Database, open_database
from points.storage.ledger import AccountRow, OperationRow
from tests.build import ask, make_redeem
from tests.drills.ground import asked_by, now, prepare_ground
from tests.drills.writing import answer_of, writing
from tests.goods import PHONE, lease
from tests.market import LI, LI_CARD, SINCE_EVER, WANG, WANG_CARD
from tests.postgres import Server, _shipped_programs
from tests.save import WallClock, open_market


def unseen(_copied: int, _total: int) -> None:
    """Watch nothing."""


def balances_in(database: Database) -> dict[int, int]:
    with snapshot(database) as connection:
        rows = connection.execute(select(table_of(AccountRow)))
        return {row.id: row.balance for row in rows}


def keys_in(database: Database) -> set[str]:
    with snapshot(database) as connection:
        return set(connection.execute(select(table_of(OperationRow).c.key)).scalars())


def spent_in(database: Database) -> dict[int, int]:
    """Tell how many points each household gave for goods."""
    with snapshot(database) as connection:
        rows = connection.execute(select(table_of(OperationRow)))
        return {row.household: -row.points for row in rows if row.kind == "redeem"}


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


def test_goods_handed_out_since_the_backup_wait_for_a_person_unless_they_were_leased(
    database: Database, vault: Vault
) -> None:
    clock = WallClock()
    book = open_market(database, points={WANG: 1000, LI: 1000}, clock=clock)
    with transaction(database) as connection:
        add_credential(connection, PHONE, name="4", token_hash=bytes(32), added_at=SINCE_EVER)
    post(book, [ask(lease(1), by=PHONE)])
    vault.keep(database)
    live = [make_redeem(card=card) for card in (WANG_CARD, LI_CARD)]
    asked = [ask(one, by=PHONE, key=one.card) for one in live]
    assert [type(one) for one in post(book, asked)] == [Accepted, Accepted]

    clock.now += timedelta(days=2)
    restored = make_book(vault.bring_back(), clock)
    plain = post(restored, asked)
    late = [ask(replace(one, is_offline=True), by=PHONE, key=one.card) for one in live]
    leased, kept = post(restored, late)

    # What is days old and does not say so is turned away, and not for good.
    assert plain == [Refused(reason=Refusal.CLOCK_OFF)] * 2
    assert isinstance(leased, Accepted)
    assert isinstance(kept, Refused)
    assert (kept.reason, kept.details["doubts"]) == (Refusal.IN_REVIEW, "out_of_stock")
    assert kept.case is not None
    approval = Settling(
        case=kept.case,
        key="approval",
        decision=Decision.APPROVE,
        note="they have it",
        by=OPERATOR,
        name="Chen",
    )
    assert isinstance(settle_case(restored, approval, now=clock()), Matter)
    assert spent_in(restored.database) == spent_in(database) == {WANG: 30, LI: 30}
    assert verify(restored.database, now=clock()).result is Result.CLEAN


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

"""Verifying a real book on a real database. Single values changed: see `test_tampering.py`."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from points.domain.access import OPERATOR
from points.domain.findings import Code, GapReason
from points.domain.operations import Adjust
from points.domain.verifying import Mode, Report, Result, Stage
from points.service.posting import post
from points.service.transactions import transaction
from points.service.verifying import check_book, verify
from points.service.verifying_run import Run
from points.storage.engine import Database, open_database
from tests.books import LATER, fill
from tests.build import ask
from tests.cheat import cheats_engine, do, guards_asleep, seal_anew
from tests.market import LI, NOW

JOURNAL = (("request", "operation"), ("entry", "operation"), ("operation", "id"))
"""Tables and columns that hold operations, in the order in which one can be removed."""

A_REDEMPTION = "SELECT min(id) FROM operation WHERE kind = 'redeem' AND evidence <> 'offline'"


def check(connection: Connection, mode: Mode = Mode.FULL) -> Report:
    run = Run(now=LATER, mode=mode)
    check_book(run, connection)
    return run.report()


def codes(report: Report) -> set[Code]:
    return {finding.code for finding in report.findings}


def reasons(report: Report) -> set[GapReason]:
    return {gap.reason for gap in report.gaps}


def batches(connection: Connection) -> int:
    return int(connection.execute(text("SELECT max(number) FROM batch")).scalar_one())


def test_a_whole_book_is_clean(whole_book: Database) -> None:
    report = verify(whole_book, now=LATER)

    assert (report.findings, report.gaps) == ((), ())
    assert (report.result, report.exit_code) == (Result.CLEAN, 0)
    assert min(report.counts[name] for name in ("operations", "entries", "batches", "lots")) > 20


@pytest.mark.parametrize("seed", range(1, 4))
def test_any_book_that_was_posted_is_clean(database: Database, seed: int) -> None:
    posted = fill(database, seed=seed, steps=60, leap_at=50)

    report = verify(database, now=posted.clock())

    assert (report.findings, report.gaps) == ((), ())


def test_an_empty_book_is_clean(database: Database) -> None:
    assert verify(database, now=LATER).result is Result.CLEAN


def test_an_operation_that_is_gone_is_missed(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        gone = spoilt.execute(text(A_REDEMPTION)).scalar_one()
        for table, column in JOURNAL:
            do(spoilt, f"DELETE FROM {table} WHERE {column} = {gone}")

    assert {Code.OPERATION_MISSING, Code.BATCH_CHANGED} <= codes(check(spoilt))


def test_an_operation_added_behind_the_books_back_stands_in_no_batch(spoilt: Connection) -> None:
    columns = (
        "batch, kind, fingerprint, evidence, occurred_at, posted_at, local_day, household, event,"
        " booth, item, version, quantity, points, expired, balance_after, details"
    )
    with guards_asleep(spoilt):
        do(
            spoilt,
            f"INSERT INTO operation (id, chain, scope, key, {columns})"
            f" SELECT 1000000, chain, scope, 'more', {columns} FROM operation WHERE id ="
            " (SELECT min(id) FROM operation WHERE kind = 'earn')",
        )

    found = codes(check(spoilt))

    assert {Code.OPERATION_UNSEALED, Code.REQUEST_MISSING} <= found


def test_amounts_that_changed_places_are_named(spoilt: Connection) -> None:
    amounts = "SELECT operation, amount FROM entry WHERE line = 0 AND operation IN (1, 3)"
    with guards_asleep(spoilt):
        first, second = spoilt.execute(text(f"{amounts} ORDER BY operation")).all()
        assert first.amount != second.amount
        for operation, amount in ((1, second.amount), (3, first.amount)):
            do(spoilt, f"UPDATE entry SET amount = {amount} WHERE operation = {operation}")

    assert {Code.BATCH_CHANGED, Code.OPERATION_QUANTITY} <= codes(check(spoilt))


def test_a_batch_forged_with_its_hash_does_not_join_the_next(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        forged = "(SELECT min(id) FROM operation WHERE kind = 'earn')"
        do(spoilt, f"UPDATE operation SET evidence = 'live', booth = 'x' WHERE id = {forged}")
        number = spoilt.execute(text(f"SELECT batch FROM operation WHERE id = {forged}"))
        seal_anew(spoilt, first=(batch := int(number.scalar_one())), last=batch)

    assert codes(check(spoilt)) == {Code.BATCH_UNLINKED}


def test_a_chain_forged_to_its_end_is_told_by_published_heads_alone(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE operation SET booth = 'x' WHERE id = 1")
        seal_anew(spoilt, first=1, last=batches(spoilt))
        newest = f"(SELECT hash FROM batch WHERE chain = 0 AND number = {batches(spoilt)})"
        do(spoilt, f"UPDATE chain SET head = {newest} WHERE id = 0")

    assert codes(check(spoilt)) == {Code.HEAD_LOST}


def test_points_forged_with_every_hash_contradict_what_was_asked(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        cheap = f"UPDATE entry SET amount = amount - 1 WHERE operation = ({A_REDEMPTION}) AND"
        do(spoilt, f"{cheap} line = (SELECT min(line) FROM entry WHERE credit = 2)")
        do(spoilt, f"UPDATE operation SET points = points + 1 WHERE id = ({A_REDEMPTION})")
        seal_anew(spoilt, first=1, last=batches(spoilt))

    found = codes(check(spoilt))

    assert {Code.REQUEST_BODY, Code.OPERATION_BALANCE, Code.ACCOUNT_BALANCE} <= found
    assert Code.BATCH_CHANGED not in found


def cut_off(connection: Connection) -> None:
    last = batches(connection)
    for table, column in JOURNAL:
        numbers = f"SELECT id FROM operation WHERE batch = {last}"
        connection.execute(text(f"DELETE FROM {table} WHERE {column} IN ({numbers})"))
    do(connection, f"DELETE FROM batch WHERE number = {last}")


def test_the_newest_batch_cut_off_is_missed_by_its_chains_head(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        cut_off(spoilt)

    assert Code.CHAIN_HEAD in codes(check(spoilt))


def test_the_newest_batch_cut_off_with_the_head_set_back_is_missed_by_published_heads(
    spoilt: Connection,
) -> None:
    with guards_asleep(spoilt):
        cut_off(spoilt)
        last = f"SELECT %s FROM batch WHERE chain = 0 AND number = {batches(spoilt)}"
        follows = last % "first_operation + operations"
        do(
            spoilt,
            f"UPDATE chain SET number = number - 1, head = ({last % 'hash'}),"
            f" last_at = ({last % 'posted_at'}), next_operation = ({follows}) WHERE id = 0",
        )

    found = codes(check(spoilt))

    assert Code.HEAD_LOST in found
    assert Code.CHAIN_HEAD not in found


def test_a_household_that_names_another_than_it_went_up_in_is_named(spoilt: Connection) -> None:
    do(spoilt, "UPDATE household SET merged_into = NULL WHERE merged_into IS NOT NULL")

    assert codes(check(spoilt)) == {Code.HOUSEHOLD_MERGED}


def test_a_fact_held_twice_is_named(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        if spoilt.dialect.name == "postgresql":
            spoilt.execute(text("ALTER TABLE operation DROP CONSTRAINT uq_operation_reference"))
        else:
            loosen(spoilt, "operation")
        fact = "(SELECT min(reference) FROM operation WHERE kind = 'earn')"
        do(spoilt, f"UPDATE operation SET reference = {fact} WHERE kind = 'earn'")

    assert Code.REFERENCE_REPEATED in codes(check(spoilt))


def loosen(connection: Connection, table: str) -> None:
    """Make an SQLite table anew, without a rule, a key or a type."""
    connection.execute(text(f"CREATE TABLE loose AS SELECT * FROM {table}"))
    connection.execute(text(f"DROP TABLE {table}"))
    connection.execute(text(f"ALTER TABLE loose RENAME TO {table}"))


@pytest.mark.parametrize("whole_book", ["sqlite"], indirect=True)  # the only one to allow it
def test_a_number_that_is_none_is_named(spoilt: Connection) -> None:
    loosen(spoilt, "account")
    do(spoilt, "UPDATE account SET balance = balance + 0.5 WHERE balance > 0")

    report = check(spoilt)

    assert {Code.NOT_A_NUMBER, Code.ACCOUNT_BALANCE} <= codes(report)


def test_a_guard_that_is_gone_is_named(spoilt: Connection) -> None:
    on = " ON entry" if spoilt.dialect.name == "postgresql" else ""
    spoilt.execute(text(f"DROP TRIGGER entry_refuses_update{on}"))

    report = check(spoilt)

    assert [finding.about for finding in report.findings] == [{"trigger": "entry_refuses_update"}]


def test_a_guard_that_lets_things_pass_is_named(spoilt: Connection) -> None:
    if spoilt.dialect.name == "sqlite":
        spoilt.execute(text("DROP TRIGGER entry_refuses_update"))
        tame = "CREATE TRIGGER entry_refuses_update BEFORE UPDATE ON entry BEGIN SELECT 1; END"
    else:
        body = "LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        tame = f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger {body}"
    spoilt.execute(text(tame))

    assert codes(check(spoilt)) == {Code.TRIGGER_MISSING}


def test_an_unknown_kind_of_operation_leaves_the_check_incomplete(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE operation SET kind = 'gift' WHERE id = 1")
        seal_anew(spoilt, first=1, last=batches(spoilt))

    report = check(spoilt)

    assert report.result is Result.INCOMPLETE
    assert reasons(report) == {GapReason.KIND_UNKNOWN}
    assert report.exit_code == 3  # what was forged is named as well


def test_a_value_that_cannot_be_read_leaves_the_check_incomplete(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE catalog SET body = '{' WHERE kind = 'reward'")

    report = check(spoilt)

    assert report.result is Result.INCOMPLETE
    assert reasons(report) == {GapReason.UNREADABLE}


def test_a_table_that_cannot_be_read_leaves_the_check_incomplete(database: Database) -> None:
    fill(database, steps=3)
    with transaction(database) as connection:
        connection.execute(text("DROP TABLE slip"))

    report = verify(database, now=LATER)

    assert report.result is Result.INCOMPLETE
    assert report.gaps[0].reason is GapReason.DATABASE_FAILED
    assert (report.gaps[-1].reason, report.gaps[-1].stage) in [
        (GapReason.SKIPPED, Stage.TOTALS),  # half a sum proves nothing
        (GapReason.DATABASE_FAILED, Stage.ANCHORS),  # PostgreSQL ends the whole transaction
    ]


def test_chains_that_cannot_be_read_leave_out_what_builds_on_them(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE operation SET details = '{\"merged\": [1]}' WHERE kind = 'merge'")
        spoilt.execute(text("DROP TABLE batch"))
        spoilt.execute(text("CREATE TABLE batch (chain integer)"))

    report = check(spoilt)

    assert not {Code.LOT_MISSING, Code.ACCOUNT_BALANCE} & codes(report)
    assert Stage.CHAINS in {gap.stage for gap in report.gaps}


def test_posting_goes_on_while_the_book_is_checked(database: Database) -> None:
    book = fill(database, steps=5)
    told: list[int] = []

    def post_more(done: int, total: int, stage: Stage) -> None:
        del done, stage
        told.append(total)
        change = Adjust(household=LI, points=5, reason="more", approver="desk", occurred_at=NOW)
        post(book, [ask(change, by=OPERATOR)])

    report = verify(database, now=LATER, progress=post_more)

    assert report.result is Result.CLEAN
    assert report.counts["operations"] == told[0]


def test_a_newer_database_leaves_the_check_incomplete(database: Database) -> None:
    with transaction(database) as connection:
        do(connection, "UPDATE alembic_version SET version_num = '9999'")

    report = verify(database, now=LATER)

    assert report.result is Result.INCOMPLETE
    assert reasons(report) == {GapReason.SCHEMA_UNKNOWN}
    assert report.exit_code == 2


def test_an_interruption_leaves_the_check_incomplete(whole_book: Database) -> None:
    def interrupt(done: int, total: int, stage: Stage) -> None:
        del done, total
        if stage is Stage.ACCOUNTS:
            raise KeyboardInterrupt

    report = verify(whole_book, now=LATER, progress=interrupt)

    assert report.result is Result.INCOMPLETE
    assert [(gap.reason, gap.stage) for gap in report.gaps] == [
        (GapReason.INTERRUPTED, Stage.ACCOUNTS)
    ]
    assert report.counts["operations"] > 20  # what was done before still counts


def test_a_database_that_is_gone_leaves_the_check_incomplete(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'points.db'}")

    report = verify(database, now=LATER)

    assert report.result is Result.INCOMPLETE
    assert GapReason.DATABASE_FAILED in reasons(report)


@pytest.mark.parametrize("engine_name", ["sqlite"])  # PostgreSQL looks after its own files
def test_a_damaged_file_is_never_clean(database: Database) -> None:
    fill(database, steps=5)
    path = Path(str(database.writer.url.database))
    database.dispose()
    pages = bytearray(path.read_bytes())
    middle = len(pages) // 2
    pages[middle : middle + 2000] = bytes(2000)
    path.write_bytes(pages)

    assert verify(database, now=LATER).result is not Result.CLEAN


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite is set up at every opening
def test_a_database_set_to_forget_is_named(database: Database, database_url: str) -> None:
    name = database.writer.url.database
    engine = cheats_engine(database)
    with engine.begin() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    engine.dispose()
    opened = open_database(database_url)

    report = verify(opened, now=LATER)
    opened.dispose()

    assert codes(report) == {Code.DATABASE_UNSAFE}

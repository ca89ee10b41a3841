"""Check the whole book, on one snapshot, without keeping more of it than one account.

Nothing is written. Whatever cannot be checked is told as a gap, never passed over.
"""

from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from points.domain.anchors import HeadsFault, check_published, read_heads
from points.domain.calendar import Calendar
from points.domain.findings import Code, GapReason
from points.domain.notes import NoteKind, collect_notes
from points.domain.programme import Versions
from points.domain.shapes import SLIPS
from points.domain.verifying import Mode, Report, Stage
from points.domain.verifying_allowances import check_allowances, read_noted
from points.domain.verifying_cases import NOTE_KINDS, Answers, check_cases, is_kept
from points.domain.verifying_codes import check_codes, check_sealed
from points.domain.verifying_gifts import check_gifts
from points.domain.verifying_operations import is_refusal
from points.domain.verifying_slips import check_slips, recount_slips
from points.domain.verifying_totals import check_merged, check_totals
from points.domain.verifying_undoing import SequelCheck
from points.service.transactions import DatabaseUnavailable, snapshot
from points.service.verifying_crew import Crew, gathered, processors, share_snapshot
from points.service.verifying_parts import shares_of_journal, walk_chains, weigh_accounts
from points.service.verifying_run import Progress, Run, first_line, untold
from points.storage import soundness
from points.storage import verifying as stored
from points.storage.anchors import read_anchors
from points.storage.catalog import load_catalog
from points.storage.dividing import size_of_journal
from points.storage.engine import Database, UnsafeDatabase, check_safety
from points.storage.migrate import is_current
from points.storage.sequels import load_sequels
from points.storage.verifying_allowances import read_allowance_acts, read_allowance_rows
from points.storage.verifying_cases import find_named, read_cases, read_settlements
from points.storage.verifying_codes import (
    read_code_acts,
    read_codes,
    read_pins,
    read_used_codes,
)
from points.storage.verifying_gifts import read_gift_entries, read_gifts

LARGE = 200_000
"""From how many operations on a book is checked by several processes."""


def verify(
    database: Database,
    *,
    now: datetime,
    mode: Mode = Mode.FULL,
    progress: Progress = untold,
    processes: int | None = None,
) -> Report:
    """Check the book and tell everything that disagrees.

    Ends early, and says so, when it is interrupted or the database fails. On SQLite the snapshot
    keeps the write-ahead log from being emptied for as long as the check takes.

    Args:
        database: Read only; posting goes on meanwhile.
        now: The present.
        mode: The whole book, or what was posted since heads were last published.
        progress: Told how far the check has come.
        processes: How many check side by side. If not told, a large book keeps every processor
            busy, and a small one is not worth the start of another.
    """
    run = Run(now=now, mode=mode, progress=progress)
    try:
        run.do(Stage.DATABASE, lambda: check_settings(run, database))
        with ExitStack() as stack:
            size = processes if processes is not None else _processes_for(database, mode)
            crew = stack.enter_context(gathered(database, size)) if size > 1 else None
            connection = stack.enter_context(snapshot(database))
            if crew is not None:
                share_snapshot(crew, database, connection)
            check_book(run, connection, crew)
    except (DatabaseUnavailable, SQLAlchemyError) as error:
        run.findings.leave_out(GapReason.DATABASE_FAILED, run.stage, first_line(error))
    except KeyboardInterrupt:
        run.findings.leave_out(GapReason.INTERRUPTED, run.stage)
    return run.report()


def _processes_for(database: Database, mode: Mode) -> int:
    if mode is not Mode.FULL:
        return 1
    with suppress(SQLAlchemyError, DatabaseUnavailable), snapshot(database) as connection:
        if size_of_journal(connection) >= LARGE:
            return processors()
    return 1


def check_settings(run: Run, database: Database) -> None:
    """Check how the database is set up, and that its tables are those of this release."""
    try:
        check_safety(database)
    except UnsafeDatabase as error:
        run.findings.add(Code.DATABASE_UNSAFE, {"setting": str(error)})
    if not is_current(database):
        run.findings.leave_out(GapReason.SCHEMA_UNKNOWN, Stage.DATABASE)


def check_book(run: Run, connection: Connection, crew: Crew | None = None) -> None:
    """Check what is stored, if need be with a crew that sees the same."""
    stored.lift_limits(connection)
    if crew is not None and crew.size:
        shares = partial(shares_of_journal, connection, crew.size, now=run.now)
        run.do(Stage.DATABASE, lambda: crew.assign(shares()))
    run.do(Stage.DATABASE, lambda: _database(run, connection))
    catalog = run.do(Stage.DATABASE, lambda: load_catalog(connection))
    calendar = Calendar(catalog.programme if catalog is not None else Versions(()))
    run.do(Stage.CHAINS, lambda: walk_chains(run, connection, calendar, crew))
    if run.mode is Mode.FULL:
        run.do(Stage.REQUESTS, lambda: _requests(run, connection))
        chains, sums = [Stage.CHAINS], [Stage.ACCOUNTS, Stage.SEQUELS, Stage.SLIPS]
        run.do(Stage.ACCOUNTS, lambda: weigh_accounts(run, connection, catalog, crew), after=chains)
        run.do(Stage.SEQUELS, lambda: _sequels(run, connection, calendar), after=chains)
        run.do(Stage.SLIPS, lambda: _slips(run, connection, calendar))
        run.do(Stage.CODES, lambda: _codes(run, connection), after=chains)
        run.do(Stage.ALLOWANCES, lambda: _allowances(run, connection), after=chains)
        run.do(Stage.GIFTS, lambda: _gifts(run, connection), after=chains)
        run.do(Stage.TOTALS, lambda: _totals(run), after=sums)
        kept = [Stage.CHAINS, Stage.REQUESTS]
        run.do(Stage.CASES, lambda: _cases(run, connection), after=kept)
    run.do(Stage.ANCHORS, lambda: _anchors(run, connection))


def _database(run: Run, connection: Connection) -> None:
    version = soundness.outdated_version(connection)
    if version is not None:
        run.findings.add(Code.DATABASE_OLD, {"setting": version})
    if not soundness.checks_pages(connection):
        run.findings.add(Code.CHECKSUMS_OFF, {})
    for guard in soundness.unguarded(connection):
        run.findings.add(Code.TRIGGER_MISSING, {"trigger": guard})
    for table, column, count in soundness.not_numbers(connection):
        about = {"table": table, "column": column}
        run.findings.add(Code.NOT_A_NUMBER, about, expected=0, found=count)
    if run.mode is Mode.FULL:
        for fault in soundness.damage(connection):
            run.findings.add(Code.DATABASE_DAMAGED, {"setting": fault})
        for table, row in soundness.broken_keys(connection):
            run.findings.add(Code.KEY_BROKEN, {"table": table, "row": row})
    run.sizes = stored.count_rows(connection)


def _requests(run: Run, connection: Connection) -> None:
    for request, notes in run.read(stored.read_refusals(connection)):
        if not is_refusal(request, notes):
            about = {"scope": request.scope, "key": request.key}
            run.findings.add(Code.REFUSAL_INVALID, about)
        if is_kept(request):
            run.kept[request.scope, request.key] = request
    for reference, times in run.read(stored.read_repeated(connection)):
        run.findings.add(Code.REFERENCE_REPEATED, {"reference": reference}, expected=1, found=times)


def _sequels(run: Run, connection: Connection, calendar: Calendar) -> None:
    check = SequelCheck(calendar, run.findings, run.totals.merges)
    for sequel in run.read(load_sequels(connection)):
        check.check(sequel)
    # A slip whose cashing was undone after its points had ended is free again all the same.
    run.slips -= check.kept[SLIPS]
    for operation, times in run.read(stored.read_undone_twice(connection)):
        about = {"operation": operation}
        run.findings.add(Code.UNDO_TWICE, about, expected=1, found=times)
    check_merged(run.totals.merges, run.read(stored.read_merged(connection)), run.findings)


def _slips(run: Run, connection: Connection, calendar: Calendar) -> None:
    tallies = recount_slips(run.read(stored.read_slip_acts(connection)), calendar)
    run.slips += check_slips(tallies, run.read(stored.read_slips(connection)), run.findings)


def _codes(run: Run, connection: Connection) -> None:
    acts, used = read_code_acts(connection), read_used_codes(connection)
    check_codes(run.read(acts), run.read(used), run.findings)
    check_sealed(run.read(read_codes(connection)), run.read(read_pins(connection)), run.findings)


def _allowances(run: Run, connection: Connection) -> None:
    noted = read_noted(run.read(stored.read_notes_of(connection, NoteKind.ALLOWANCE)))
    acts, rows = read_allowance_acts(connection), read_allowance_rows(connection)
    check_allowances(run.read(acts), run.read(rows), noted=noted, findings=run.findings)


def _gifts(run: Run, connection: Connection) -> None:
    gifts, entries = read_gifts(connection), read_gift_entries(connection)
    check_gifts(run.read(gifts), run.read(entries), run.findings)


def _cases(run: Run, connection: Connection) -> None:
    named = find_named(connection) - run.totals.due.keys()
    notes = run.read(stored.read_notes_of(connection, *NOTE_KINDS))
    answers = Answers(
        due=run.totals.due,
        kept=run.kept,
        others=stored.find_operations(connection, named),
        noted=collect_notes((line.notes for line in notes), NOTE_KINDS),
    )
    run.counts["cases"] = check_cases(
        run.read(read_cases(connection)),
        run.read(read_settlements(connection)),
        answers,
        run.findings,
    )


def _totals(run: Run) -> None:
    check_totals(run.totals, run.balances.by_side, run.findings, slips=run.slips)


def _anchors(run: Run, connection: Connection) -> None:
    for due, (anchor, published_at, text) in enumerate(run.read(read_anchors(connection)), 1):
        about = {"anchor": anchor}
        if anchor != due:
            run.findings.add(Code.ANCHOR_INVALID, about, expected=due, found=anchor)
        try:
            published = read_heads(text)
        except HeadsFault:
            run.findings.add(Code.ANCHOR_INVALID, about)
            continue
        if published.published_at != published_at:
            run.findings.add(Code.ANCHOR_INVALID, about)
        batches = stored.find_batches(connection, published.heads)
        hashes = {chain: batch.hash for chain, batch in batches.items()}
        check_published(published.heads, hashes, run.findings, about=about)

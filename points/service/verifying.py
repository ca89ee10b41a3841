"""Check the whole book, on one snapshot, without keeping more of it than one account.

Nothing is written. Whatever cannot be checked is told as a gap, never passed over.
"""

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from points.domain.anchors import Head, HeadsFault, check_published, heads_of
from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.findings import Code, Findings, GapReason
from points.domain.programme import Catalog, Versions
from points.domain.shapes import SLIPS
from points.domain.stored import act_of
from points.domain.verifying import Mode, Report, Stage, report_of
from points.domain.verifying_accounts import AccountCheck, Balances, Holdings
from points.domain.verifying_chains import End, Journal, check_heads, check_journal, end_of
from points.domain.verifying_limits import LimitCheck
from points.domain.verifying_operations import OperationCheck, Totals, is_refusal
from points.domain.verifying_slips import check_slips, recount_slips
from points.domain.verifying_totals import check_merged, check_totals
from points.domain.verifying_undoing import SequelCheck
from points.service.transactions import DatabaseUnavailable, snapshot
from points.storage import soundness
from points.storage import verifying as stored
from points.storage.anchors import read_anchors
from points.storage.catalog import load_catalog
from points.storage.engine import Database, NoTurn, UnsafeDatabase, check_safety
from points.storage.locks import first_operation
from points.storage.migrate import is_current
from points.storage.sequels import load_sequels
from points.storage.verifying import Part

Progress = Callable[[int, int, Stage], None]
"""Told from time to time how much of a stage is done: so many of so many."""

TOLD_EVERY = 1000
CLOCK_SLACK = timedelta(minutes=10)

_log = logging.getLogger(__name__)
Row = TypeVar("Row")


def untold(done: int, total: int, stage: Stage) -> None:
    """Tell nobody how far a check has come."""
    del done, total, stage


def verify(
    database: Database, *, now: datetime, mode: Mode = Mode.FULL, progress: Progress = untold
) -> Report:
    """Check the book and tell everything that disagrees.

    Ends early, and says so, when it is interrupted or the database fails. On SQLite the snapshot
    keeps the write-ahead log from being emptied for as long as the check takes.

    Args:
        database: Read only; posting goes on meanwhile.
        now: The present.
        mode: The whole book, or what was posted since heads were last published.
        progress: Told how far the check has come.
    """
    check = Check(now=now, mode=mode, progress=progress)
    try:
        check.do(Stage.DATABASE, lambda: check.settings(database))
        with snapshot(database) as connection:
            check.everything(connection)
    except (DatabaseUnavailable, SQLAlchemyError) as error:
        check.findings.leave_out(GapReason.DATABASE_FAILED, check.stage, _first_line(error))
    return check.report()


@dataclass(kw_only=True)
class Check:
    """One run, stage by stage: what one stage adds up, later ones compare."""

    now: datetime
    mode: Mode = Mode.FULL
    progress: Progress = untold
    findings: Findings = field(default_factory=Findings)
    stage: Stage = Stage.DATABASE
    done: set[Stage] = field(default_factory=set)
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Rows of the tables that progress is told by."""
    counts: dict[str, int] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    balances: Balances = field(default_factory=Balances)
    slips: int = 0
    """Points that lie with slips."""
    _streams: list[Generator[object, None, None]] = field(default_factory=list)
    _is_interrupted: bool = False

    def do(self, stage: Stage, act: Callable[[], None], *, after: Collection[Stage] = ()) -> None:
        """Do one stage. Should it fail, that is a gap, and the other stages still count.

        Args:
            stage: Named in gaps.
            act: What is done.
            after: Stages without which this one would find what is not there.
        """
        if self._is_interrupted:
            return
        self.stage = stage
        if not self.done.issuperset(after):
            self.findings.leave_out(GapReason.SKIPPED, stage)
            return
        try:
            act()
        except KeyboardInterrupt:
            self._is_interrupted = True
            self.findings.leave_out(GapReason.INTERRUPTED, stage)
        except (SQLAlchemyError, NoTurn) as error:
            _log.exception("the database failed at %s", stage)
            self.findings.leave_out(GapReason.DATABASE_FAILED, stage, _first_line(error))
        except Exception as error:  # noqa: BLE001 -- told as a gap, with its traceback logged
            # Forged values may be of any kind: what they trip is a check that was not made.
            _log.exception("the check of %s could not go on", stage)
            self.findings.leave_out(GapReason.UNREADABLE, stage, repr(error))
        else:
            self.done.add(stage)
        finally:
            # Whoever stops halfway leaves streams behind, which the database still holds open.
            while self._streams:
                self._streams.pop().close()

    def settings(self, database: Database) -> None:
        """Check how the database is set up, and that its tables are those of this release."""
        try:
            check_safety(database)
        except UnsafeDatabase as error:
            self.findings.add(Code.DATABASE_UNSAFE, {"setting": str(error)})
        if not is_current(database):
            self.findings.leave_out(GapReason.SCHEMA_UNKNOWN, Stage.DATABASE)

    def report(self) -> Report:
        """Sum up what was found so far."""
        return report_of(
            self.findings, mode=self.mode, checked_at=self.now, counts=dict(self.counts)
        )

    def everything(self, connection: Connection) -> None:
        """Check what is stored."""
        stored.lift_limits(connection)
        catalogs: list[Catalog] = []
        self.do(Stage.DATABASE, lambda: self._database(connection))
        self.do(Stage.DATABASE, lambda: catalogs.append(load_catalog(connection)))
        calendar = Calendar(catalogs[0].programme if catalogs else Versions(()))
        self.do(Stage.CHAINS, lambda: self._chains(connection, calendar))
        if self.mode is Mode.FULL:
            self.do(Stage.REQUESTS, lambda: self._requests(connection))
            chains, sums = [Stage.CHAINS], [Stage.ACCOUNTS, Stage.SEQUELS, Stage.SLIPS]
            self.do(
                Stage.ACCOUNTS,
                lambda: self._accounts(connection, catalogs, calendar),
                after=chains,
            )
            self.do(Stage.SEQUELS, lambda: self._sequels(connection, calendar), after=chains)
            self.do(Stage.SLIPS, lambda: self._slips(connection, calendar))
            self.do(Stage.TOTALS, self._totals, after=sums)
        self.do(Stage.ANCHORS, lambda: self._anchors(connection))

    def _database(self, connection: Connection) -> None:
        version = soundness.outdated_version(connection)
        if version is not None:
            self.findings.add(Code.DATABASE_OLD, {"setting": version})
        if not soundness.checks_pages(connection):
            self.findings.add(Code.CHECKSUMS_OFF, {})
        for guard in soundness.unguarded(connection):
            self.findings.add(Code.TRIGGER_MISSING, {"trigger": guard})
        for table, column, count in soundness.not_numbers(connection):
            about = {"table": table, "column": column}
            self.findings.add(Code.NOT_A_NUMBER, about, expected=0, found=count)
        if self.mode is Mode.FULL:
            for fault in soundness.damage(connection):
                self.findings.add(Code.DATABASE_DAMAGED, {"setting": fault})
            for table, row in soundness.broken_keys(connection):
                self.findings.add(Code.KEY_BROKEN, {"table": table, "row": row})
        self.sizes = stored.count_rows(connection)

    def _chains(self, connection: Connection, calendar: Calendar) -> None:
        check = OperationCheck(calendar, self.findings)
        self.totals = check.totals
        ends: dict[int, End] = {}
        for part in [Part()] if self.mode is Mode.FULL else self._newest(connection, ends):
            operations = self._read(stored.read_operations(connection, part))
            journal = Journal(
                batches=self._read(stored.read_batches(connection, part)),
                operations=self._told(operations, self.sizes.get("operation", 0)),
                entries=self._read(stored.read_entries(connection, part)),
                requests=self._read(stored.read_requests(connection, part)),
                first_of=first_operation,
                starts=dict(ends),
            )
            ends |= check_journal(journal, self.findings, each=check.check)
        chains = stored.read_chains(connection)
        check_heads(chains, ends, self.findings, first_of=first_operation)
        self.counts |= {
            "operations": check.totals.operations,
            "entries": check.totals.entries,
            "batches": sum(end.number for end in ends.values()),
        }
        newest = max((end.posted_at or 0 for end in ends.values()), default=0)
        if newest > micros(self.now + CLOCK_SLACK):
            self.findings.add(Code.CLOCK_BEHIND, {}, expected=micros(self.now), found=newest)
        if calendar.is_empty and check.totals.operations:
            self.findings.leave_out(GapReason.UNREADABLE, Stage.CHAINS, "there is no programme")

    def _newest(self, connection: Connection, ends: dict[int, End]) -> list[Part]:
        """Say what was posted since heads were last published, and take them for given."""
        published: dict[int, Head] = {}
        for _, text in read_anchors(connection, is_last_only=True):
            published = heads_of(text)
        batches = stored.find_batches(connection, published)
        chains = stored.read_chains(connection).keys() | published.keys()
        for chain, batch in batches.items():
            if batch.hash == published[chain].hash:
                ends[chain] = end_of(batch)
        return [
            Part(chain, ends[chain].number, ends[chain].next_operation)
            if chain in ends
            else Part(chain, 0, first_operation(chain))
            for chain in sorted(chains)
        ]

    def _requests(self, connection: Connection) -> None:
        for request in self._read(stored.read_refusals(connection)):
            if not is_refusal(request):
                about = {"scope": request.scope, "key": request.key}
                self.findings.add(Code.REFUSAL_INVALID, about)
        for reference, times in self._read(stored.read_repeated(connection)):
            self.findings.add(
                Code.REFERENCE_REPEATED, {"reference": reference}, expected=1, found=times
            )

    def _accounts(
        self, connection: Connection, catalogs: list[Catalog], calendar: Calendar
    ) -> None:
        check = AccountCheck(
            calendar, self.findings, last_at=self.totals.last_at, now=micros(self.now)
        )
        self.balances = check.balances
        limits = LimitCheck(catalogs[0], calendar, self.findings) if catalogs else None
        holdings = Holdings(
            accounts=self._told(
                self._read(stored.read_accounts(connection)), self.sizes.get("account", 0)
            ),
            sides=self._read(stored.read_sides(connection)),
            lots=self._read(stored.read_lots(connection)),
            acts=self._read(stored.read_acts(connection)),
            merges={
                source: [act_of(line) for line in lines]
                for source, lines in self.totals.merges.items()
            },
        )
        for holding in holdings:
            check.check(holding)
            if limits is not None and holding.acts:
                limits.check(holding.acts)
        self.counts |= {"accounts": check.balances.accounts, "lots": check.balances.lots}
        overdue = check.balances.lots_overdue
        if overdue:
            self.findings.add(Code.LOTS_OVERDUE, {"lots": overdue})

    def _sequels(self, connection: Connection, calendar: Calendar) -> None:
        check = SequelCheck(calendar, self.findings, self.totals.merges)
        for sequel in self._read(load_sequels(connection)):
            check.check(sequel)
        # A slip whose cashing was undone after its points had ended is free again all the same.
        self.slips -= check.kept[SLIPS]
        for operation, times in self._read(stored.read_undone_twice(connection)):
            about = {"operation": operation}
            self.findings.add(Code.UNDO_TWICE, about, expected=1, found=times)
        check_merged(self.totals.merges, self._read(stored.read_merged(connection)), self.findings)

    def _slips(self, connection: Connection, calendar: Calendar) -> None:
        tallies = recount_slips(self._read(stored.read_slip_acts(connection)), calendar)
        self.slips += check_slips(tallies, self._read(stored.read_slips(connection)), self.findings)

    def _totals(self) -> None:
        check_totals(self.totals, self.balances.by_side, self.findings, slips=self.slips)

    def _anchors(self, connection: Connection) -> None:
        for anchor, text in self._read(read_anchors(connection)):
            about = {"anchor": anchor}
            try:
                published = heads_of(text)
            except HeadsFault:
                self.findings.add(Code.ANCHOR_INVALID, about)
                continue
            batches = stored.find_batches(connection, published)
            hashes = {chain: batch.hash for chain, batch in batches.items()}
            check_published(published, hashes, self.findings, about=about)

    def _read(self, stream: Generator[Row, None, None]) -> Generator[Row, None, None]:
        self._streams.append(stream)
        return stream

    def _told(self, rows: Iterable[Row], total: int) -> Iterator[Row]:
        """Hand rows on, and tell how many have passed."""
        done = 0
        for row in rows:
            if done % TOLD_EVERY == 0:
                self.progress(done, total, self.stage)
            done += 1
            yield row
        self.progress(done, max(done, total), self.stage)


def _first_line(error: Exception) -> str:
    """Say what went wrong, without the statement and its values."""
    return str(error).partition("\n")[0]

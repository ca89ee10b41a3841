"""The two long walks of a check: through the journal, and through the accounts.

Both look quickly at what is of the plainest forms, which is nearly everything, and ask what is
wrong only where not all is plainly right. A crew walks through parts side by side (`verifying_crew`
tells what its word is worth).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from points.domain.anchors import Head, read_heads
from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.findings import Code, GapReason
from points.domain.programme import Catalog, Versions
from points.domain.shapes import OWED
from points.domain.stored import EntryLine, OperationLine, RequestLine, act_of
from points.domain.verifying import Mode, Stage
from points.domain.verifying_accounts import AccountCheck, Balances, Holdings
from points.domain.verifying_chains import End, Journal, check_heads, check_journal, end_of
from points.domain.verifying_limits import LimitCheck
from points.domain.verifying_operations import OperationCheck, Totals
from points.domain.verifying_plain import PlainOperations
from points.domain.verifying_wallets import PlainWallets
from points.service.verifying_crew import Crew, Tell
from points.service.verifying_run import Run
from points.storage import verifying as stored
from points.storage.anchors import read_anchors
from points.storage.catalog import load_catalog
from points.storage.dividing import divide_accounts, divide_journal
from points.storage.locks import first_operation
from points.storage.spans import EVERYTHING, Span
from points.storage.verifying import Part

CLOCK_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class WalkShare:
    """A part of the journal, to be walked through by somebody else."""

    part: Part
    starts: dict[int, End]
    now: datetime

    def __call__(self, connection: Connection, tell: Tell) -> "Walked":
        """Walk through it."""
        run = Run(now=self.now, progress=lambda done, _total, _stage: tell(done))
        calendar = Calendar(load_catalog(connection).programme)
        ends = walk_part(run, connection, calendar, self.part, starts=self.starts)
        return Walked(run.findings.is_empty, run.totals, self.starts, ends)


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of it."""

    is_right: bool
    totals: Totals
    starts: dict[int, End]
    ends: dict[int, End]


def shares_of_journal(connection: Connection, count: int, *, now: datetime) -> list[WalkShare]:
    """Divide the journal among so many."""
    return [WalkShare(part, starts, now) for part, starts in divide_journal(connection, count)]


def join(run: Run, walked: Iterable[Walked]) -> dict[int, End] | None:
    """Add up what others walked through and tell where chains end; None if not all is right."""
    ends: dict[int, End] = {}
    totals = Totals()
    for one in walked:
        joins = all(ends.get(chain) == start for chain, start in one.starts.items())
        if not one.is_right or not joins:
            return None
        ends |= one.ends
        totals.add(one.totals)
    run.totals.add(totals)
    return ends


def walk_chains(
    run: Run, connection: Connection, calendar: Calendar, crew: Crew | None = None
) -> None:
    """Check every batch, operation, entry and accepted request, and that no chain was cut off."""
    ends: dict[int, End] = {}
    parts = [Part()] if run.mode is Mode.FULL else _newest(connection, ends)
    given = sum(end.number for end in ends.values())
    walked = _hear(run, crew, "operation")  # it has begun already
    joined = join(run, walked) if walked is not None else None
    for part in parts if joined is None else ():
        ends |= walk_part(run, connection, calendar, part, starts=ends)
    ends |= joined or {}
    chains = stored.read_chains(connection)
    check_heads(chains, ends, run.findings, first_of=first_operation)
    run.counts |= {
        "operations": run.totals.operations,
        "entries": run.totals.entries,
        "batches": sum(end.number for end in ends.values()) - given,
    }
    newest = max((end.posted_at or 0 for end in ends.values()), default=0)
    if newest > micros(run.now + CLOCK_SLACK):
        run.findings.add(Code.CLOCK_BEHIND, {}, expected=micros(run.now), found=newest)
    if calendar.is_empty and run.totals.operations:
        run.findings.leave_out(GapReason.UNREADABLE, Stage.CHAINS, "there is no programme")


def walk_part(
    run: Run, connection: Connection, calendar: Calendar, part: Part, *, starts: dict[int, End]
) -> dict[int, End]:
    """Walk through a part of the journal, add it up, and tell where its chains then end."""
    check = OperationCheck(calendar, run.findings, run.totals)
    plain = PlainOperations(calendar, run.totals)

    def each(
        operation: OperationLine, entries: Sequence[EntryLine], requests: Sequence[RequestLine]
    ) -> None:
        if not plain.is_right(operation, entries, requests):
            check.check(operation, entries, requests)

    operations = run.read(stored.read_operations(connection, part))
    journal = Journal(
        batches=run.read(stored.read_batches(connection, part)),
        operations=run.told(operations, run.sizes.get("operation", 0)),
        entries=run.read(stored.read_entries(connection, part)),
        requests=run.read(stored.read_requests(connection, part)),
        first_of=first_operation,
        starts=dict(starts),
    )
    return check_journal(journal, run.findings, each=each)


def _newest(connection: Connection, ends: dict[int, End]) -> list[Part]:
    """Say what was posted since heads were last published, and take them for given."""
    published: dict[int, Head] = {}
    for _, _, text in read_anchors(connection, is_last_only=True):
        published = dict(read_heads(text).heads)
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


def _hear(run: Run, crew: Crew | None, table: str) -> list[Any] | None:
    """Give what a crew found in a table's parts; None if there is none, or it failed."""
    if crew is None:
        return None
    size = run.sizes.get(table, 0)
    return crew.finish(lambda done: run.progress(min(done, size), size, run.stage))


@dataclass(frozen=True, slots=True)
class WeighShare:
    """Some accounts, to be checked by somebody else."""

    span: Span
    now: datetime
    last_at: Mapping[int, int]
    merges: Mapping[int, list[OperationLine]]

    def __call__(self, connection: Connection, tell: Tell) -> Balances | None:
        """Check them; None if anything is wrong."""
        run = Run(now=self.now, progress=lambda done, _total, _stage: tell(done))
        run.totals.last_at.update(self.last_at)
        run.totals.merges.update(self.merges)
        weigh_part(run, connection, load_catalog(connection), self.span)
        return run.balances if run.findings.is_empty else None


def _shares_of_accounts(run: Run, connection: Connection, count: int) -> list[WeighShare]:
    """Divide the accounts among so many; the chains must have been walked through."""
    of_shelves = run.totals.last_at
    return [
        WeighShare(
            span,
            run.now,
            of_shelves if span.first == OWED else {},
            run.totals.merges,
        )
        for span in divide_accounts(connection, count)
    ]


def weigh_accounts(
    run: Run, connection: Connection, catalog: Catalog | None, crew: Crew | None = None
) -> None:
    """Check every account and lot against its entries, and households against their limits."""
    if crew is not None:
        crew.assign(_shares_of_accounts(run, connection, crew.size))
    weighed = _hear(run, crew, "account")
    if weighed is None or None in weighed:
        weigh_part(run, connection, catalog)
    else:
        for balances in weighed:
            run.balances.add(balances)
    for account in run.read(stored.read_nobodys(connection)):
        run.findings.add(Code.ACCOUNT_UNKNOWN, {"account": account})
    run.counts |= {"accounts": run.balances.accounts, "lots": run.balances.lots}
    overdue = run.balances.lots_overdue
    if overdue:
        run.findings.add(Code.LOTS_OVERDUE, {"lots": overdue})


def weigh_part(
    run: Run, connection: Connection, catalog: Catalog | None, span: Span = EVERYTHING
) -> None:
    """Check accounts and add them up."""
    calendar, now = Calendar(catalog.programme if catalog else Versions(())), micros(run.now)
    check = AccountCheck(calendar, run.findings, run.balances, last_at=run.totals.last_at, now=now)
    wallets = PlainWallets(calendar, run.balances, now=now)
    limits = LimitCheck(catalog, calendar, run.findings) if catalog is not None else None
    accounts = run.read(stored.read_accounts(connection, span))
    holdings = Holdings(
        accounts=run.told(accounts, run.sizes.get("account", 0)),
        sides=run.read(stored.read_sides(connection, span)),
        lots=run.read(stored.read_lots(connection, span)),
        acts=run.read(stored.read_acts(connection, span)),
        merges={
            source: [act_of(line) for line in lines] for source, lines in run.totals.merges.items()
        },
    )
    for holding in holdings:
        if not wallets.is_right(holding):
            check.check(holding)
        if limits is not None and holding.acts:
            limits.check(holding.acts)

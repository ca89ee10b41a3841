"""The two long walks of a check: through the journal, and through the accounts.

Both look quickly at what is of the plainest forms, which is nearly everything, and ask what is
wrong only where not all is plainly right.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from points.domain.anchors import Head, read_heads
from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.findings import Code, GapReason
from points.domain.programme import Catalog, Versions
from points.domain.stored import EntryLine, OperationLine, RequestLine, act_of
from points.domain.verifying import Mode, Stage
from points.domain.verifying_accounts import AccountCheck, Holdings
from points.domain.verifying_chains import End, Journal, check_heads, check_journal, end_of
from points.domain.verifying_limits import LimitCheck
from points.domain.verifying_operations import OperationCheck
from points.domain.verifying_plain import PlainOperations
from points.domain.verifying_wallets import PlainWallets
from points.service.verifying_run import Run
from points.storage import verifying as stored
from points.storage.anchors import read_anchors
from points.storage.locks import first_operation
from points.storage.verifying import Part

CLOCK_SLACK = timedelta(minutes=10)


def walk_chains(run: Run, connection: Connection, calendar: Calendar) -> None:
    """Check every batch, operation, entry and accepted request, and that no chain was cut off."""
    ends: dict[int, End] = {}
    parts = [Part()] if run.mode is Mode.FULL else _newest(connection, ends)
    given = sum(end.number for end in ends.values())
    for part in parts:
        ends |= walk_part(run, connection, calendar, part, starts=ends)
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


def weigh_accounts(run: Run, connection: Connection, catalog: Catalog | None) -> None:
    """Check every account and lot against its entries, and households against their limits."""
    weigh_part(run, connection, catalog)
    for account in run.read(stored.read_nobodys(connection)):
        run.findings.add(Code.ACCOUNT_UNKNOWN, {"account": account})
    run.counts |= {"accounts": run.balances.accounts, "lots": run.balances.lots}
    overdue = run.balances.lots_overdue
    if overdue:
        run.findings.add(Code.LOTS_OVERDUE, {"lots": overdue})


def weigh_part(run: Run, connection: Connection, catalog: Catalog | None) -> None:
    """Check accounts and add them up."""
    calendar, now = Calendar(catalog.programme if catalog else Versions(())), micros(run.now)
    check = AccountCheck(calendar, run.findings, run.balances, last_at=run.totals.last_at, now=now)
    wallets = PlainWallets(calendar, run.balances, now=now)
    limits = LimitCheck(catalog, calendar, run.findings) if catalog is not None else None
    holdings = Holdings(
        accounts=run.told(run.read(stored.read_accounts(connection)), run.sizes.get("account", 0)),
        sides=run.read(stored.read_sides(connection)),
        lots=run.read(stored.read_lots(connection)),
        acts=run.read(stored.read_acts(connection)),
        merges={
            source: [act_of(line) for line in lines] for source, lines in run.totals.merges.items()
        },
    )
    for holding in holdings:
        if not wallets.is_right(holding):
            check.check(holding)
        if limits is not None and holding.acts:
            limits.check(holding.acts)

"""Restore what can be worked out from the book: accounts, lots, slips, heads, merged households.

The book itself is never changed, and nothing is restored from one that contradicts itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from points.domain.calendar import Calendar
from points.domain.finding_words import say_finding
from points.domain.findings import Finding, Findings
from points.domain.recounting import Tally, WalletTally, by_act
from points.domain.shapes import WALLET, side_of
from points.domain.stored import AccountLine, LotLine, act_of
from points.domain.verifying_accounts import Holding, Holdings
from points.domain.verifying_allowances import recount_allowances
from points.domain.verifying_chains import End, Journal, check_heads, check_journal
from points.domain.verifying_operations import OperationCheck, Totals, made_lot
from points.domain.verifying_slips import recount_slips
from points.domain.verifying_totals import stands_for
from points.domain.verifying_undoing import moves_of, origin_of
from points.service.transactions import transaction
from points.storage import rebuilding as caches
from points.storage import verifying as stored
from points.storage.catalog import load_catalog
from points.storage.engine import Database
from points.storage.locks import first_operation
from points.storage.sequels import load_sequels
from points.storage.verifying import Part
from points.storage.verifying_allowances import read_allowance_acts, set_spent
from points.storage.verifying_codes import read_code_acts, set_used_codes


class BookDamaged(Exception):
    """The book contradicts itself, so nothing can be restored from it: see `findings`."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Name what contradicts what."""
        super().__init__(say_finding(findings[0]) if findings else "")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was restored."""

    counts: Mapping[str, int]
    heads: tuple[Finding, ...]
    """Heads that were not their chain's last batch. A head that names a later batch than there is
    was the only trace of what was cut off, unless heads were published."""


def rebuild(database: Database) -> Rebuilt:
    """Restore the caches in one transaction. Nobody can post until it is done.

    Raises:
        BookDamaged: Nothing was changed.
        DatabaseUnavailable: Nothing was changed.
    """
    with transaction(database) as connection:
        caches.hold_book(connection)
        calendar = Calendar(load_catalog(connection).programme)
        totals, ends = _check(connection, calendar)
        findings = Findings()
        check_heads(stored.read_chains(connection), ends, findings, first_of=first_operation)
        caches.clear(connection)
        counts = _restore_accounts(connection, totals)
        _restore_origins(connection)
        slips = (tally.slip for tally in recount_slips(stored.read_slip_acts(connection), calendar))
        counts["slip"] = sum(
            caches.add_slips(connection, some) for some in caches.in_portions(slips)
        )
        set_used_codes(connection, read_code_acts(connection))
        set_spent(connection, recount_allowances(read_allowance_acts(connection)))
        caches.set_heads(connection, ends)
        stands = {source: stands_for(source, totals.merges) for source in totals.merges}
        caches.set_merged(connection, stands)
    return Rebuilt(counts=counts, heads=tuple(findings.items))


def _check(connection: Connection, calendar: Calendar) -> tuple[Totals, dict[int, End]]:
    findings = Findings()
    check = OperationCheck(calendar, findings)
    journal = Journal(
        batches=stored.read_batches(connection, Part()),
        operations=stored.read_operations(connection, Part()),
        entries=stored.read_entries(connection, Part()),
        requests=stored.read_requests(connection, Part()),
        first_of=first_operation,
    )
    ends = check_journal(journal, findings, each=check.check)
    _stop_at(findings)
    return check.totals, ends


def _stop_at(findings: Findings) -> None:
    if findings.items or findings.gaps:
        raise BookDamaged(findings.items)


def _restore_accounts(connection: Connection, totals: Totals) -> dict[str, int]:
    findings = Findings()
    holdings = Holdings(
        accounts=(),
        sides=stored.read_sides(connection),
        lots=(),
        acts=stored.read_acts(connection),
        merges={
            source: [act_of(line) for line in lines] for source, lines in totals.merges.items()
        },
    )
    counts = {"account": 0, "lot": 0}
    for some in caches.in_portions(holdings):
        recounted = [_recount(holding, totals, findings) for holding in some]
        accounts = [account for account, _ in recounted if account.version]
        lots = [lot for _, lots in recounted for lot in lots]
        counts["account"] += caches.set_accounts(connection, accounts)
        counts["lot"] += caches.add_lots(connection, lots)
    _stop_at(findings)
    return counts


def _recount(
    holding: Holding, totals: Totals, findings: Findings
) -> tuple[AccountLine, list[LotLine]]:
    tally, lots = Tally(holding.account), []
    last_at = totals.last_at.get(holding.account, 0)
    if side_of(holding.account) != WALLET:
        for side in holding.sides:
            tally.add(side, findings)
    else:
        wallet = WalletTally(holding.account, findings)
        for act, sides in by_act(holding.sides, holding.acts):
            for side in sides:
                wallet.add(side, act)
            last_at = act.posted_at if act is not None and sides else last_at
        tally, lots = wallet.tally, _lots_of(wallet)
    return AccountLine(holding.account, tally.balance, tally.version, last_at), lots


def _lots_of(wallet: WalletTally) -> list[LotLine]:
    return [
        LotLine(
            account=wallet.account,
            id=lot.id,
            amount=lot.amount,
            remaining=lot.remaining,
            expired=lot.expired,
            origin=None,
            expires_at=lot.expires_at or 0,
        )
        for lot in wallet.lots.values()
    ]


def _restore_origins(connection: Connection) -> None:
    # One at a time: the lot that points left may be one that was only just given its own origin.
    for sequel in load_sequels(connection, at_once=1):
        for move in moves_of(sequel) or ():
            parent = sequel.lots.get(move.left or 0)
            made = made_lot(move.entry.operation, move.entry.line)
            if parent is not None and made is not None and move.entry.lot == made:
                caches.set_origin(connection, made, origin_of(parent))

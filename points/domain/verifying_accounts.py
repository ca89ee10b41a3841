"""Check accounts and lots against their entries, one account at a time.

An account's entries are taken in the order of their numbers; a wallet's together with the
household's operations in the order in which they were posted, so that every balance ever told is
proven, and every point spent was spent while it was valid.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from points.domain.calendar import Calendar
from points.domain.findings import Code, Findings
from points.domain.operations import Kind
from points.domain.recounting import LotTally, Tally, WalletTally, by_act
from points.domain.shapes import EXPIRED, LEASED, OWED, WALLET, owner_of, side_of
from points.domain.stored import AccountLine, ActLine, LotLine, SideLine
from points.domain.walking import Followers

BALANCE_MAX = 2**53 - 1
OVERDUE_AFTER = 48 * 3_600_000_000
"""How long after its end a lot may lie unswept, in microseconds."""

NEVER_MOVED = 0
"""The instant of an account that has no entry."""

EARNING = frozenset({Kind.EARN, Kind.SHARE, Kind.SLIP_CASHED, Kind.ADJUST})
"""What makes lots whose end follows from the programme's rules alone."""

_TAKING_BACK = Kind.UNDO.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An account with all that is stored of it."""

    account: int
    rows: Sequence[AccountLine] = ()
    sides: Sequence[SideLine] = ()
    """By number."""
    lots: Sequence[LotLine] = ()
    acts: Sequence[ActLine] = ()
    """A wallet's operations in the order of posting, merges into other households last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """The streams that holdings are put together from, each in order of its account."""

    accounts: Iterable[AccountLine]
    sides: Iterable[SideLine]
    lots: Iterable[LotLine]
    acts: Iterable[ActLine]
    """By household, and in the order of posting."""
    merges: Mapping[int, Sequence[ActLine]] = field(default_factory=dict)
    """Operations that merged households, by the household that went up in another."""

    def __iter__(self) -> Iterator[Holding]:
        """Put together what is stored of each account, in order of account."""
        accounts = Followers(self.accounts, lambda row: row.id)
        sides = Followers(self.sides, lambda side: side.account)
        lots = Followers(self.lots, lambda lot: lot.account)
        acts = Followers(self.acts, lambda act: WALLET + act.household)
        while True:
            following = (one.next_key() for one in (accounts, sides, lots, acts))
            account = min((key for key in following if key is not None), default=None)
            if account is None:
                return
            merged = self.merges.get(owner_of(account), ()) if side_of(account) == WALLET else ()
            yield Holding(
                account=account,
                rows=accounts.of(account),
                sides=sides.of(account),
                lots=lots.of(account),
                acts=[*acts.of(account), *merged],
            )


@dataclass(slots=True)
class Balances:
    """What the accounts hold together."""

    accounts: int = 0
    lots: int = 0
    lots_overdue: int = 0
    """Lots that ended long ago and still hold points."""
    by_side: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Balances") -> None:
        """Add what further accounts hold."""
        self.accounts += other.accounts
        self.lots += other.lots
        self.lots_overdue += other.lots_overdue
        self.by_side.update(other.by_side)


class AccountCheck:
    """Checks accounts as they pass by, and adds them up."""

    def __init__(
        self,
        calendar: Calendar,
        findings: Findings,
        balances: Balances | None = None,
        *,
        last_at: Mapping[int, int],
        now: int,
    ) -> None:
        """Be ready to check.

        Args:
            calendar: Tells when points must have ended.
            findings: Told of every disagreement.
            balances: Added to; nothing is added up yet if not given.
            last_at: When each account that is not a wallet was last moved.
            now: The present, to tell what should have been swept long ago.
        """
        self.balances = balances if balances is not None else Balances()
        self._calendar = calendar
        self._findings = findings
        self._last_at = last_at
        self._now = now

    def check(self, holding: Holding) -> None:
        """Check one account."""
        if side_of(holding.account) == WALLET:
            tally, last_at = self._check_wallet(holding)
        else:
            tally, last_at = self._check_other(holding), self._last_at.get(holding.account)
        self._check_row(holding, tally, last_at)

    def _check_other(self, holding: Holding) -> Tally:
        if not OWED <= side_of(holding.account) <= LEASED:
            self._findings.add(Code.ACCOUNT_UNKNOWN, {"account": holding.account})
        for lot in holding.lots:
            self._findings.add(Code.LOT_UNKNOWN, {"lot": lot.id, "account": lot.account})
        tally = Tally(holding.account)
        for side in holding.sides:
            tally.add(side, self._findings)
        return tally

    def _check_wallet(self, holding: Holding) -> tuple[Tally, int | None]:
        wallet = WalletTally(holding.account, self._findings)
        ends = {lot.id: lot.expires_at for lot in holding.lots}
        household = owner_of(holding.account)
        last_at: int | None = None
        for act, sides in by_act(holding.sides, holding.acts):
            for side in sides:
                wallet.add(side, act)
                self._check_place(side, act, ends)
            if act is None:
                continue
            last_at = act.posted_at if sides else last_at
            # A merge tells the balance of the household that stands.
            if act.household == household and act.balance_after != wallet.tally.balance:
                self._findings.add(
                    Code.OPERATION_BALANCE,
                    {"operation": act.id},
                    expected=wallet.tally.balance,
                    found=act.balance_after,
                )
        self._check_lots(holding, wallet)
        return wallet.tally, last_at

    def _check_place(self, side: SideLine, act: ActLine | None, ends: Mapping[int, int]) -> None:
        """Check that an entry is of the household's own, and was made at a time when it may be."""
        about = {"account": side.account, "operation": side.operation, "line": side.line}
        if act is None:
            self._findings.add(Code.SEQUENCE_BROKEN, about, found=side.seq)
            return
        end = ends.get(side.lot or 0)
        # What is taken back may have ended: it goes to where it came from.
        is_taken_back = act.kind == _TAKING_BACK and side.other < WALLET and side.other != EXPIRED
        if end is None or side.is_credit or is_taken_back:
            return
        if side.other == EXPIRED and act.posted_at < end:
            self._findings.add(Code.EXPIRED_TOO_EARLY, about, expected=end, found=act.posted_at)
        if side.other != EXPIRED and act.posted_at >= end:
            self._findings.add(Code.SPENT_AFTER_EXPIRY, about, expected=end, found=act.posted_at)

    def _check_lots(self, holding: Holding, wallet: WalletTally) -> None:
        self.balances.lots += len(holding.lots)
        left = dict(wallet.lots)
        for row in holding.lots:
            tally = left.pop(row.id, None)
            if tally is None:
                self._findings.add(Code.LOT_UNKNOWN, {"lot": row.id, "account": row.account})
                continue
            self._check_lot(row, tally)
            if row.remaining and row.expires_at + OVERDUE_AFTER < self._now:
                self.balances.lots_overdue += 1
        for lot in left:
            self._findings.add(Code.LOT_MISSING, {"lot": lot, "account": holding.account})
        remaining = sum(row.remaining for row in holding.lots)
        balance = sum(row.balance for row in holding.rows)
        if remaining != balance:
            about = {"account": holding.account}
            self._findings.add(Code.LOT_SUM, about, expected=balance, found=remaining)

    def _check_lot(self, row: LotLine, tally: LotTally) -> None:
        about = {"lot": row.id}
        if row.amount != tally.amount:
            self._findings.add(Code.LOT_AMOUNT, about, expected=tally.amount, found=row.amount)
        if row.remaining != tally.remaining:
            self._findings.add(
                Code.LOT_REMAINING, about, expected=tally.remaining, found=row.remaining
            )
        if row.expired != tally.expired:
            self._findings.add(Code.LOT_EXPIRED, about, expected=tally.expired, found=row.expired)
        if row.expires_at != tally.expires_at:
            self._findings.add(
                Code.LOT_EXPIRY, about, expected=tally.expires_at, found=row.expires_at
            )
        act = tally.made_by
        # Where points of another lot moved, or came back, depends on that lot: see `undoing`.
        if act is None or act.kind not in EARNING or self._calendar.is_empty:
            return
        if row.origin is not None:
            self._findings.add(Code.LOT_ORIGIN, about, found=row.origin)
        ends = self._calendar.ends_of(act.local_day, act.occurred_at, act.posted_at)
        if tally.expires_at not in ends:
            expected = ends[0] if ends else None
            self._findings.add(Code.LOT_EXPIRY, about, expected=expected, found=tally.expires_at)

    def _check_row(self, holding: Holding, tally: Tally, last_at: int | None) -> None:
        about = {"account": holding.account}
        if not holding.rows:
            if tally.version:
                self._findings.add(Code.ACCOUNT_MISSING, about)
            return
        row = holding.rows[0]
        self.balances.accounts += 1
        self.balances.by_side[side_of(row.id)] += row.balance
        if row.balance != tally.balance:
            self._findings.add(
                Code.ACCOUNT_BALANCE, about, expected=tally.balance, found=row.balance
            )
        if row.balance > BALANCE_MAX:
            self._findings.add(Code.ACCOUNT_ABOVE_MAX, about, found=row.balance)
        if row.version != tally.version:
            self._findings.add(
                Code.ACCOUNT_VERSION, about, expected=tally.version, found=row.version
            )
        last_at = last_at if tally.version else NEVER_MOVED
        if last_at is not None and row.last_at != last_at:
            self._findings.add(Code.ACCOUNT_TIME, about, expected=last_at, found=row.last_at)

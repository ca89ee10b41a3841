"""The quick look: tell of an everyday wallet that all of it is right.

Nearly all wallets were moved by nothing but what paid into new lots, and by what spent those that
were still valid. What `verifying_accounts` checks of them is checked here in one go, without
asking what exactly is wrong; whatever is not plainly right is left to it.
"""

from points.domain.calendar import Calendar
from points.domain.shapes import EXPIRED, REDEEMED, WALLET
from points.domain.stored import ActLine, SideLine
from points.domain.verifying_accounts import (
    BALANCE_MAX,
    EARNING,
    OVERDUE_AFTER,
    Balances,
    Holding,
)
from points.domain.verifying_operations import made_lot

_EARNING = frozenset(kind.value for kind in EARNING)
_WALLETS_END = 2 * WALLET
_WRONG = (-1, 0)

Lots = dict[int, list[int]]
"""By number: what came into a lot, what is left of it, what of it has ended, and when it ends."""


class PlainWallets:
    """Looks at wallets as they pass by, and adds up those that are plainly right."""

    def __init__(self, calendar: Calendar, balances: Balances, *, now: int) -> None:
        """Add to these balances."""
        self._calendar = calendar
        self._balances = balances
        self._overdue_before = now - OVERDUE_AFTER

    def is_right(self, holding: Holding) -> bool:
        """Tell whether a wallet is plainly right, and so is added up already."""
        account = holding.account
        if not WALLET < account < _WALLETS_END or len(holding.rows) != 1 or not holding.sides:
            return False
        left: Lots = {}
        balance, last_at = self._walk(holding, left)
        count = len(left)
        row = (account, balance, len(holding.sides), last_at)
        if not 0 <= balance <= BALANCE_MAX or holding.rows[0] != row:
            return False
        overdue = 0
        for _, number, *stored, origin, expires_at in holding.lots:
            if origin is not None or left.pop(number, None) != [*stored, expires_at]:
                return False
            overdue += stored[1] > 0 and expires_at < self._overdue_before
        if left:
            return False
        self._add_up(balance, count, overdue)
        return True

    def _walk(self, holding: Holding, lots: Lots) -> tuple[int, int]:
        """Go through a wallet's entries with its operations.

        Gives what is left, and when it was last moved; less than nought where anything is wrong.
        """
        sides, household = holding.sides, holding.account - WALLET
        count, place, balance, last_at = len(sides), 0, 0, 0
        for act in holding.acts:
            if act.household != household:
                return _WRONG  # it went up in another household
            while place < count and sides[place].operation == act.id:
                side = sides[place]
                place += 1
                moved = self._pay_in(act, side, lots) if side.is_credit else _pay(act, side, lots)
                balance += moved
                if side.seq != place or not moved or balance < 0:
                    return _WRONG
                last_at = act.posted_at
            if act.balance_after != balance:
                return _WRONG
        return (balance, last_at) if place == count else _WRONG

    def _pay_in(self, act: ActLine, side: SideLine, lots: Lots) -> int:
        """Make the lot of an entry that paid something in; 0 unless it plainly does."""
        _, _, operation, line, _, amount, lot, _, expires_at = side
        if (
            lot is None
            or expires_at is None
            or amount <= 0
            or lot in lots
            or lot != made_lot(operation, line)
            or act.kind not in _EARNING
        ):
            return 0
        calendar = self._calendar
        if not calendar.is_empty and expires_at not in calendar.ends_of(
            act.local_day, act.occurred_at, act.posted_at
        ):
            return 0
        lots[lot] = [amount, amount, 0, expires_at]
        return amount

    def _add_up(self, balance: int, lots: int, overdue: int) -> None:
        balances = self._balances
        balances.accounts += 1
        balances.lots += lots
        balances.lots_overdue += overdue
        balances.by_side[WALLET] += balance


def _pay(act: ActLine, side: SideLine, lots: Lots) -> int:
    """Take what an entry spent, or what ended, out of its lot; 0 unless that is plainly right."""
    lot = lots.get(side.lot or 0)
    amount = side.amount
    if lot is None or not 0 < amount <= lot[1]:
        return 0
    has_ended = act.posted_at >= lot[3]
    if side.other == EXPIRED and has_ended:
        lot[2] += amount
    elif side.other != REDEEMED or has_ended:
        return 0
    lot[1] -= amount
    return -amount

"""The book's arithmetic: accounts, entries and lots.

One entry moves one positive amount from one account (debit) to another (credit), so the book is
balanced by construction. A household's spendable points lie in lots that expire as a whole;
the soonest to expire are spent first. No balance ever goes below zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from points.domain.ids import (
    AccountId,
    AccountKind,
    HouseholdId,
    LotId,
    OperationId,
    SystemAccount,
    account_kind,
    lot_id,
    owed,
    system,
    wallet,
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account that has a limit. `version` counts its entries."""

    balance: int = 0
    version: int = 0


_NEVER_USED = Account()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the book: `amount` > 0 leaves `debit` and arrives at `credit`.

    The two sequence numbers count the entries of each account from 1; a system side has none. An
    entry that makes a lot says when its points end: that is promised once, whatever rules come.
    """

    operation: OperationId
    line: int
    debit: AccountId
    credit: AccountId
    amount: int
    lot: LotId | None
    expires_at: datetime | None = None
    debit_seq: int | None
    credit_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Points earned together that expire together, and how many are left."""

    id: LotId
    account: AccountId
    amount: int
    remaining: int
    expires_at: datetime
    expired: int = 0
    """How many of the points ended unspent."""
    origin: LotId | None = None
    """The lot that these points were first earned in, where they have moved since."""


def side_sign(account: AccountId, *, is_credit: bool) -> int:
    """Tell whether an entry raises (1) or lowers (-1) the account's balance.

    What a household owes is counted upwards when debited; everything else when credited.
    """
    return 1 if is_credit is not (account_kind(account) is AccountKind.OWED) else -1


class Book:
    """The accounts and lots that a batch touches, moved operation by operation.

    Changed only through the methods below, each of which keeps every balance at zero or above:
    whoever calls asks first (`available`, `balance`) and moves afterwards.
    """

    def __init__(self, accounts: Mapping[AccountId, Account], lots: Iterable[Lot]) -> None:
        """Start from what is stored; neither argument is changed."""
        self._accounts = dict(accounts)
        self._lots = {lot.id: lot for lot in lots}
        self._lots_of: dict[AccountId, list[LotId]] = {}
        for lot in self._lots.values():
            self._lots_of.setdefault(lot.account, []).append(lot.id)
        self._touched_accounts: set[AccountId] = set()
        self._touched_lots: set[LotId] = set()
        self._operation = OperationId(0)
        self._entries: list[Entry] = []

    def begin(self, operation: OperationId) -> None:
        """Start writing the entries of this operation."""
        self._operation = operation
        self._entries = []

    @property
    def operation(self) -> OperationId:
        """Give the operation whose entries are being written."""
        return self._operation

    def entries(self) -> tuple[Entry, ...]:
        """Give the entries written since `begin`, in order."""
        return tuple(self._entries)

    def changed_accounts(self) -> dict[AccountId, Account]:
        """Give every account moved, as it now stands."""
        return {account: self._accounts[account] for account in self._touched_accounts}

    def changed_lots(self) -> list[Lot]:
        """Give every lot made or moved, as it now stands."""
        return [self._lots[lot] for lot in sorted(self._touched_lots)]

    def balance(self, account: AccountId) -> int:
        """Tell an account's balance; zero where it was never used."""
        return self._accounts.get(account, _NEVER_USED).balance

    def lot(self, lot: LotId) -> Lot:
        """Give a lot as it now stands. It must have been handed in or made here."""
        return self._lots[lot]

    def family(self, lot: LotId) -> list[Lot]:
        """Give the lot and those that its points have moved to since."""
        return [held for held in self._lots.values() if lot in (held.id, held.origin)]

    def live_lots(self, household: HouseholdId, now: datetime) -> list[Lot]:
        """Give the lots that can be spent now, soonest to expire first."""
        return [lot for lot in self.lots_with_points(household) if lot.expires_at > now]

    def available(self, household: HouseholdId, now: datetime) -> int:
        """Tell how many points can be spent now."""
        return sum(lot.remaining for lot in self.live_lots(household, now))

    def move(
        self,
        debit: AccountId,
        credit: AccountId,
        amount: int,
        *,
        lot: LotId | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Write one entry; where it makes a lot, with the end of its points."""
        assert amount > 0, "an entry moves at least one"
        entry = Entry(
            operation=self._operation,
            line=len(self._entries),
            debit=debit,
            credit=credit,
            amount=amount,
            lot=lot,
            expires_at=expires_at,
            debit_seq=self._post(debit, amount * side_sign(debit, is_credit=False)),
            credit_seq=self._post(credit, amount * side_sign(credit, is_credit=True)),
        )
        self._entries.append(entry)

    def expire_due(self, household: HouseholdId, now: datetime) -> int:
        """Take what is left of the household's ended lots; tell how many points that was."""
        due = [lot for lot in self.lots_with_points(household) if lot.expires_at <= now]
        for lot in due:
            self.expire(lot.id)
        return sum(lot.remaining for lot in due)

    def expire(self, lot: LotId) -> None:
        """Take all that is left of one lot as expired."""
        left = self._lots[lot].remaining
        self._lots[lot] = replace(self._lots[lot], expired=self._lots[lot].expired + left)
        self.take(lot, left, to=system(SystemAccount.EXPIRED))

    def credit(
        self,
        household: HouseholdId,
        points: int,
        *,
        source: AccountId,
        expires_at: datetime,
    ) -> None:
        """Give points to a household: first against what it owes, the rest as a new lot."""
        to_debt = min(points, self.balance(owed(household)))
        if to_debt:
            self.move(source, owed(household), to_debt)
        if points > to_debt:
            self.add_lot(household, points - to_debt, source=source, expires_at=expires_at)

    def add_lot(
        self,
        household: HouseholdId,
        points: int,
        *,
        source: AccountId,
        expires_at: datetime,
        origin: LotId | None = None,
    ) -> None:
        """Make a lot of these points, whatever the household owes."""
        lot = Lot(
            id=lot_id(self._operation, len(self._entries)),
            account=wallet(household),
            amount=points,
            remaining=points,
            expires_at=expires_at,
            origin=origin,
        )
        self._lots[lot.id] = lot
        self._lots_of.setdefault(lot.account, []).append(lot.id)
        self._touched_lots.add(lot.id)
        self.move(source, lot.account, points, lot=lot.id, expires_at=expires_at)

    def spend(self, household: HouseholdId, points: int, *, to: AccountId, now: datetime) -> None:
        """Take points from the household's lots, soonest to expire first; one entry a lot."""
        left = points
        for lot in self.live_lots(household, now):
            taken = min(left, lot.remaining)
            if taken:
                self.take(lot.id, taken, to=to)
            left -= taken
        assert left == 0, "spending was decided without enough points"

    def owe(self, household: HouseholdId, points: int, *, to: AccountId) -> None:
        """Book points that a household should give and has not: what comes in next pays them."""
        self.move(owed(household), to, points)

    def settle(self, household: HouseholdId, now: datetime) -> None:
        """Pay what a household owes from what it has: nobody owes points and spends others."""
        debt = min(self.balance(owed(household)), self.available(household, now))
        if debt:
            self.spend(household, debt, to=owed(household), now=now)

    def take(self, lot: LotId, points: int, *, to: AccountId) -> None:
        """Take points out of one lot."""
        self._change_lot(lot, -points)
        self.move(self._lots[lot].account, to, points, lot=lot)

    def refill(self, lot: LotId, points: int, *, source: AccountId) -> None:
        """Put points back into the lot that they came from."""
        self._change_lot(lot, points)
        self.move(source, self._lots[lot].account, points, lot=lot)

    def move_lots(self, source: HouseholdId, into: HouseholdId) -> None:
        """Give every lot of one household to another, expiry and all, and what it owes as well."""
        merged = system(SystemAccount.MERGED)
        for lot in self.lots_with_points(source):
            self.take(lot.id, lot.remaining, to=merged)
            self.add_lot(
                into,
                lot.remaining,
                source=merged,
                expires_at=lot.expires_at,
                origin=lot.origin or lot.id,
            )
        debt = self.balance(owed(source))
        if debt:
            self.move(merged, owed(source), debt)
            self.move(owed(into), merged, debt)

    def lots_with_points(self, household: HouseholdId) -> list[Lot]:
        """Give the lots that hold anything, ended ones included, soonest to expire first."""
        numbers = self._lots_of.get(wallet(household), ())
        lots = [lot for number in numbers if (lot := self._lots[number]).remaining]
        if len(lots) > 1:
            lots.sort(key=_by_expiry)
        return lots

    def _change_lot(self, lot: LotId, points: int) -> None:
        before = self._lots[lot]
        after = replace(before, remaining=before.remaining + points)
        assert 0 <= after.remaining <= after.amount, "a lot holds no more than was put in"
        self._lots[lot] = after
        self._touched_lots.add(lot)

    def _post(self, account: AccountId, change: int) -> int | None:
        if account_kind(account) is AccountKind.SYSTEM:
            return None
        before = self._accounts.get(account, _NEVER_USED)
        after = Account(before.balance + change, before.version + 1)
        assert after.balance >= 0, "a balance never goes below zero"
        self._accounts[account] = after
        self._touched_accounts.add(account)
        return after.version


def _by_expiry(lot: Lot) -> tuple[datetime, LotId]:
    return lot.expires_at, lot.id


def system_total(entries: Sequence[Entry], side: SystemAccount) -> int:
    """Sum what the entries moved into (+) or out of (-) a system side."""
    account = system(side)
    return sum(
        entry.amount * ((entry.credit == account) - (entry.debit == account)) for entry in entries
    )

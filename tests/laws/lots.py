"""The reference model's arithmetic: lots, debts and everything else that is held, in plain numbers.

An act remembers all that it moved, so that to undo it is to move the same back.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from points.domain.access import Credential
from points.domain.facts import PinChecked
from points.domain.ids import EventKey, HouseholdId


@dataclass(eq=False)
class Lot:
    """Points that end together. Merged or refunded, they become another lot of the same family."""

    owner: HouseholdId
    amount: int
    ends: datetime
    family: object
    left: int = 0
    expired: int = 0


@dataclass(eq=False)
class Act:
    """An operation that was accepted, or is about to be."""

    by: Credential
    key: str
    op: Any
    now: datetime
    day: date
    household: HouseholdId | None = None
    pin: PinChecked | None = None
    code: Any = None
    allowance: Any = None
    is_confirmed: bool = False
    resident: int | None = None
    event: EventKey | None = None
    item: str | None = None
    points: int = 0
    quantity: int = 1
    bonus: int = 0
    period: str = ""
    is_undone: bool = False
    moved: list[tuple[Any, int]] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        instant: datetime = self.op.occurred_at
        return instant

    def moved_of(self, name: str) -> int:
        """Tell by how much the act moved what is held under this name, whoever's."""
        named = [it for what, it in self.moved if isinstance(what, tuple) and what[0] == name]
        return sum(named)


class Lots:
    """Who holds what: points in lots, all else by name, as ("owed", household) for debts."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.held: Counter[Any] = Counter()

    def lots_of(self, household: HouseholdId | None) -> list[Lot]:
        """Give the soonest to end first; of those that end together, the older first."""
        return sorted((it for it in self.lots if it.owner == household), key=lambda it: it.ends)

    def with_points(self) -> list[Lot]:
        return sorted((it for it in self.lots if it.left), key=lambda it: (it.owner, it.ends))

    def balance(self, household: HouseholdId | None) -> int:
        return sum(it.left for it in self.lots_of(household))

    def available(self, household: HouseholdId | None, now: datetime) -> int:
        return sum(it.left for it in self.lots_of(household) if it.ends > now)

    def move(self, act: Act, what: object, amount: int) -> None:
        act.moved.append((what, amount))
        if isinstance(what, Lot):
            what.left += amount
            act.points += amount
        else:
            self.held[what] += amount

    def add_lot(self, act: Act, amount: int, ends: datetime, family: object = None) -> None:
        assert act.household is not None
        if amount:
            self.lots.append(Lot(act.household, amount, ends, family or object()))
            self.move(act, self.lots[-1], amount)

    def pay(self, act: Act, points: int, ends: datetime) -> None:
        """Give points: what is owed comes first, the rest is a lot."""
        debt = min(self.held["owed", act.household], points)
        self.move(act, ("owed", act.household), -debt)
        self.add_lot(act, points - debt, ends)
        act.points = points

    def spend(self, act: Act, points: int) -> None:
        for lot in self.lots_of(act.household):
            taken = min(lot.left, points) if lot.ends > act.now else 0
            self.move(act, lot, -taken)
            points -= taken

    def settle(self, act: Act) -> None:
        """Nobody owes points and spends others."""
        debt = min(self.held["owed", act.household], self.available(act.household, act.now))
        self.spend(act, debt)
        self.move(act, ("owed", act.household), -debt)

    def expire(self, lots: Iterable[Lot], now: datetime) -> None:
        for lot in lots:
            if lot.ends <= now:
                lot.expired, lot.left = lot.expired + lot.left, 0

    def family(self, lot: Lot) -> list[Lot]:
        return [it for it in self.lots if it.family is lot.family]

    def spent(self, act: Act) -> int:
        """Count the points that the act gave and that are neither left nor ended unspent."""
        given = [(what, it) for what, it in act.moved if isinstance(what, Lot) and it > 0]
        return sum(
            it - sum(kin.left + kin.expired for kin in self.family(lot)) for lot, it in given
        )

    def take_back(self, act: Act, original: Act, refund_ends: datetime) -> None:
        """Move back all that the original moved: out of its lots, or into them."""
        debt = self.spent(original)
        for what, amount in original.moved:
            if isinstance(what, Lot) and amount > 0:
                for lot in self.family(what):
                    self.move(act, lot, -lot.left)
            elif isinstance(what, Lot) and (what.owner != act.household or what.ends <= act.now):
                ends = what.ends if what.ends > act.now else refund_ends
                self.add_lot(act, -amount, ends, what.family)
            elif isinstance(what, tuple) and what[0] == "owed":
                # What was paid of a debt meanwhile comes back as points.
                still = min(amount, self.held["owed", act.household])
                self.move(act, ("owed", act.household), -still)
                self.add_lot(act, amount - still, refund_ends)
            else:
                self.move(act, what, -amount)
        self.move(act, ("owed", act.household), debt)
        self.settle(act)

    def merge(self, act: Act, source: HouseholdId) -> None:
        self.expire([*self.lots_of(source), *self.lots_of(act.household)], act.now)
        moved = self.balance(source)
        for lot in self.lots_of(source):
            self.add_lot(act, lot.left, lot.ends, lot.family)
            self.move(act, lot, -lot.left)
        debt = self.held["owed", source]
        self.move(act, ("owed", source), -debt)
        self.move(act, ("owed", act.household), debt)
        self.settle(act)
        act.points = moved

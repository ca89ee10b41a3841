"""Turn what a run asks for into requests: say when, under which name, and what else is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from points.domain.access import Credential, Role
from points.domain.facts import Asked
from points.domain.ids import HouseholdId, LotId
from points.domain.operations import (
    CashSlip,
    CloseBuilding,
    Expire,
    IssueSlip,
    OperationKey,
    Redeem,
    Share,
    SlipRef,
    Undo,
)
from tests.laws.commands import Again, Ask
from tests.laws.lots import Lot
from tests.laws.model import HAVE_A_MIRROR, Model
from tests.laws.world import PLAY, SUPERVISOR


@dataclass
class Names:
    """Every request that was made so far, and the book that new ones may point into."""

    model: Model
    asked: list[Asked] = field(default_factory=list)

    def batch(
        self, batch: Sequence[Ask | Again], *, now: datetime, lots: Mapping[LotId, Lot]
    ) -> list[Asked]:
        """Give the requests. What came with an earlier one of the same batch may be named too."""
        self.model.lots_by_id.update(lots)
        named: list[Asked] = []
        for one in batch:
            if isinstance(one, Ask):
                self.asked.append(self._fill_in(one, now, {it.key for it in named}))
                named.append(self.asked[-1])
            elif self.asked:
                named.append(_again(_counted_back(self.asked, one.back), one.how))
        return named

    def _fill_in(self, ask: Ask, now: datetime, with_it: set[OperationKey]) -> Asked:
        number, by = len(self.asked), ask.by or SUPERVISOR
        operation: Any = replace(ask.operation, occurred_at=now - ask.ago)
        match operation:
            case Undo():
                original = self._original(ask.back, with_it)
                if original is not None:
                    operation = replace(operation, undoes=original.key)
                    by = ask.by or original.credential
            case IssueSlip(attempt=str()):
                operation = self._attempt(operation, number + 3 - ask.back, by)
            case Redeem() if ask.back > 1:
                reward = self.model.find("rewards", operation.reward, operation.occurred_at)
                operation = replace(operation, price_shown=reward.price)
            case CashSlip() if ask.back > 1 and self.model.slips:
                operation = replace(operation, slip=SlipRef(list(self.model.slips)[-1]))
            case Expire():
                operation = self._expire(operation, ask.back, now)
            case CloseBuilding() | Share() if ask.back > 1:
                operation = self._clean_up(operation)
        return Asked(credential=by, key=OperationKey(f"k{number}"), operation=operation)

    def _attempt(self, issue: IssueSlip, number: int, by: Credential) -> IssueSlip:
        """Name a scan before it, or one still to come; a supervisor's phone names whose it was."""
        found = self.asked[number : number + 1] if number >= 0 else []
        theirs = [it.credential.id for it in found if by.role is Role.SUPERVISOR]
        return replace(
            issue, attempt=OperationKey(f"k{number}"), attempt_by=theirs[0] if theirs else None
        )

    def _original(self, back: int, with_it: set[OperationKey]) -> Asked | None:
        """Give something that may well be undone; counted back by one, whatever it was."""
        known = with_it | {it.key for it in self.model.acts}
        found = [it for it in self.asked if it.operation.kind in HAVE_A_MIRROR]
        found = [it for it in found if it.key in known or back == 1]
        return _counted_back(found, back) if found else None

    def _expire(self, expire: Expire, back: int, now: datetime) -> Expire:
        lots = {it: lot for it, lot in self.model.lots_by_id.items() if lot.left}
        due = [it for it, lot in lots.items() if lot.ends <= now]
        if not lots:
            return expire
        lot = _counted_back(due or list(lots), back)
        return replace(expire, lot=LotId(lot), household=lots[lot].owner)

    def _clean_up(self, operation: CloseBuilding | Share) -> CloseBuilding | Share:
        """Name a building where somebody checked in, and whoever it was."""
        for check_in in [it for it in self.model.acts if it.item and it.period][-1:]:
            building, period = check_in.op.building, check_in.period
            operation = replace(operation, building=building, period=period)
        if isinstance(operation, Share):
            for person in self.model.people(operation)[max(0, operation.place - 1) :][:1]:
                owner = HouseholdId(person.household or 0)
                operation = replace(operation, household=owner)
        return operation


def _counted_back(items: Sequence[Any], back: int) -> Any:
    return items[-min(back, len(items))]


def _again(asked: Asked, how: str) -> Asked:
    if how == "other body":
        later = asked.operation.occurred_at + timedelta(seconds=1)
        return replace(asked, operation=replace(asked.operation, occurred_at=later))
    if how == "other phone":
        return replace(asked, credential=PLAY if asked.credential != PLAY else SUPERVISOR)
    return asked

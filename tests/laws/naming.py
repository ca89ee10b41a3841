"""Turn what a run asks for into requests: say when, under which name, and what else is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import Asked
from points.domain.ids import HouseholdId, LotId
from points.domain.operations import (
    Adjust,
    CardRef,
    CashSlip,
    CloseBuilding,
    Expire,
    IssueSlip,
    LeaseStock,
    Operation,
    OperationKey,
    Redeem,
    ReturnStock,
    Share,
    SlipRef,
    Undo,
)
from tests.laws.kinds import Again, Ask
from tests.laws.lots import Lot
from tests.laws.model import HAVE_A_MIRROR, Model
from tests.laws.world import ANY_ALLOWANCE, ANY_CODE, PIN, PLAY, STALL, SUPERVISOR
from tests.market import LI_CARD, WANG_CARD

_SOME, _FEW = 3, 6
CARDS_OF_PEOPLE = (WANG_CARD, LI_CARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed(Asked):
    """A request, and what is typed as the household's PIN, if anything is."""

    typed: str | None = None


@dataclass
class Names:
    """Every request that was made so far, and the book that new ones may point into."""

    model: Model
    asked: list[Typed] = field(default_factory=list)

    def batch(
        self, batch: Sequence[Ask | Again], *, now: datetime, lots: Mapping[LotId, Lot]
    ) -> list[Typed]:
        """Give the requests. What came with an earlier one of the same batch may be named too."""
        self.model.lots_by_id.update(lots)
        named: list[Typed] = []
        for one in batch:
            if isinstance(one, Ask):
                self.asked.append(self._fill_in(one, now, {it.key for it in named}))
                named.append(self.asked[-1])
            elif self.asked:
                named.append(_again(_counted_back(self.asked, one.back), one.how))
        return named

    def debt(self, household: HouseholdId, points: int, *, now: datetime) -> list[Typed]:
        """Ask for points, spend them, and take them back."""
        keys = [OperationKey(f"k{len(self.asked) + it}") for it in range(3)]
        given, spent = (
            Adjust(
                household=household,
                points=change,
                reason="by mistake",
                approver="Chen",
                occurred_at=now,
            )
            for change in (points, -points)
        )
        back = Undo(undoes=keys[0], occurred_at=now, claws_back=True)
        operations: list[Operation] = [given, spent, back]
        asked = [
            Typed(credential=OPERATOR, key=key, operation=operation)
            for key, operation in zip(keys, operations, strict=True)
        ]
        self.asked += asked
        return asked

    def _fill_in(self, ask: Ask, now: datetime, with_it: set[OperationKey]) -> Typed:
        number, by = len(self.asked), ask.by or SUPERVISOR
        operation: Any = replace(ask.operation, occurred_at=now - ask.ago)
        if getattr(operation, "card", None) in (ANY_CODE, ANY_ALLOWANCE):
            operation = replace(operation, card=self._from_page(operation.card, ask.back))
        match operation:
            case Undo():
                operation, by = self._undo(operation, ask, with_it)
            case IssueSlip(attempt=str()):
                operation = self._attempt(operation, number + 3 - ask.back, by)
            case Redeem() if ask.back > 1:
                operation, by = self._redeem(operation, by, ask.back)
            case CashSlip() if ask.back > 1 and self.model.slips:
                operation = replace(operation, slip=SlipRef(list(self.model.slips)[-1]))
            case Expire():
                operation = self._expire(operation, ask.back, now)
            case LeaseStock() | ReturnStock() if ask.back > 1 and by.booth is not None:
                operation = replace(operation, device=by.id, booth=by.booth)
            case CloseBuilding() | Share() if ask.back > 1:
                operation = self._clean_up(operation)
        return Typed(
            credential=by, key=OperationKey(f"k{number}"), operation=operation, typed=ask.pin
        )

    def _undo(self, undo: Undo, ask: Ask, with_it: set[OperationKey]) -> tuple[Undo, Credential]:
        original, by = self._original(ask.back, with_it), ask.by
        if ask.back > _FEW and (indebting := self._indebting(undo, ask.back - _FEW)):
            original, by = indebting, OPERATOR
        if original is None:
            return undo, by or SUPERVISOR
        return replace(undo, undoes=original.key), by or original.credential

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

    def _indebting(self, undo: Undo, back: int) -> Asked | None:
        """Give what leaves a debt when it is taken back, or left one when it was done."""
        acts = [it for it in self.model.acts if not it.is_undone and it.op.kind in HAVE_A_MIRROR]
        if undo.claws_back:
            acts = [it for it in acts if self.model.spent(it)]
        else:
            acts = [it for it in acts if it.moved_of("owed") > 0]
        found = [it for it in self.asked if it.key in {act.key for act in acts}]
        return found[-min(back, len(found))] if found else None

    def _redeem(self, redeem: Redeem, by: Credential, back: int) -> tuple[Redeem, Credential]:
        """Ask for what there is: a phone gives away what it has, a household has the points."""
        held, phones = self.model.held, {it.id: it for it in (STALL, SUPERVISOR)}
        if redeem.is_offline:
            leases = [it for it in held if isinstance(it, tuple) and it[0] == "leased"]
            for _, device, shelf in [it for it in leases if held[it]][-1:]:
                redeem, by = replace(redeem, reward=shelf.reward, quantity=1), phones[device]
        reward = self.model.find("rewards", redeem.reward, redeem.occurred_at)
        if back > _SOME and not redeem.is_offline and redeem.card in self.model.cards:
            redeem = replace(redeem, card=self._richest(), quantity=1, reserve="")
        return replace(redeem, price_shown=reward.price), by

    def _from_page(self, ref: CardRef, back: int) -> CardRef:
        """Name the code or the allowance that was made last, or now and then the one before."""
        made = self.model.codes if ref == ANY_CODE else self.model.allowances
        return CardRef(_counted_back(list(made), 2 if back % _FEW == 0 else 1)) if made else ref

    def _richest(self) -> CardRef:
        model = self.model
        return max(
            (card for card in CARDS_OF_PEOPLE if model.cards[card].state == "active"),
            key=lambda card: model.balance(model.root(model.cards[card].household)),
            default=CARDS_OF_PEOPLE[0],
        )

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


def _again(asked: Typed, how: str) -> Typed:
    if how == "with the PIN":
        return replace(asked, typed=PIN)
    if how == "other body":
        later = asked.operation.occurred_at + timedelta(seconds=1)
        return replace(asked, operation=replace(asked.operation, occurred_at=later))
    if how == "other phone":
        return replace(asked, credential=PLAY if asked.credential != PLAY else SUPERVISOR)
    return asked

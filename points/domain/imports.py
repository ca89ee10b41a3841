"""Decide what a checked list of households changes: all of it, or none and every reason why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from points.domain.cards import CardNumber
from points.domain.facts import CardState
from points.domain.ids import CardId, CommunityKey, HouseholdId
from points.domain.people import CardRecord, Home
from points.domain.sheets import Column, Line, RowFault, RowReason

Place = tuple[CommunityKey, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDoor:
    """A door that is known, the name on it, and the household that stands behind it today."""

    household: HouseholdId
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of everything that a list names."""

    doors: Mapping[Place, KnownDoor]
    cards: Mapping[CardNumber, CardRecord]
    used: frozenset[HouseholdId]
    """Anonymous households that did something already: their past moves with them."""


@dataclass(slots=True)
class Plan:
    """Everything that an import writes; filled once by `plan_import`, read-only afterwards."""

    added: list[Home] = field(default_factory=list)
    """Households that are new and have no card yet."""
    settled: dict[HouseholdId, Home] = field(default_factory=dict)
    """Anonymous households that get their door."""
    named: dict[Place, str] = field(default_factory=dict)
    """Households known without a name until now."""
    moved: dict[CardId, HouseholdId] = field(default_factory=dict)
    """Unused cards that go to another household."""
    merged: dict[HouseholdId, HouseholdId] = field(default_factory=dict)
    """Anonymous households that go up in another, by the one door."""
    left: set[HouseholdId] = field(default_factory=set)
    """Anonymous households whose card moves away."""
    changed: int = 0
    """Rows about known households that change them."""
    unchanged: int = 0
    cards_bound: int = 0

    def is_empty(self) -> bool:
        """Tell whether everything is as the list says already."""
        return not (self.added or self.settled or self.named or self.moved or self.merged)

    def touched(self) -> set[HouseholdId]:
        """Give the households that must not be scanned while this is written."""
        gaining = {*self.moved.values(), *self.merged.values()}
        return {*self.settled, *self.merged, *self.left, *gaining}


def plan_import(lines: Sequence[Line], known: Known) -> Plan | list[RowFault]:
    """Decide row by row what changes; any fault and nothing does."""
    planner = _Planner(known)
    for line in lines:
        planner.take(line)
    return planner.faults or planner.plan


class _Planner:
    def __init__(self, known: Known) -> None:
        self.plan = Plan()
        self.faults: list[RowFault] = []
        self._known = known
        self._taken_by: dict[HouseholdId, int] = {}

    def take(self, line: Line) -> None:
        """Decide one row. After the first fault only further faults are looked for."""
        before = self._known.doors.get(line.home.place)
        if before is not None and before.name and line.home.name not in (None, before.name):
            self._fault(line, Column.NAME, RowReason.DIFFERS_FROM_DATABASE, known=before.name)
        cards = [card for number in line.cards if (card := self._card(line, number, before))]
        if self.faults:
            return
        if before is None:
            self._add(line, cards)
        else:
            self._extend(line, before, cards)

    def _card(self, line: Line, number: CardNumber, before: KnownDoor | None) -> CardRecord | None:
        """Give the card if this row may have it; note why not otherwise."""
        card = self._known.cards.get(number)
        if card is None:
            self._fault(line, Column.CARDS, RowReason.CARD_UNKNOWN, found=number)
            return None
        if before is not None and card.household == before.household:
            return card
        if card.state is not CardState.ACTIVE:
            self._fault(line, Column.CARDS, RowReason.CARD_STOPPED, found=number, state=card.state)
            return None
        if card.has_door:
            self._fault(line, Column.CARDS, RowReason.CARD_BOUND, found=number)
            return None
        # Cards merged at the desk share one anonymous household, which lives behind one door.
        first = self._taken_by.setdefault(card.household, line.row)
        if first != line.row:
            self._fault(line, Column.CARDS, RowReason.CARD_BOUND, found=number, first_row=first)
            return None
        return card

    def _add(self, line: Line, cards: list[CardRecord]) -> None:
        if not cards:
            self.plan.added.append(line.home)
            return
        household = cards[0].household
        self.plan.settled[household] = line.home
        self.plan.cards_bound += len(cards)
        for card in cards[1:]:
            self._join(card, household)

    def _extend(self, line: Line, before: KnownDoor, cards: list[CardRecord]) -> None:
        new = [card for card in cards if card.household != before.household]
        if before.name is None and line.home.name is not None:
            self.plan.named[line.home.place] = line.home.name
        elif not new:
            self.plan.unchanged += 1
            return
        self.plan.changed += 1
        self.plan.cards_bound += len(new)
        for card in new:
            self._join(card, before.household)

    def _join(self, card: CardRecord, household: HouseholdId) -> None:
        if card.household == household:
            return
        if card.household in self._known.used:
            self.plan.merged[card.household] = household
        else:
            self.plan.moved[card.id] = household
            self.plan.left.add(card.household)

    def _fault(self, line: Line, column: Column, reason: RowReason, **details: int | str) -> None:
        self.faults.append(RowFault(row=line.row, column=column, reason=reason, details=details))

"""The volunteer day of December 2019 as visitors live it, and what each should have at its end.

This is the journey's own reckoning: plain arithmetic over who went where, written from the rules
on the poster and sharing no code with the service.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

STAMP_BOOTHS = (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15)
PRICES = {"bin-bags": 30, "soap": 50, "wipes": 240, "towel": 800, "plant": 100}
STOCK = {"bin-bags": 400, "soap": 200, "wipes": 60, "towel": 20, "plant": 80}
TENTHS_PER_KILOGRAM = {
    "paper": 20,
    "plastic": 50,
    "metal": 80,
    "textile": 30,
    "glass": 2,
    "other_plastic": 1,
}


@dataclass(slots=True)
class Visitor:
    """One card's morning."""

    card: str
    number: str
    checks_in: bool = True
    games: int = 0
    right_answers: int | None = None
    grams: dict[str, int] = field(default_factory=dict)
    stamps: tuple[int, ...] = ()
    shift_minutes: int | None = None
    brought: int = 0
    """Points carried over from the paper ledger."""
    spent: Counter[str] = field(default_factory=Counter)

    def earned(self) -> int:
        """Reckon the morning's points from the poster."""
        hand_in = sum(TENTHS_PER_KILOGRAM[kind] * weight for kind, weight in self.grams.items())
        minutes = min(self.shift_minutes or 0, 120)
        return (
            10 * self.checks_in
            + 5 * min(self.games, 2)
            + min(self.right_answers or 0, 10)
            + min(hand_in // 10_000, 50)
            + 20 * (len(self.stamps) >= 6)
            + minutes // 6
        )

    def has(self) -> int:
        """Reckon what is left."""
        spent = sum(PRICES[reward] * pieces for reward, pieces in self.spent.items())
        return self.brought + self.earned() - spent


def visitors(cards: list[tuple[str, str]], *, seed: int) -> list[Visitor]:
    """Send everyone on a way of their own; the same seed, the same ways."""
    chance = random.Random(seed)
    return [_visitor(card, number, place, chance) for place, (card, number) in enumerate(cards)]


def _visitor(card: str, number: str, place: int, chance: random.Random) -> Visitor:
    visitor = Visitor(card, number, checks_in=chance.random() < 0.9)
    visitor.stamps = tuple(chance.sample(STAMP_BOOTHS, chance.randint(0, len(STAMP_BOOTHS))))
    visitor.games = chance.choice((0, 1, 2, 2))
    if chance.random() < 0.6:
        visitor.right_answers = chance.randint(0, 12)
    if chance.random() < 0.5:
        kinds = chance.sample(sorted(TENTHS_PER_KILOGRAM), chance.randint(1, 4))
        visitor.grams = {kind: chance.randint(1, 9_999) for kind in kinds}
    if place % 10 == 0:
        visitor.shift_minutes = chance.choice((7, 59, 60, 119, 150))
    if place % 5 == 1:
        visitor.brought = 900
    return visitor

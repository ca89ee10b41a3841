"""All that midnight, a sweep, a redemption and an undo can come to, whichever goes first.

A household has one lot, which ends at midnight. In that instant the lot is swept, something is
bought from it, and what was bought before is taken back, or else the scan that earned it all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

from points.client import Outcome
from points.domain.operations import Kind
from tests.races.answers import accepted, refused
from tests.races.course import EARNED, SOAP

BOUGHT = 2
"""Pieces of soap that were bought before, if that is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Both answers, and what the book says of the household once the last points are swept."""

    redeemed: Outcome
    undone: Outcome
    points: int
    expired: int


def endings(undoes: Kind) -> list[Ending]:
    """Give every ending, by trying each order in which the sweep has midnight behind it."""
    found: list[Ending] = []
    for order in permutations(("midnight", "sweep", "redeem", "undo")):
        if order.index("midnight") < order.index("sweep"):
            ending = _Household(undoes).live(order)
            if ending not in found:
                found.append(ending)
    return found


class _Household:
    def __init__(self, undoes: Kind) -> None:
        self._undoes = undoes
        self._bought = BOUGHT * SOAP.price if undoes is Kind.REDEEM else 0
        self._spent = self._bought
        self._in_lot = EARNED - self._spent
        self._given_back = 0
        self._expired = 0
        self._is_over = False

    def live(self, order: tuple[str, ...]) -> Ending:
        acts: dict[str, Callable[[], Outcome | None]] = {
            "midnight": self._midnight,
            "sweep": self._sweep,
            "redeem": self._redeem,
            "undo": self._undo_purchase if self._undoes is Kind.REDEEM else self._undo_scan,
        }
        told = {act: acts[act]() for act in order}
        self._sweep()
        redeemed, undone = told["redeem"], told["undo"]
        assert redeemed is not None
        assert undone is not None
        return Ending(redeemed=redeemed, undone=undone, points=self._points, expired=self._expired)

    @property
    def _points(self) -> int:
        return self._in_lot + self._given_back

    def _midnight(self) -> None:
        self._is_over = True

    def _sweep(self) -> None:
        if self._is_over:
            self._expired += self._in_lot
            self._in_lot = 0

    def _redeem(self) -> Outcome:
        available = self._given_back + (0 if self._is_over else self._in_lot)
        if available < SOAP.price:
            return refused("points_short", short=SOAP.price - available, available=available)
        self._sweep()
        self._spent += SOAP.price
        if self._is_over:
            self._given_back -= SOAP.price
        else:
            self._in_lot -= SOAP.price
        return accepted(-SOAP.price, self._points)

    def _undo_purchase(self) -> Outcome:
        """What was bought before midnight comes back: to its lot, or if that is over, beside it."""
        self._sweep()
        if self._is_over:
            self._given_back += self._bought
        else:
            self._in_lot += self._bought
        return accepted(self._bought, self._points, undid=Kind.REDEEM)

    def _undo_scan(self) -> Outcome:
        """What was earned goes, but for what has ended already; nothing goes if some was spent."""
        if self._spent:
            return refused("already_spent", spent=self._spent)
        taken, self._in_lot = self._in_lot, 0
        return accepted(-taken, self._points, undid=Kind.EARN)

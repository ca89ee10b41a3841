"""What an allowance 代领 is: a card that spends some of a household's points, until a day.

Who carries it is a label that the household gave it. The book knows only its number, so a label can
be forgotten and every line stays.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import AllowanceId
from points.domain.operations import POINTS_MAX
from points.domain.people import TextFault, text_fault

LABEL_LENGTH_MAX = 32
DAYS_MAX = 366
LIVE_MAX = 20
"""Allowances that a household may have at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a household allows."""

    label: str = field(repr=False)
    """Who spends, in the household's own words."""
    points_max: int
    last_day: date
    """The last local day on which it is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceRecord:
    """An allowance as its household sees it."""

    id: AllowanceId
    number: CardNumber
    """Names it aloud; it authorises nothing."""
    terms: Terms
    spent: int
    made_at: datetime
    ended_at: datetime | None

    @property
    def left(self) -> int:
        """Give the points that may still be spent, were it not for its end."""
        return max(0, self.terms.points_max - self.spent)

    def is_live(self, today: date) -> bool:
        """Tell whether it can still be used on the day."""
        return self.ended_at is None and today <= self.terms.last_day and self.left > 0


def terms_fault(terms: Terms, today: date) -> NotDone | None:
    """Say why a household cannot allow this."""
    fault = text_fault(terms.label, LABEL_LENGTH_MAX) if terms.label else TextFault.MISSING
    if fault is not None:
        return NotDone(reason=DeskFault.NAME_INVALID, details={"fault": fault})
    if not 0 < terms.points_max <= POINTS_MAX:
        return NotDone(reason=DeskFault.ALLOWANCE_INVALID, details={"points_max": POINTS_MAX})
    if not today <= terms.last_day <= today + timedelta(days=DAYS_MAX):
        return NotDone(reason=DeskFault.ALLOWANCE_INVALID, details={"days_max": DAYS_MAX})
    return None

"""Bind a blank card at a booth, with the least that has to be known of whom it is for."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CommunityKey
from points.domain.operations import CardRef
from points.domain.people import CardRecord, HouseholdRecord

BUILDING_LENGTH_MAX = 40


class DeskAct(StrEnum):
    """What was done to cards and households beside the book. Kept: add, never rename."""

    BOUND = "bound"
    """A blank card has a household of its own from now on."""
    JOINED = "joined"
    """A card came to the household of another."""
    LEFT = "left"
    """A card went, and has a household of its own."""
    FROZEN = "frozen"
    PIN_SET = "pin_set"
    """Its household chose a PIN on the phone of whoever leads the booth."""
    EXPORTED = "exported"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHousehold:
    """A household of its own for the card, and where it lives as far as it says."""

    community: CommunityKey | None = None
    building: str | None = None

    @property
    def is_told(self) -> bool:
        """Whether anything is noted, so that somebody must have agreed to it."""
        return self.community is not None or self.building is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A card is to be bound, under a name that is kept through every retry."""

    key: str
    card: CardRef
    to: NewHousehold | CardRef
    """A household of its own, or the one of another card."""
    notice: str | None = None
    """The version of the notice that was shown and agreed to."""

    @property
    def fingerprint(self) -> bytes:
        """Tell this binding from another of the same name.

        Where the household lives is left out: what is erased one day must not be guessable from
        a hash that stays.
        """
        other = "" if isinstance(self.to, NewHousehold) else self.to
        return sha256("\n".join((self.card, other, self.notice or "")).encode()).digest()


def blank_fault(card: CardRecord, household: HouseholdRecord) -> NotDone | None:
    """Say why a card is no blank one: only of those it is plain that they are nobody else's."""
    is_alone = len(household.cards) == 1
    if household.home is None and household.building is None and is_alone:
        return None
    return NotDone(reason=DeskFault.CARD_BOUND, details={"number": card.number})

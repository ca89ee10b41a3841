"""Households and cards as the desk sees them, and what may be written on a door.

A household is named by its community and its door. The name beside it is for people to recognise
each other; nothing is decided by it, and it is kept exactly as written.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from points.domain.cards import CardNumber
from points.domain.facts import CardState
from points.domain.ids import CardId, CommunityKey, HouseholdId, ResidentId

DOOR_LENGTH_MAX = 64
NAME_LENGTH_MAX = 128

# What spreadsheets take for the beginning of a formula, should a list leave the house again.
_FORMULA_STARTS = tuple("=+-@＝＋－＠")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
# Controls, marks that turn the direction of writing, halves of a character, line separators. What
# this Python does not know yet, and letters of private fonts, may be in somebody's name.
_NEVER_WRITTEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class TextFault(StrEnum):
    """What is wrong with a door or a name."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a household lives, and the name on its door."""

    community: CommunityKey
    door: str
    name: str | None = None

    @property
    def place(self) -> tuple[CommunityKey, str]:
        """Give what tells this household from every other."""
        return self.community, self.door


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """A card as the desk sees it."""

    id: CardId
    number: CardNumber
    state: CardState
    stopped_at: datetime | None
    replaced_by: CardNumber | None
    household: HouseholdId
    """The household that stands for it today."""
    home: Home | None
    """None while the household is anonymous: a card and nothing more."""
    resident: ResidentId | None
    printed_at: datetime

    @property
    def has_door(self) -> bool:
        """Whether the desk knows where its household lives; a booth may know the community."""
        return self.home is not None and self.home.door != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdRecord:
    """A household as the desk sees it, with its cards in order of number."""

    id: HouseholdId
    home: Home | None
    building: str | None = None
    """All that a booth was told of where it lives, until the desk knows the door."""
    cards: tuple[CardRecord, ...] = ()


def plain_door(typed: str) -> str:
    """Write a door the one way in which it is kept: fullwidth digits and dashes made plain."""
    return unicodedata.normalize("NFKC", typed).translate(_DASHES).strip()


def door_fault(door: str) -> TextFault | None:
    """Say what is wrong with a door, as `plain_door` gives it."""
    return text_fault(door, DOOR_LENGTH_MAX) if door else TextFault.MISSING


def name_fault(name: str) -> TextFault | None:
    """Say what is wrong with a name. An empty one is simply not known."""
    return text_fault(name, NAME_LENGTH_MAX)


def text_fault(text: str, length_max: int) -> TextFault | None:
    """Say why a text cannot be kept."""
    is_plain = text.isprintable()  # almost always, and told at once
    if not is_plain and any(unicodedata.category(letter) in _NEVER_WRITTEN for letter in text):
        return TextFault.CONTROL_CHARACTER
    if len(text) > length_max:
        return TextFault.TOO_LONG
    if text.startswith(_FORMULA_STARTS):
        return TextFault.FORMULA
    return None

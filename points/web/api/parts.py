"""What the shapes of operations are made of, and the short names in them."""

from typing import Annotated

from pydantic import Field

from points.domain.access import Credential
from points.domain.ids import BoothKey, RewardKey
from points.domain.operations import POINTS_MAX, QUANTITY_MAX
from points.web.shapes import Flag, Instant, Sent, UuidText, Whole

Count = Annotated[Whole, Field(ge=0, le=QUANTITY_MAX)]
Pieces = Annotated[Whole, Field(ge=1, le=QUANTITY_MAX)]
Points = Annotated[Whole, Field(ge=1, le=POINTS_MAX)]
Price = Annotated[Whole, Field(ge=0, le=POINTS_MAX)]
BoothNumber = Annotated[Whole, Field(ge=1, le=9999)]


class ItemIn(Sent):
    """What every operation says."""

    id: UuidText
    """Its name, chosen before it was first sent and kept through every retry."""
    occurred_at: Instant


class ScanIn(ItemIn):
    """What may have happened without a network."""

    offline: Flag = False
    """Whether it did; such an operation may be days old."""


def full_name(name: str, caller: Credential) -> str:
    """Give the key of an activity or reward, a short name being one of the caller's event."""
    return name if "/" in name else f"{caller.event}/{name}"


def reward_key(name: str, caller: Credential) -> RewardKey:
    """Give a reward's key."""
    return RewardKey(full_name(name, caller))


def booth_key(number: int, caller: Credential) -> BoothKey:
    """Give the key of a booth of the caller's event."""
    return BoothKey(f"{caller.event}/{number}")

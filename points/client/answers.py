"""What a till is answered: outcomes, balances, statements, what a booth has, redemptions.

These shapes are the API's, not the service's own of the same name: what the service calls a thing
inside may change any day, and what a program out there reads may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, cast

from points.client.asking import Json, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one operation."""

    id: str | None
    """None where what was given is no id at all."""
    status: str
    """accepted, replayed, refused, conflict or review."""
    code: str | None
    points: int
    balance: int | None
    is_final: bool
    message: str
    details: Json = field(default_factory=dict)
    case: str | None = None
    """What it leaves for a person to settle, if anything."""

    @property
    def counts(self) -> bool:
        """Whether the act is in the book."""
        return self.status == "accepted" or (self.status == "replayed" and self.code is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Points that end together, by the clocks of the programme."""

    at: datetime
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a card's household has, in points."""

    available: int
    owed: int
    expiring_soon: tuple[Ending, ...]
    """Soonest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement. What another community's event was has no names."""

    id: str
    kind: str
    occurred_at: datetime
    points: int
    balance_after: int | None
    name: str | None
    name_en: str | None
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A page of a household's lines, newest first."""

    balance: Balance
    lines: tuple[Line, ...]
    next: str | None
    """The cursor of the page that follows; None where this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A way to earn."""

    key: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """Goods that points buy."""

    key: str
    name: str
    name_en: str
    price: int
    """Points for one piece."""
    left: int
    """Pieces that anyone may have now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """What a partner redeemed, or took back."""

    id: str
    """Its number; `void` names it."""
    points: int
    balance: int
    message: str
    is_replayed: bool
    """Whether it was done before."""


def filled(shape: type[Shape], said: Json, **read: object) -> Shape:
    """Fill a shape with what was said under its fields' names, but for what was read already."""
    names = [one.name for one in fields(cast("Any", shape))]
    return shape(**{name: read[name] if name in read else said[name] for name in names})


def outcomes(said: Sequence[Json], asked: Sequence[Json]) -> list[Outcome]:
    """Read an outcome for each that was asked.

    Raises:
        ValueError: It is the answer to something else.
    """
    answered = [filled(Outcome, one, is_final=one["final"]) for one in said]
    for one, name in zip(answered, (one["id"] for one in asked), strict=True):
        if one.id not in (name, None):
            raise ValueError("this is the answer to something else")
    return answered


def balance(said: Json) -> Balance:
    """Read a balance."""
    ends = [(datetime.fromisoformat(one["at"]), one["points"]) for one in said["expiring_soon"]]
    return filled(Balance, said, expiring_soon=tuple(Ending(at=at, points=n) for at, n in ends))


def statement(said: Json) -> Statement:
    """Read a page of a statement."""
    lines = tuple(map(_line, said["lines"]))
    return Statement(balance=balance(said["balance"]), lines=lines, next=said["next"])


def _line(said: Json) -> Line:
    happened = datetime.fromisoformat(said["occurred_at"])
    return filled(Line, said, occurred_at=happened)

"""What an event offers, as the caller may see it: events, booths, activities and rewards."""

from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Path

from points.domain.programme import (
    Activity,
    Booth,
    CleanUp,
    Event,
    Fixed,
    PerCorrectAnswer,
    Rule,
    Shift,
    Stamp,
    Weighed,
)
from points.service.reading import (
    Offer,
    Stock,
    read_activities,
    read_booths,
    read_events,
    read_offers,
)
from points.web.dependencies import Reader, Visit, Visitor
from points.web.doors import DEVICES, EVERYONE, door
from points.web.problems import Fault, Problem
from points.web.shapes import Said

router = APIRouter(prefix="/api/v1", tags=["programme"])


class SessionOut(Said):
    """A stretch of time in which an event is open."""

    opens: datetime
    closes: datetime


class EventOut(Said):
    """An event."""

    key: str
    name: str
    name_en: str
    place: str
    community: str | None
    """Null where the whole subdistrict is welcome."""
    kind: str
    sessions: list[SessionOut]
    is_open: bool
    """Whether it takes scans now, tolerance included."""
    buildings: list[str]

    @classmethod
    def of(cls, event: Event, visit: Visit) -> Self:
        """Say it by the clocks of the visitor's zone."""
        zone = visit.tongue.zone
        return cls(
            key=event.key,
            name=event.name,
            name_en=event.name_en,
            place=event.place,
            community=event.community,
            kind=event.kind,
            sessions=[
                SessionOut(opens=one.opens.astimezone(zone), closes=one.closes.astimezone(zone))
                for one in event.sessions
            ],
            is_open=event.window_of(visit.now) is not None,
            buildings=list(event.buildings),
        )


class BoothOut(Said):
    """A booth."""

    key: str
    number: int
    name: str
    activities: list[str]
    """Keys of what can be earned here."""
    redeems: bool

    @classmethod
    def of(cls, booth: Booth) -> Self:
        """Say it."""
        return cls(
            key=booth.key,
            number=booth.number,
            name=booth.name,
            activities=list(booth.activities),
            redeems=booth.redeems,
        )


class RuleOut(Said):
    """What an activity pays, for people to read; the service alone decides."""

    kind: Literal["fixed", "per_correct_answer", "weighed", "stamp", "shift", "clean_up"]
    points: int | None = None
    """For one visit, right answer, stamp, hour or person."""
    points_max: int | None = None
    points_per_kilogram: dict[str, float] | None = None
    different_booths: int | None = None
    bonus_points: int | None = None
    hours_counted_max: float | None = None


class ActivityOut(Said):
    """A way to earn."""

    key: str
    name: str
    name_en: str
    rule: RuleOut
    cooldown_minutes: int | None
    points_max_per_day: int | None

    @classmethod
    def of(cls, activity: Activity) -> Self:
        """Say it."""
        return cls(
            key=activity.key,
            name=activity.name,
            name_en=activity.name_en,
            rule=RuleOut(kind=activity.rule.kind, **_terms(activity.rule)),
            cooldown_minutes=activity.cooldown_minutes,
            points_max_per_day=activity.points_max_per_day,
        )


class ReleaseOut(Said):
    """Pieces that may be handed out later."""

    at: datetime
    pieces: int


class StockOut(Said):
    """What is left at one booth."""

    booth: int
    left: int
    """Pieces that anyone may have now."""
    reserved: dict[str, int]
    """Pieces kept beside those, by whom they are for."""
    next_release: ReleaseOut | None

    @classmethod
    def of(cls, stock: Stock, zone: tzinfo) -> Self:
        """Say it by the clocks of a zone."""
        later = stock.next_release
        return cls(
            booth=stock.booth.number,
            left=stock.left,
            reserved=dict(stock.reserved),
            next_release=ReleaseOut(at=later.at.astimezone(zone), pieces=later.pieces)
            if later
            else None,
        )


class RewardOut(Said):
    """Goods that points buy where the caller works."""

    key: str
    name: str
    name_en: str
    price: int
    """Points for one piece."""
    per_household_per_event: int | None
    left: int
    """Pieces that anyone may have now, at all booths that the caller sees."""
    stock: list[StockOut]

    @classmethod
    def of(cls, offer: Offer, zone: tzinfo) -> Self:
        """Say it by the clocks of a zone."""
        reward = offer.reward
        return cls(
            key=reward.key,
            name=reward.name,
            name_en=reward.name_en,
            price=reward.price,
            per_household_per_event=reward.per_household_per_event,
            left=sum(stock.left for stock in offer.stocks),
            stock=[StockOut.of(stock, zone) for stock in offer.stocks],
        )


@router.get("/events", **door(EVERYONE))
def get_events(visit: Visitor, reader: Reader) -> list[EventOut]:
    """List the events that the caller works for."""
    found = read_events(reader, visit.caller, now=visit.now)
    return [EventOut.of(event, visit) for event in found]


@router.get("/events/{event}", **door(EVERYONE, refuses=[Fault.NOT_FOUND, Fault.INVALID]))
def get_event(
    event: Annotated[str, Path(max_length=63)], visit: Visitor, reader: Reader
) -> EventOut:
    """Tell of one event. One that the caller does not work for is not found."""
    for one in read_events(reader, visit.caller, now=visit.now):
        if one.key == event:
            return EventOut.of(one, visit)
    raise Problem(Fault.NOT_FOUND)


@router.get("/booths", **door(EVERYONE))
def get_booths(visit: Visitor, reader: Reader) -> list[BoothOut]:
    """List the booths that the caller sees: its own, or all of the event for supervisors."""
    return [BoothOut.of(one) for one in read_booths(reader, visit.caller, now=visit.now)]


@router.get("/activities", **door(DEVICES))
def get_activities(visit: Visitor, reader: Reader) -> list[ActivityOut]:
    """List what can be earned where the caller works."""
    found = read_activities(reader, visit.caller, now=visit.now)
    return [ActivityOut.of(activity) for activity in found]


@router.get("/rewards", **door(EVERYONE))
def get_rewards(visit: Visitor, reader: Reader) -> list[RewardOut]:
    """List what is handed out where the caller works: price, what is left, and when more comes."""
    found = read_offers(reader, visit.caller, now=visit.now)
    return [RewardOut.of(offer, visit.tongue.zone) for offer in found]


def _terms(rule: Rule) -> dict[str, Any]:
    match rule:
        case Fixed(points=points):
            return {"points": points}
        case PerCorrectAnswer():
            return {"points": rule.points_each, "points_max": rule.points_max}
        case Weighed(per_kilogram=rates):
            return {"points_per_kilogram": {name: float(rate) for name, rate in rates.items()}}
        case Stamp():
            return {
                "points": rule.points,
                "different_booths": rule.different_booths,
                "bonus_points": rule.bonus_points,
            }
        case Shift():
            hours = float(rule.hours_counted_max)
            return {"points": rule.points_per_hour, "hours_counted_max": hours}
        case CleanUp():
            return {"points": rule.points_per_person, "points_max": rule.points_max}

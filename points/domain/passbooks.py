"""What a resident reads of the programme: when the next event is, what there is, what a line was.

A household without a community is shown what is open to everybody, and no community's own events.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from points.domain.cards import CardNumber
from points.domain.facts import Posted
from points.domain.ids import ActivityKey, CommunityKey, RewardKey
from points.domain.programme import Activity, Booth, Catalog, Event, Reward, Session

_SAID_LAST = 3
"""Digits of the last group in which a card's number is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A stretch of an event that is on, or still to come."""

    event: Event
    session: Session

    def is_on(self, now: datetime) -> bool:
        """Tell whether it has begun."""
        return self.session.opens <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody else who had a part in a line, as far as the household may be told."""

    name: str = ""
    """Another household's is masked, a carrier's is as the household wrote it; may be unknown."""
    ending: str = ""
    """The last digits of the card's number, which tell it from others and let nobody name it."""
    is_pool: bool = False
    """Whether it is the community's pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a household's own statement, with the names that things had then."""

    posted: Posted
    item: Activity | Reward | None
    booth: Booth | None
    event: Event | None
    is_undone: bool
    carrier: Party | None = None
    """Who spent the points with the household's leave."""
    other: Party | None = None
    """The household that got a gift, or gave it."""


def meetings_ahead(
    catalog: Catalog, community: CommunityKey | None, now: datetime
) -> list[Meeting]:
    """List what a household of the community may come to, the soonest first."""
    events = (versions.at(now).item for versions in catalog.events.values())
    found = [
        Meeting(event=event, session=session)
        for event in events
        if event is not None and event.community in (None, community)
        for session in event.sessions
        if now < session.closes
    ]
    return sorted(found, key=lambda one: (one.session.opens, one.session.closes, one.event.key))


def first_with_goods(
    catalog: Catalog, meetings: Iterable[Meeting], now: datetime
) -> Meeting | None:
    """Give the soonest meeting at which points buy anything."""
    rewards = (versions.at(now).item for versions in catalog.rewards.values())
    events = {reward.event for reward in rewards if reward is not None}
    return next((one for one in meetings if one.event.key in events), None)


def ending_of(number: CardNumber | None) -> str:
    """Give the last digits of a card's number, as many as are said in one breath."""
    return "" if number is None else number[-_SAID_LAST:]


def line_of(catalog: Catalog, posted: Posted, *, is_undone: bool) -> Line:
    """Tell what a line is about, as it was called when it happened."""
    at, name = posted.occurred_at, posted.item or ""
    things = catalog.activities.get(ActivityKey(name)) or catalog.rewards.get(RewardKey(name))
    booth = catalog.booths.get(posted.booth) if posted.booth is not None else None
    event = catalog.events.get(posted.event) if posted.event is not None else None
    return Line(
        posted=posted,
        item=None if things is None else things.at(at).item,
        booth=None if booth is None else booth.at(at).item,
        event=None if event is None else event.at(at).item,
        is_undone=is_undone,
    )


def pieces_affordable(reward: Reward, available: int) -> int:
    """Count the pieces that points are enough for, as many as a household may have at an event."""
    enough = available // reward.price if reward.price > 0 else 0
    most = reward.per_household_per_event
    return enough if most is None else min(enough, most)

"""What a caller may see of the programme.

A phone sees its own event and, unless it is a supervisor's or its event has no booths, its own
booth. What lies beyond is answered as if it were not there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from points.domain.access import Credential, Role
from points.domain.facts import Posted
from points.domain.ids import ActivityKey, CommunityKey, EventKey, RewardKey
from points.domain.programme import (
    Activity,
    Booth,
    Catalog,
    Community,
    Event,
    Reward,
    Versions,
)

Item = TypeVar("Item", Booth, Activity, Reward)


class View:
    """The catalog at an instant, as far as the caller sees it."""

    def __init__(self, catalog: Catalog, caller: Credential, now: datetime) -> None:
        """Look through the caller's eyes."""
        self.catalog = catalog
        self._caller = caller
        self.now = now
        event = catalog.events.get(caller.event) if caller.event is not None else None
        self.event: Event | None = event.at(now).item if event is not None else None
        """The caller's event, if it stands."""

    @property
    def is_supervisors(self) -> bool:
        """Whether the caller answers for the event as a whole."""
        return self._caller.role is Role.SUPERVISOR

    def events(self) -> list[Event]:
        """Give the caller's event, if it stands."""
        return [self.event] if self.event is not None else []

    def booths(self) -> list[Booth]:
        """Give the booths that the caller sees, by number."""
        theirs = self._in_force(self.catalog.booths.values())
        seen = (it for it in theirs if self._sees_all_booths or it.key == self._caller.booth)
        return sorted(seen, key=lambda booth: booth.number)

    def booth(self) -> Booth | None:
        """Give the caller's own booth, if it has one that stands."""
        return next((it for it in self.booths() if it.key == self._caller.booth), None)

    def communities(self) -> list[Community]:
        """Give the communities whose households the event is for, by key."""
        if self.event is None:
            return []
        found = (versions.at(self.now).item for versions in self.catalog.communities.values())
        theirs = (it for it in found if it is not None and self.welcomes(it.key))
        return sorted(theirs, key=lambda community: community.key)

    def activities(self) -> list[Activity]:
        """Give what can be earned at those booths, or at an event without any, by key."""
        theirs = sorted(self._in_force(self.catalog.activities.values()), key=lambda it: it.key)
        if self._sees_all_booths:
            return theirs
        offered = {key for booth in self.booths() for key in booth.activities}
        return [activity for activity in theirs if activity.key in offered]

    def rewards(self) -> list[Reward]:
        """Give the event's rewards, by key."""
        return sorted(self._in_force(self.catalog.rewards.values()), key=lambda it: it.key)

    def welcomes(self, community: CommunityKey | None) -> bool:
        """Tell whether households of this community are the caller's business."""
        if self.event is None:
            return False
        mine = self.event.community
        return mine is None or community in (None, mine)

    def item(self, posted: Posted) -> Activity | Reward | None:
        """Find what a line is about, as it was called when it happened."""
        name = posted.item or ""
        activities = self.catalog.activities.get(ActivityKey(name))
        if activities is not None:
            return activities.at(posted.occurred_at).item
        rewards = self.catalog.rewards.get(RewardKey(name))
        return rewards.at(posted.occurred_at).item if rewards is not None else None

    def is_foreign(self, key: EventKey | None) -> bool:
        """Tell whether an event is one of a community that is not the caller's."""
        versions = self.catalog.events.get(key) if key is not None else None
        event = versions.latest.item if versions is not None else None
        if event is None or event.community is None or key == self._caller.event:
            return False
        return self.event is None or event.community != self.event.community

    @property
    def _sees_all_booths(self) -> bool:
        return self._caller.booth is None or self.is_supervisors

    def _in_force(self, items: Iterable[Versions[Item]]) -> list[Item]:
        """Give those of the caller's event that stand now."""
        found = (versions.at(self.now).item for versions in items)
        return [it for it in found if it is not None and it.event == self._caller.event]

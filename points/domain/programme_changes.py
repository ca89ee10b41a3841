"""Decide what a programme file changes, compared with what is in force.

Nothing reaches back: what changed gets a further version from now on, and what is no longer in the
file is withdrawn from now on. What the book already builds on cannot be changed by a file at all.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from points.domain.ids import BoothKey, EventKey
from points.domain.programme import (
    Activity,
    Booth,
    Catalog,
    CleanUp,
    Community,
    Event,
    Programme,
    Reward,
    Shelf,
    Versions,
)
from points.domain.programme_file import ProgrammeFile

Item = Programme | Community | Event | Booth | Activity | Reward

SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class ItemKind(StrEnum):
    """What there is in a programme, as stored."""

    PROGRAMME = "programme"
    COMMUNITY = "community"
    EVENT = "event"
    BOOTH = "booth"
    ACTIVITY = "activity"
    REWARD = "reward"


PROGRAMME_KEY = "programme"
"""The one key of the kind of which there is only one."""


class ChangeFault(StrEnum):
    """Why a file cannot take the place of the one in force. Codes are public: add, never rename."""

    ZONE_CHANGED = "zone_changed"
    """Days are cut and points end at midnights of this zone already."""
    STOCK_CHANGED = "stock_changed"
    """Opening stock is booked; later deliveries and losses are operations of their own."""
    RESERVES_CHANGED = "reserves_changed"
    HOME_BOOTH_CHANGED = "home_booth_changed"
    """The pieces lie at the old one."""
    COMMUNITY_CHANGED = "community_changed"
    """Its buildings could be paid for a clean-up twice."""
    BUDGET_REMOVED = "budget_removed"
    BUDGET_BELOW_AWARDED = "budget_below_awarded"


COMMANDS: Mapping[ChangeFault, str] = {
    ChangeFault.STOCK_CHANGED: "points stock receive",
    ChangeFault.RESERVES_CHANGED: "points stock receive",
}
"""What does it instead, where something does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRefused:
    """One thing that a file cannot change. Nothing of the file was loaded."""

    kind: ItemKind
    key: str
    reason: ChangeFault
    before: str
    after: str

    @property
    def command(self) -> str | None:
        """Name the command that does it instead, if there is one."""
        return COMMANDS.get(self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A further version of an item; `item` None withdraws it."""

    kind: ItemKind
    key: str
    number: int
    valid_from: datetime
    item: Item | None


class ItemChange(StrEnum):
    """What became of an item."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class Changes:
    """Everything that loading a file writes; filled once by `compare`."""

    versions: list[NewVersion] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)
    budgets: list[str] = field(default_factory=list)
    counts: dict[ItemKind, Counter[ItemChange]] = field(default_factory=dict)
    faults: list[ChangeRefused] = field(default_factory=list)


def compare(catalog: Catalog, file: ProgrammeFile, now: datetime) -> Changes:
    """Compare a file with the newest versions. With any fault nothing may be written."""
    changes = Changes()
    for kind in ItemKind:
        stored, items = _stored(catalog, kind), _items(file, kind)
        counts = changes.counts[kind] = Counter()
        for key in dict.fromkeys((*items, *stored)):
            pair = _Pair(kind, key, stored.get(key, Versions(())), items.get(key))
            changes.versions += pair.new_version(now)
            counts.update(pair.change())
            changes.faults += _faults(catalog, pair)
    changes.shelves = [shelf for shelf in shelves_of(file) if shelf not in catalog.shelves]
    changes.budgets = [key for key in budgets_of_file(file) if key not in catalog.budgets]
    return changes


def shelves_of(file: ProgrammeFile) -> list[Shelf]:
    """Give a shelf for each reward at each redeeming booth of its event, and one for a reserve."""
    booths: dict[str, list[BoothKey]] = {}
    for booth in file.booths:
        if booth.redeems:
            booths.setdefault(booth.event, []).append(booth.key)
    shelves: list[Shelf] = []
    for reward in file.rewards:
        places = dict.fromkeys((reward.home_booth, *booths.get(reward.event, ())))
        shelves += [Shelf(reward=reward.key, booth=booth) for booth in places]
        shelves += [
            Shelf(reward=reward.key, booth=reward.home_booth, reserve=reserve)
            for reserve in reward.reserved_for
        ]
    return shelves


def opening_stock(reward: Reward) -> dict[str, int]:
    """Say how many pieces begin on the open shelf ("") and how many in each reserve."""
    kept = {reserve: pieces for reserve, pieces in reward.reserved_for.items() if pieces}
    free = reward.stock - sum(kept.values())
    return ({"": free} if free else {}) | kept


def budgets_of_file(file: ProgrammeFile) -> dict[str, int]:
    """Give every budget that a file sets, by the key of its event or activity."""
    limited: list[Event | Activity] = [*file.events, *file.activities]
    return {str(item.key): item.points_budget for item in limited if item.points_budget is not None}


def budget_since(versions: Versions[Any]) -> int:
    """Tell since which version the budget has been what it is."""
    newest = versions.latest
    since = newest.number
    for version in reversed(versions.all):
        if version.item is not None:
            if newest.item is None or version.item.points_budget != newest.item.points_budget:
                break
            since = version.number
    return since


@dataclass(frozen=True, slots=True)
class _Pair:
    """An item as it is stored, perhaps in no version yet, and as the file has it, perhaps not."""

    kind: ItemKind
    key: str
    versions: Versions[Any]
    item: Item | None

    @property
    def before(self) -> Item | None:
        newest: Item | None = self.versions.latest.item if self.versions.all else None
        return newest

    def new_version(self, now: datetime) -> list[NewVersion]:
        """Give the version to add, if there is one."""
        if self.before == self.item:
            return []
        count = len(self.versions.all)
        # Later than the one before it, whatever clocks do: versions are looked up in this order.
        since = max(now, self.versions.latest.valid_from + _TICK) if count else SINCE_EVER
        version = NewVersion(
            kind=self.kind, key=self.key, number=count + 1, valid_from=since, item=self.item
        )
        return [version]

    def change(self) -> list[ItemChange]:
        """Say what becomes of the item; nothing where it was withdrawn long ago."""
        if self.item is None:
            return [] if self.before is None else [ItemChange.WITHDRAWN]
        if self.before is None:
            return [ItemChange.ADDED]
        is_same = self.before == self.item
        return [ItemChange.UNCHANGED if is_same else ItemChange.CHANGED]


def _items(file: ProgrammeFile, kind: ItemKind) -> dict[str, Item]:
    match kind:
        case ItemKind.PROGRAMME:
            return {PROGRAMME_KEY: file.programme}
        case ItemKind.COMMUNITY:
            return {item.key: item for item in file.communities}
        case ItemKind.EVENT:
            return {item.key: item for item in file.events}
        case ItemKind.BOOTH:
            return {item.key: item for item in file.booths}
        case ItemKind.ACTIVITY:
            return {item.key: item for item in file.activities}
        case ItemKind.REWARD:
            return {item.key: item for item in file.rewards}


def _stored(catalog: Catalog, kind: ItemKind) -> Mapping[Any, Versions[Any]]:
    match kind:
        case ItemKind.PROGRAMME:
            return {PROGRAMME_KEY: catalog.programme} if catalog.programme.all else {}
        case ItemKind.COMMUNITY:
            return catalog.communities
        case ItemKind.EVENT:
            return catalog.events
        case ItemKind.BOOTH:
            return catalog.booths
        case ItemKind.ACTIVITY:
            return catalog.activities
        case ItemKind.REWARD:
            return catalog.rewards


def _faults(catalog: Catalog, pair: _Pair) -> list[ChangeRefused]:
    held = [version.item for version in pair.versions.all if version.item is not None]
    if not held or pair.item is None:
        return []
    return [
        ChangeRefused(
            kind=pair.kind, key=pair.key, reason=reason, before=str(before), after=str(after)
        )
        for reason, before, after in _fixed(catalog, held[-1], pair.item)
        if before != after
    ]


def _fixed(catalog: Catalog, before: Item, item: Item) -> list[tuple[ChangeFault, object, object]]:
    """List what a file cannot change of an item, as it was and as it is written now."""
    match before, item:
        case Programme(), Programme():
            return [(ChangeFault.ZONE_CHANGED, before.zone.key, item.zone.key)]
        case Reward(), Reward():
            kept, keeps = dict(before.reserved_for), dict(item.reserved_for)
            return [
                (ChangeFault.STOCK_CHANGED, before.stock, item.stock),
                (ChangeFault.RESERVES_CHANGED, kept, keeps),
                (ChangeFault.HOME_BOOTH_CHANGED, before.home_booth, item.home_booth),
            ]
        case Event(), Event() if _has_clean_up(catalog, before.key):
            moved = (ChangeFault.COMMUNITY_CHANGED, before.community, item.community)
            return [moved, *_budget_removed(catalog, item)]
        case _, Event() | Activity():
            return _budget_removed(catalog, item)
        case _:
            return []


def _has_clean_up(catalog: Catalog, event: EventKey) -> bool:
    every = (version.item for versions in catalog.activities.values() for version in versions.all)
    return any(item and item.event == event and isinstance(item.rule, CleanUp) for item in every)


def _budget_removed(
    catalog: Catalog, item: Event | Activity
) -> list[tuple[ChangeFault, object, object]]:
    is_removed = item.key in catalog.budgets and item.points_budget is None
    return [(ChangeFault.BUDGET_REMOVED, "set", "removed")] if is_removed else []

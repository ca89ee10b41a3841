"""Short names at the command line: `soap` for volunteer-day-2019/soap, 4 for its booth 4."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from points.cli.words import MISUSED, Both, fail, words
from points.domain.ids import EventKey
from points.domain.programme import Booth, Catalog, Versions

Key = TypeVar("Key", bound=str)
Item = TypeVar("Item")

EVENT: Both = ("活动", "event")
BOOTH: Both = ("展位", "booth")
REWARD: Both = ("奖品", "reward")
ACTIVITY: Both = ("赋分项目", "activity")
COMMUNITY: Both = ("居民区", "community")

_LISTED_MAX = 30


def find_key(items: Mapping[Key, Versions[Any]], named: str, what: Both) -> Key:
    """Give the key that a name stands for; where there is none, or several, list them and end.

    What was withdrawn can only be named in full: its goods may still have to be moved.
    """
    exact = next((key for key in items if key == named), None)
    if exact is not None:
        return exact
    there = in_force(items)
    fitting = [key for key in there if named == key.partition("/")[2]]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        _fail_with(
            f"{named} 不止一个{what[0]}，请写全：",
            f"{named} names more than one {what[1]}; write it in full:",
            fitting,
        )
    _fail_with(
        f"没有{what[0]} {named}。现有：", f"There is no {what[1]} {named}. There are:", there
    )


def find_event(catalog: Catalog, named: str | None) -> EventKey:
    """Give the event that is meant: the one named, else the only one that has booths."""
    if named is not None:
        return find_key(catalog.events, named, EVENT)
    events = sorted({booth.event for booth in in_force(catalog.booths).values()})
    if len(events) != 1:
        _fail_with("请用 --event 说明是哪个活动：", "Say which with --event:", catalog.events)
    return events[0]


def booths_of(catalog: Catalog, event: EventKey) -> list[Booth]:
    """Give an event's booths in order of their numbers."""
    theirs = (booth for booth in in_force(catalog.booths).values() if booth.event == event)
    return sorted(theirs, key=lambda booth: booth.number)


def in_force(items: Mapping[Key, Versions[Item]]) -> dict[Key, Item]:
    """Give the newest version of each item that was not withdrawn."""
    newest = ((key, versions.latest.item) for key, versions in items.items())
    return {key: item for key, item in newest if item is not None}


def listed(names: Iterable[object]) -> str:
    """List names on a line; of many, the first."""
    shown = [str(name) for name in names]
    more = ["…"] if len(shown) > _LISTED_MAX else []
    return words("、", ", ").join([*shown[:_LISTED_MAX], *more]) or words("无", "none")


def _fail_with(zh: str, en: str, names: Iterable[object]) -> NoReturn:
    fail(f"{zh}{listed(names)}", f"{en} {listed(names)}", code=MISUSED)

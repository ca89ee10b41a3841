"""Events in a programme file, with their booths, activities and rewards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from points.domain.ids import ActivityKey, BoothKey, CommunityKey, EventKey
from points.domain.programme import Activity, Booth, CleanUp, Event, Reward, Stamp
from points.domain.programme_faults import FaultCode, Words, same, show_value
from points.domain.programme_forms import flag, reference, text, whole
from points.domain.programme_hours import ALL_DAY, HOURS_KEYS, read_hours
from points.domain.programme_lists import several, tables
from points.domain.programme_rewards import REWARD, Counter, read_reward
from points.domain.programme_rules import (
    ACTIVITY,
    BONUS,
    BONUS_BOOTHS,
    BOOTHS_MAX,
    ID,
    NAME,
    NAME_EN,
    POINTS_BUDGET,
    EventKind,
    read_activity,
)
from points.domain.programme_tables import NOTES, Key, Shape, Table, note_twins, note_unknown

TOLERANCE_MAX = 240
BUILDINGS_MAX = 1_000
ACTIVITIES_AT_BOOTH_MAX = 100

BUILDINGS = Key("buildings", "楼号", several(text(20, least=1), BUILDINGS_MAX))

NUMBER = Key("number", "展位号", whole(1, BOOTHS_MAX), is_required=True)
_ACTIVITY_ID = Words("同一活动中项目的编号", "the id of an activity of the event")
AT_BOOTH = Key("activities", "项目", several(reference(_ACTIVITY_ID), ACTIVITIES_AT_BOOTH_MAX))
REDEEMS = Key("redeems", "可兑换", flag(), False)  # noqa: FBT003 -- the default
BOOTH = Shape(title="booths", keys=(NUMBER, NAME, AT_BOOTH, REDEEMS, *NOTES), named_by=NUMBER.name)

PLACE = Key("place", "地点", text(200), "")
COMMUNITY = Key("community", "居民区", reference(Words("居民区的编号", "the id of a community")))
KIND = Key("kind", "类型", reference(Words("[kinds] 中的名称", "a name of [kinds]")))
TOLERANCE = Key("tolerance_minutes", "放宽分钟", whole(0, TOLERANCE_MAX), 0)
NOTICE = Key("notice_days_before", "提前几天告知", whole(0, 365))
BOOTHS = Key("booths", "展位", tables("booths"))
ACTIVITIES = Key("activity", "项目", tables("[[event.activity]]"))
REWARDS = Key("reward", "奖品", tables("[[event.reward]]"))
EVENT = Shape(
    title="[[event]]",
    keys=(
        ID,
        NAME,
        NAME_EN,
        PLACE,
        COMMUNITY,
        KIND,
        *HOURS_KEYS,
        TOLERANCE,
        BUILDINGS,
        POINTS_BUDGET,
        NOTICE,
        BOOTHS,
        ACTIVITIES,
        REWARDS,
        *NOTES,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the rest of the file says that an event goes by."""

    zone: ZoneInfo
    communities: Mapping[str, tuple[str, ...]] | None
    """Buildings by community, empty where it lists none; None where none of it can be read."""
    kinds: Mapping[str, EventKind] | None
    """None where none of them can be read."""
    shift: timedelta | None
    """By how much a rehearsal moves every day; None when it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventParts:
    """An event and all that belongs to it."""

    event: Event
    booths: tuple[Booth, ...]
    activities: tuple[Activity, ...]
    rewards: tuple[Reward, ...]


def read_event(table: Table, around: Surroundings, days: tuple[date, ...]) -> EventParts:
    """Read an event on days that were read before; a rehearsal is open all day on moved days."""
    key = EventKey(table.value(ID))
    hours = read_hours(table, days, around.zone)
    opened = hours
    if around.shift is not None:
        days, opened = tuple(day + around.shift for day in days), ALL_DAY
    kind = _find_kind(table, around)
    _note_buildings(table, around, kind)
    booths = table.tables(BOOTHS, BOOTH)
    counter = Counter(
        event=key,
        first_day=days[0] if days else None,
        hours=hours,
        zone=around.zone,
        redeeming=_find_redeeming(booths),
        is_known=not table.is_faulty(BOOTHS) and not any(map(_is_unclear, booths)),
    )
    return EventParts(
        event=Event(
            key=key,
            name=table.value(NAME),
            name_en=table.value(NAME_EN),
            place=table.value(PLACE),
            community=_find_community(table, around),
            kind=table.value(KIND),
            sessions=opened.sessions(days, around.zone),
            tolerance_minutes=table.value(TOLERANCE),
            buildings=table.value(BUILDINGS),
            points_budget=table.get(POINTS_BUDGET),
        ),
        booths=tuple(_read_booth(booth, key) for booth in booths),
        activities=_read_activities(table, booths, kind),
        rewards=tuple(read_reward(own, counter) for own in table.tables(REWARDS, REWARD)),
    )


def _find_kind(table: Table, around: Surroundings) -> EventKind | None:
    name = table.get(KIND)
    if name is None or around.kinds is None:
        return None
    if name not in around.kinds:
        note_unknown(table.at(KIND), name, around.kinds, KIND.form.allowed)
    return around.kinds.get(name)


def _find_community(table: Table, around: Surroundings) -> CommunityKey | None:
    name = table.get(COMMUNITY)
    if name is None:
        return None
    if around.communities is not None and name not in around.communities:
        note_unknown(table.at(COMMUNITY), name, around.communities, COMMUNITY.form.allowed)
    return CommunityKey(name)


def _note_buildings(table: Table, around: Surroundings, kind: EventKind | None) -> None:
    buildings = table.value(BUILDINGS)
    is_clean_up = kind is not None and isinstance(kind.rule, CleanUp)
    if is_clean_up and not buildings and not table.is_faulty(BUILDINGS):
        allowed = Words("至少一个楼号", "at least one building")
        table.fault(BUILDINGS, FaultCode.MISSING, same(BUILDINGS.name), allowed)
    known = (around.communities or {}).get(table.value(COMMUNITY), ())
    if not known:
        return
    allowed = Words("本居民区的楼号", "a building of the community")
    for place, building in enumerate(buildings):
        if building not in known:
            note_unknown(table.at(BUILDINGS).at(place), building, known, allowed)


def _find_redeeming(booths: Sequence[Table]) -> tuple[int, ...]:
    return tuple(sorted(booth.value(NUMBER) for booth in booths if booth.value(REDEEMS)))


def _is_unclear(booth: Table) -> bool:
    return booth.is_faulty(REDEEMS) or booth.get(NUMBER) is None


def _read_booth(table: Table, event: EventKey) -> Booth:
    number = table.value(NUMBER)
    return Booth(
        key=BoothKey(f"{event}/{number}"),
        event=event,
        number=number,
        name=table.value(NAME),
        activities=tuple(ActivityKey(f"{event}/{name}") for name in table.value(AT_BOOTH)),
        redeems=table.value(REDEEMS),
    )


def _read_activities(
    table: Table, booths: Sequence[Table], kind: EventKind | None
) -> tuple[Activity, ...]:
    event = EventKey(table.value(ID))
    found = table.tables(ACTIVITIES, ACTIVITY)
    activities = [read_activity(own, event) for own in found]
    known = [own.name for own in found]
    name = table.get(KIND)
    if name is not None:
        for own in found:
            if own.name == name:
                note_twins([(table.at(KIND), name), (own.at(ID), name)])
        known.append(name)
    if kind is not None:
        activities.append(kind.activity(table.value(KIND), event))
    if not table.is_faulty(ACTIVITIES):
        _note_unknown_activities(booths, [name for name in known if name is not None])
    if not table.is_faulty(BOOTHS) and not any(booth.is_faulty(AT_BOOTH) for booth in booths):
        for own, activity in zip(found, activities, strict=False):
            _note_far_bonus(own, activity, booths)
    return tuple(activities)


def _note_unknown_activities(booths: Sequence[Table], known: Sequence[str]) -> None:
    for booth in booths:
        for place, name in enumerate(booth.value(AT_BOOTH)):
            if name not in known:
                note_unknown(booth.at(AT_BOOTH).at(place), name, known, _ACTIVITY_ID)


def _note_far_bonus(table: Table, activity: Activity, booths: Sequence[Table]) -> None:
    rule, stamping = activity.rule, sum(table.name in booth.value(AT_BOOTH) for booth in booths)
    if not isinstance(rule, Stamp) or rule.different_booths <= stamping:
        return
    allowed = Words(
        f"不多于盖章展位数（{stamping}）的数", f"at most the booths that stamp, {stamping}"
    )
    spot = table.at(BONUS).at(BONUS_BOOTHS.name)
    spot.fault(FaultCode.OUT_OF_RANGE, show_value(rule.different_booths), allowed)

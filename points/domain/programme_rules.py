"""Activities and kinds of event in a programme file: what earns points, and how often."""

from dataclasses import dataclass
from typing import Any

from points.domain.ids import ActivityKey, EventKey
from points.domain.periods import Period
from points.domain.programme import (
    Activity,
    CleanUp,
    Fixed,
    PerCorrectAnswer,
    Rule,
    Shift,
    Span,
    Stamp,
    TimesLimit,
    Weighed,
    Who,
)
from points.domain.programme_faults import FaultCode, Words, same
from points.domain.programme_forms import (
    MINUTES_PER_DAY,
    choice,
    exact,
    exactly,
    flag,
    material,
    slug,
    table,
    text,
    whole,
)
from points.domain.programme_lists import by_name
from points.domain.programme_tables import NOTES, Key, Shape, Table

POINTS_MAX = 1_000_000
BUDGET_MAX = 1_000_000_000
TIMES_MAX = 1_000
MATERIALS_MAX = 100
RATE_MAX = 10_000
HOURS_MAX = 1_000
BOOTHS_MAX = 999

POINTS_BUDGET = Key("points_budget", "积分预算", whole(1, BUDGET_MAX))

ID = Key("id", "编号", slug(), is_required=True)
NAME = Key("name", "名称", text(200, least=1), is_required=True)
NAME_EN = Key("name_en", "英文名称", text(200), "")

POINTS = Key("points", "每次积分", whole(0, POINTS_MAX))
BONUS = Key("bonus", "集章奖励", table("bonus"))
PER_ANSWER = Key("points_per_correct_answer", "每答对一题积分", whole(1, POINTS_MAX))
ANSWERS_MAX = Key("points_max", "一次最多积分", whole(1, POINTS_MAX))
PER_KILOGRAM = Key(
    "points_per_kilogram", "每公斤积分", by_name(material(), exact(0, RATE_MAX), MATERIALS_MAX)
)
UNIT = Key("unit", "计量单位", choice("gram"), "gram")
ROUNDING = Key("rounding", "取整", choice("down, once, on the sum"), "down, once, on the sum")
PER_HOUR = Key("points_per_hour", "每小时积分", whole(1, POINTS_MAX))
HOURS_COUNTED = Key("hours_counted_max", "最多计几小时", exact(0, HOURS_MAX))
NEEDS = Key("needs", "签到签退", exactly("check-in", "check-out"), ["check-in", "check-out"])

TIMES = tuple(
    (
        Key(f"per_{who}_per_{span}", f"每{who_zh}每{span_zh}次数", whole(1, TIMES_MAX)),
        who,
        span,
    )
    for who, who_zh in ((Who.HOUSEHOLD, "户"), (Who.RESIDENT, "人"))
    for span, span_zh in ((Span.EVENT, "场活动"), (Span.DAY, "天"), (Span.ACTIVITY, "个项目"))
)
PER_DAY = Key("points_max_per_day", "每户每天最多积分", whole(1, POINTS_MAX))
PER_EVENT = Key("points_max_per_event", "每户每场最多积分", whole(1, POINTS_MAX))
COOLDOWN = Key("cooldown_minutes", "间隔分钟", whole(1, 7 * MINUTES_PER_DAY))
COUNTS = Key("counts_towards_day", "计入每日上限", flag(), False)  # noqa: FBT003 -- the default

ACTIVITY = Shape(
    title="[[event.activity]]",
    keys=(
        ID,
        NAME,
        NAME_EN,
        POINTS,
        BONUS,
        PER_ANSWER,
        ANSWERS_MAX,
        PER_KILOGRAM,
        UNIT,
        ROUNDING,
        PER_HOUR,
        HOURS_COUNTED,
        NEEDS,
        *(key for key, _, _ in TIMES),
        PER_DAY,
        PER_EVENT,
        COOLDOWN,
        POINTS_BUDGET,
        COUNTS,
        *NOTES,
    ),
)

BONUS_BOOTHS = Key("different_booths", "不同展位数", whole(2, BOOTHS_MAX), is_required=True)
BONUS_POINTS = Key("points", "奖励积分", whole(1, POINTS_MAX), is_required=True)
BONUS_TIMES = Key("per_household_per_event", "每户每场次数", whole(1, 1), 1)
BONUS_SHAPE = Shape(title="bonus", keys=(BONUS_BOOTHS, BONUS_POINTS, BONUS_TIMES), named_by="")

KIND_NAME = Key("name", "名称", text(200, least=1))
PER_PERSON = Key("points_per_person", "每人积分", whole(1, POINTS_MAX), is_required=True)
ONCE_PER = Key("once_per", "只计一次", choice("building and period"))
PERIOD = Key("period", "周期", choice(*Period), Period.MONTH.value)
SPLIT = Key(
    "split",
    "分配办法",
    choice("equal shares, remainder to the earliest checked in"),
    "equal shares, remainder to the earliest checked in",
)
POT_MAX = Key("points_max", "一次最多积分", whole(1, POINTS_MAX))
KIND = Shape(
    title="[kinds.NAME]",
    keys=(KIND_NAME, NAME_EN, PER_PERSON, ONCE_PER, PERIOD, SPLIT, POT_MAX, *NOTES),
    named_by="",
)

_KNOWN_KINDS = {
    "corridor-clean-up": Words("楼道堆物整治", "Corridor clean-up"),
    "lecture": Words("微课堂", "Lecture"),
}

# The first key of each pair says which rule it is; the second only goes with it.
_RULES = (POINTS, PER_ANSWER, PER_KILOGRAM, PER_HOUR)
_GOES_WITH: tuple[tuple[Key[Any], Key[Any]], ...] = (
    (POINTS, BONUS),
    (PER_ANSWER, ANSWERS_MAX),
    (PER_KILOGRAM, UNIT),
    (PER_KILOGRAM, ROUNDING),
    (PER_HOUR, HOURS_COUNTED),
    (PER_HOUR, NEEDS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """What every event of a kind pays."""

    name: str
    name_en: str
    rule: Rule
    times: tuple[TimesLimit, ...] = ()

    def activity(self, kind: str, event: EventKey) -> Activity:
        """Give the activity that an event of this kind has, named by the kind."""
        return Activity(
            key=ActivityKey(f"{event}/{kind}"),
            event=event,
            name=self.name,
            name_en=self.name_en,
            rule=self.rule,
            times=self.times,
        )


def read_activity(table: Table, event: EventKey) -> Activity:
    """Read an activity: its one rule, and its limits."""
    return Activity(
        key=ActivityKey(f"{event}/{table.value(ID)}"),
        event=event,
        name=table.value(NAME),
        name_en=table.value(NAME_EN),
        rule=_read_rule(table),
        times=_read_times(table),
        points_max_per_day=table.get(PER_DAY),
        points_max_per_event=table.get(PER_EVENT),
        cooldown_minutes=table.get(COOLDOWN),
        points_budget=table.get(POINTS_BUDGET),
        counts_towards_day=table.value(COUNTS),
    )


def read_kind(table: Table, name: str) -> EventKind:
    """Read what every event of a kind pays."""
    known = _KNOWN_KINDS.get(name)
    if known is None:
        table.require(KIND_NAME)
    return EventKind(
        name=table.get(KIND_NAME) or (known.zh if known else ""),
        name_en=table.get(NAME_EN) or (known.en if known else ""),
        rule=_read_kind_rule(table),
        times=() if table.has(ONCE_PER) else (_once_a_resident(),),
    )


def _read_rule(table: Table) -> Rule:
    ways = [key for key in _RULES if table.has(key)]
    bonus = table.table(BONUS, BONUS_SHAPE)
    if not ways:
        names = ", ".join(key.name for key in _RULES)
        allowed = Words(f"{names} 中的一个", f"one of {names}")
        table.spot.fault(FaultCode.MISSING, same(""), allowed)
        return Fixed(points=0)
    _note_mixture(table, ways)
    match ways[0].name:
        case PER_ANSWER.name:
            return _read_per_answer(table)
        case PER_KILOGRAM.name:
            return Weighed(per_kilogram=table.value(PER_KILOGRAM))
        case PER_HOUR.name:
            return _read_shift(table)
    points = table.value(POINTS)
    return Fixed(points=points) if bonus is None else _read_stamp(points, bonus)


def _note_mixture(table: Table, ways: list[Key[Any]]) -> None:
    one_rule = Words("每个项目一条规则", "one rule for each activity")
    for other in ways[1:]:
        table.fault(other, FaultCode.CANNOT_COMBINE, same(ways[0].name), one_rule)
    for rule, part in _GOES_WITH:
        if table.has(part) and rule not in ways:
            allowed = Words(f"只与 {rule.name} 同写", f"it only with {rule.name}")
            table.fault(part, FaultCode.CANNOT_COMBINE, same(ways[0].name), allowed)


def _read_per_answer(table: Table) -> PerCorrectAnswer:
    table.require(ANSWERS_MAX)
    return PerCorrectAnswer(
        points_each=table.value(PER_ANSWER), points_max=table.value(ANSWERS_MAX)
    )


def _read_shift(table: Table) -> Shift:
    table.require(HOURS_COUNTED)
    return Shift(
        points_per_hour=table.value(PER_HOUR), hours_counted_max=table.value(HOURS_COUNTED)
    )


def _read_stamp(points: int, bonus: Table) -> Stamp:
    return Stamp(
        points=points,
        different_booths=bonus.get(BONUS_BOOTHS) or 0,
        bonus_points=bonus.value(BONUS_POINTS),
    )


def _read_times(table: Table) -> tuple[TimesLimit, ...]:
    written = ((table.get(key), who, span) for key, who, span in TIMES)
    return tuple(
        TimesLimit(who=who, span=span, times_max=times) for times, who, span in written if times
    )


def _read_kind_rule(table: Table) -> Rule:
    points = table.value(PER_PERSON)
    if table.has(ONCE_PER):
        period = Period(table.value(PERIOD))
        return CleanUp(points_per_person=points, points_max=table.get(POT_MAX), once_in=period)
    if any(table.has(key) for key in (PERIOD, SPLIT, POT_MAX)):
        table.require(ONCE_PER)
    return Fixed(points=points)


def _once_a_resident() -> TimesLimit:
    return TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=1)

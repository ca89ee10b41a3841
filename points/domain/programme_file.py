"""Read a programme from a file: all of it, or every reason why not.

The file's format is described in docs/programme-file.md. Nothing is half-read: what comes back is
either a whole programme or the list of all faults, in the order of the file.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from points.domain.ids import CommunityKey
from points.domain.programme import Activity, Booth, Community, Event, Programme, Reward
from points.domain.programme_events import BOOTH, BUILDINGS, EVENT, Surroundings, read_event
from points.domain.programme_faults import Fault, FaultCode, FaultLog, Spot, Words, same, show_value
from points.domain.programme_forms import (
    MINUTES_PER_DAY,
    YEAR_MAX,
    YEAR_MIN,
    WrittenNumber,
    card_number,
    choice,
    day,
    exact,
    expiry,
    table,
    text,
    whole,
    zone,
)
from points.domain.programme_hours import read_days
from points.domain.programme_lists import named_tables, tables
from points.domain.programme_rewards import REWARD
from points.domain.programme_rules import (
    ACTIVITY,
    BONUS_SHAPE,
    ID,
    KIND,
    NAME,
    NAME_EN,
    POINTS_MAX,
    EventKind,
    read_kind,
)
from points.domain.programme_tables import NOTES, Key, Shape, Table

CHARACTERS_MAX = 1_000_000
DOTS_ON_A_LINE_MAX = 100
FEN_MAX = 100_000

SUBDISTRICT = Key("subdistrict", "街道", text(200), "")
ZONE = Key("zone", "时区", zone(), is_required=True)
PER_DAY = Key("points_per_day_max", "每户每天积分上限", whole(1, POINTS_MAX))
EXPIRES = Key("expires", "有效期", expiry(), is_required=True)
FEN = Key("fen_per_point", "每分折合几分钱", exact(0, FEN_MAX), Fraction(0))
UNDO = Key("undo_minutes", "可撤销分钟", whole(0, MINUTES_PER_DAY), 15)
CLOCK_OFF = Key("clock_minutes_off_max", "时钟误差分钟", whole(1, MINUTES_PER_DAY), 10)
OFFLINE = Key("offline_days_max", "离线补传天数", whole(0, 366), 14)
CEILING = Key("offline_points_per_card_max", "离线每户最多花分", whole(0, POINTS_MAX), 100)
FORGIVE = Key("forgive_points_max", "每次最多免分", whole(0, POINTS_MAX), 100)
EXPIRING = Key("expiring_soon_days", "将过期天数", whole(0, 366), 30)
REFUND = Key("refund_days_valid", "退回积分有效天数", whole(1, 3660), 30)
SLIP_POINTS = Key("slip_points_max", "展位积分条上限", whole(0, POINTS_MAX), 50)
SLIP_DAYS = Key("slip_days_valid", "积分条有效天数", whole(0, 366), 30)
UNCONFIRMED = Key("unconfirmed_points_per_day_max", "免密每日花分上限", whole(0, POINTS_MAX))
SECOND_FACTOR = Key("second_factor", "大额验证", choice("pin", "code"), "pin")
GIFTS = Key("gift_points_per_day_max", "每日赠分上限", whole(0, POINTS_MAX), 0)
POOL = Key("pool_card", "公共积分池卡号", card_number())
NOTICE = Key("privacy_notice", "隐私告知", text(500), "")
NOTICE_EN = Key("privacy_notice_en", "英文隐私告知", text(1000), "")
FORGET = Key("forget_days", "多少天没来就删个人信息", whole(0, 36_500), 1095)
PROGRAMME = Shape(
    title="[programme]",
    keys=(
        NAME,
        NAME_EN,
        SUBDISTRICT,
        ZONE,
        PER_DAY,
        EXPIRES,
        FEN,
        UNDO,
        CLOCK_OFF,
        OFFLINE,
        CEILING,
        FORGIVE,
        EXPIRING,
        REFUND,
        SLIP_POINTS,
        SLIP_DAYS,
        UNCONFIRMED,
        SECOND_FACTOR,
        GIFTS,
        POOL,
        NOTICE,
        NOTICE_EN,
        FORGET,
        *NOTES,
    ),
    named_by="",
)

ESTATE = Key("estate", "小区", text(200), "")
COMMUNITY = Shape(title="[[community]]", keys=(ID, NAME, NAME_EN, ESTATE, BUILDINGS, *NOTES))

PROGRAMME_TABLE = Key("programme", "积分方案", table("[programme]"), is_required=True)
COMMUNITIES = Key("community", "居民区", tables("[[community]]"))
EVENTS = Key("event", "活动", tables("[[event]]"))
KINDS = Key("kinds", "活动类型", named_tables("[kinds.NAME]"))
FILE = Shape(title="The file", keys=(PROGRAMME_TABLE, COMMUNITIES, EVENTS, KINDS), named_by="")

_PLACE = re.compile(r"(?P<what>.*) \(at (line (?P<line>\d+), .*|end of document)\)", re.DOTALL)
# Every table there is; docs/programme-file.md describes these, and a test holds it to them.
SHAPES = (FILE, PROGRAMME, COMMUNITY, EVENT, BOOTH, ACTIVITY, BONUS_SHAPE, REWARD, KIND)

_TOML = Words("TOML 1.0 的写法", "text as in TOML 1.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeFile:
    """All that a programme file sets up, in its order."""

    programme: Programme
    communities: tuple[Community, ...] = ()
    events: tuple[Event, ...] = ()
    booths: tuple[Booth, ...] = ()
    activities: tuple[Activity, ...] = ()
    rewards: tuple[Reward, ...] = ()


def read_programme_file(
    text: str, *, file: str, moved_to: date | None = None
) -> ProgrammeFile | list[Fault]:
    """Read a programme, or say everything that is wrong with it.

    Args:
        text: The file's content.
        file: Its name, for the faults.
        moved_to: For a rehearsal: every day in the file moves by the same number of days, so that
            the first event begins on this one; all events are then open from 00:00 to 24:00, and
            releases of goods keep their hour.

    Returns:
        The programme, or at least one fault, in the order of the file. Never raises for what the
        text holds.
    """
    log = FaultLog(file)
    document = _read_toml(text, log)
    if isinstance(document, Fault):
        return [document]
    read = _read_document(document, Spot(log), moved_to)
    return log.in_file_order(document) or read


def _read_toml(text: str, log: FaultLog) -> dict[str, object] | Fault:
    if len(text) > CHARACTERS_MAX:
        most = Words(f"最多 {CHARACTERS_MAX} 个字符", f"at most {CHARACTERS_MAX:,} characters")
        return _whole_fault(log, FaultCode.OUT_OF_RANGE, show_value(len(text)), most)
    dotted = _dotted_fault(text, log)
    if dotted is not None:
        return dotted
    try:
        # Notepad puts a mark in front that TOML does not know.
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=WrittenNumber)
    # Not only what tomllib means to raise: Python refuses numbers of 5,000 digits, and lists
    # within lists within lists come to an end as well.
    except (ValueError, RecursionError) as error:
        match = _PLACE.fullmatch(str(error))
        what = match["what"] if match else str(error)
        line = int(match["line"] or text.count("\n") + 1) if match else None
        return _whole_fault(log, FaultCode.BAD_TOML, same(what), _TOML, line=line)


def _dotted_fault(text: str, log: FaultLog) -> Fault | None:
    # A key of many parts costs tomllib the square of their number in memory.
    most = Words(
        f"每行最多 {DOTS_ON_A_LINE_MAX} 个点", f"at most {DOTS_ON_A_LINE_MAX} dots on a line"
    )
    for line, written in enumerate(text.split("\n"), start=1):
        dots = written.count(".")
        if dots > DOTS_ON_A_LINE_MAX:
            return _whole_fault(log, FaultCode.OUT_OF_RANGE, show_value(dots), most, line=line)
    return None


def _whole_fault(
    log: FaultLog, code: FaultCode, found: Words, allowed: Words, *, line: int | None = None
) -> Fault:
    return Fault(file=log.file, key="", code=code, line=line, found=found, allowed=allowed)


def _read_document(
    document: Mapping[str, object], spot: Spot, moved_to: date | None
) -> ProgrammeFile:
    whole_file = Table(document, spot, FILE)
    programme = _read_programme(whole_file.table(PROGRAMME_TABLE, PROGRAMME))
    communities = whole_file.tables(COMMUNITIES, COMMUNITY)
    found = whole_file.tables(EVENTS, EVENT)
    days = [read_days(event) for event in found]
    around = Surroundings(
        zone=programme.zone,
        communities=None if whole_file.is_faulty(COMMUNITIES) else _buildings(communities),
        kinds=None if whole_file.is_faulty(KINDS) else _read_kinds(whole_file),
        shift=_shift(spot, days, moved_to),
    )
    events = [read_event(event, around, own) for event, own in zip(found, days, strict=True)]
    return ProgrammeFile(
        programme=programme,
        communities=tuple(map(_read_community, communities)),
        events=tuple(parts.event for parts in events),
        booths=tuple(booth for parts in events for booth in parts.booths),
        activities=tuple(activity for parts in events for activity in parts.activities),
        rewards=tuple(reward for parts in events for reward in parts.rewards),
    )


def _read_programme(table: Table | None) -> Programme:
    if table is None:
        return Programme(name="", zone=ZONE.form.stand_in, expires=EXPIRES.form.stand_in)
    return Programme(
        name=table.value(NAME),
        name_en=table.value(NAME_EN),
        subdistrict=table.value(SUBDISTRICT),
        zone=table.value(ZONE),
        expires=table.value(EXPIRES),
        points_per_day_max=table.get(PER_DAY),
        fen_per_point=table.value(FEN),
        undo_minutes=table.value(UNDO),
        clock_minutes_off_max=table.value(CLOCK_OFF),
        offline_days_max=table.value(OFFLINE),
        offline_points_per_card_max=table.value(CEILING),
        forgive_points_max=table.value(FORGIVE),
        expiring_soon_days=table.value(EXPIRING),
        refund_days_valid=table.value(REFUND),
        slip_points_max=table.value(SLIP_POINTS),
        slip_days_valid=table.value(SLIP_DAYS),
        unconfirmed_points_per_day_max=table.get(UNCONFIRMED),
        second_factor="code" if table.value(SECOND_FACTOR) == "code" else "pin",
        gift_points_per_day_max=table.value(GIFTS),
        pool_card=table.get(POOL) or "",
        privacy_notice=table.value(NOTICE),
        privacy_notice_en=table.value(NOTICE_EN),
        forget_days=table.value(FORGET),
    )


def _read_community(table: Table) -> Community:
    return Community(
        key=CommunityKey(table.value(ID)),
        name=table.value(NAME),
        name_en=table.value(NAME_EN),
        estate=table.value(ESTATE),
        buildings=table.value(BUILDINGS),
    )


def _buildings(communities: list[Table]) -> dict[str, tuple[str, ...]]:
    named = {community.name: community.value(BUILDINGS) for community in communities}
    return {name: buildings for name, buildings in named.items() if name is not None}


def _read_kinds(whole_file: Table) -> dict[str, EventKind]:
    spot = whole_file.at(KINDS)
    return {
        name: read_kind(Table(raw, spot.at(name).about(name), KIND), name)
        for name, raw in whole_file.value(KINDS).items()
    }


def _shift(spot: Spot, days: list[tuple[date, ...]], moved_to: date | None) -> timedelta | None:
    if moved_to is None or not days or not days[0]:
        return None
    if not YEAR_MIN <= moved_to.year <= YEAR_MAX:
        place = spot.at("moved_to")
        place.fault(FaultCode.OUT_OF_RANGE, show_value(moved_to), day().allowed)
        return None
    return moved_to - days[0][0]

"""Rewards in a programme file: what points buy, where it lies and when it may go."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from points.domain.ids import BoothKey, EventKey, RewardKey
from points.domain.programme import Release, Reward
from points.domain.programme_faults import FaultCode, Words, same, show_value
from points.domain.programme_forms import material, release, whole
from points.domain.programme_hours import Hours, instant, show_clock
from points.domain.programme_lists import by_name, several
from points.domain.programme_rules import (
    BOOTHS_MAX,
    ID,
    NAME,
    NAME_EN,
    POINTS_MAX,
    TIMES_MAX,
)
from points.domain.programme_tables import NOTES, Key, Shape, Table

STOCK_MAX = 1_000_000
RELEASES_MAX = 100
RESERVES_MAX = 20

PRICE = Key("price", "所需积分", whole(1, POINTS_MAX), is_required=True)
STOCK = Key("stock", "库存", whole(0, STOCK_MAX), is_required=True)
HOME = Key("booth", "发放展位", whole(1, BOOTHS_MAX))
PER_HOUSEHOLD = Key("per_household_per_event", "每户每场件数", whole(1, TIMES_MAX))
RELEASED = Key("released", "分时投放", several(release(), RELEASES_MAX, least=1))
RESERVED = Key("reserved_for", "预留", by_name(material(), whole(1, STOCK_MAX), RESERVES_MAX))

REWARD = Shape(
    title="[[event.reward]]",
    keys=(ID, NAME, NAME_EN, PRICE, STOCK, HOME, PER_HOUSEHOLD, RELEASED, RESERVED, *NOTES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where and when an event hands out goods."""

    event: EventKey
    first_day: date | None
    hours: Hours
    """As written in the file, also in a rehearsal."""
    zone: ZoneInfo
    redeeming: tuple[int, ...]
    """Numbers of the booths that hand out goods, lowest first."""
    is_known: bool
    """False where the booths are faulty: then nothing is said about them a second time."""


def read_reward(table: Table, counter: Counter) -> Reward:
    """Read a reward and place its stock at a booth."""
    _note_reserves(table)
    return Reward(
        key=RewardKey(f"{counter.event}/{table.value(ID)}"),
        event=counter.event,
        name=table.value(NAME),
        name_en=table.value(NAME_EN),
        price=table.value(PRICE),
        stock=table.value(STOCK),
        home_booth=BoothKey(f"{counter.event}/{_home(table, counter)}"),
        per_household_per_event=table.get(PER_HOUSEHOLD),
        released=_read_releases(table, counter),
        reserved_for=table.value(RESERVED),
    )


def _home(table: Table, counter: Counter) -> int:
    number = table.get(HOME)
    if not counter.is_known or table.is_faulty(HOME):
        return 0
    if not counter.redeeming:
        allowed = Words(
            "同一活动中 redeems = true 的展位", "a booth of the event with redeems = true"
        )
        table.fault(HOME, FaultCode.MISSING, same(HOME.name), allowed)
        return 0
    if number is None:
        return counter.redeeming[0]
    if number not in counter.redeeming:
        numbers = ", ".join(map(str, counter.redeeming))
        allowed = Words(
            f"redeems = true 的展位：{numbers}", f"a booth with redeems = true: {numbers}"
        )
        table.fault(HOME, FaultCode.UNKNOWN_REFERENCE, show_value(number), allowed)
    return number


def _read_releases(table: Table, counter: Counter) -> tuple[Release, ...]:
    shares = sorted(table.value(RELEASED))
    stock, pieces = table.get(STOCK), sum(pieces for _, pieces in shares)
    if shares and stock is not None and pieces != stock:
        allowed = Words(
            f"合计等于库存（{stock}）的件数", f"pieces that add up to the stock, {stock}"
        )
        table.fault(RELEASED, FaultCode.OUT_OF_RANGE, same(str(pieces)), allowed)
    _note_useless_times(table, counter.hours)
    if counter.first_day is None:
        return ()
    return tuple(
        Release(at=instant(counter.first_day, minutes, counter.zone), pieces=pieces)
        for minutes, pieces in shares
    )


def _note_useless_times(table: Table, hours: Hours) -> None:
    seen: set[int] = set()
    closes = show_clock(hours.closes)
    for place, (minutes, _) in enumerate(table.value(RELEASED)):
        spot, at = table.at(RELEASED).at(place), same(show_clock(minutes))
        if minutes >= hours.closes:
            allowed = Words(f"早于结束（{closes}）的时刻", f"a time before the end ({closes})")
            spot.fault(FaultCode.OUT_OF_RANGE, at, allowed)
        if minutes in seen:
            allowed = Words("每个时刻只写一次", "each time once")
            spot.fault(FaultCode.DUPLICATE, at, allowed)
        seen.add(minutes)


def _note_reserves(table: Table) -> None:
    stock, pieces = table.get(STOCK), sum(table.value(RESERVED).values())
    if stock is not None and pieces > stock:
        allowed = Words(f"合计不超过库存（{stock}）的件数", f"pieces within the stock, {stock}")
        table.fault(RESERVED, FaultCode.OUT_OF_RANGE, same(str(pieces)), allowed)

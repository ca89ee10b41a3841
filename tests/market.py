"""A small market day, as set up: most tests are about it, with a rule or two changed.

Households Wang and Li belong to Shiji, where the corridor clean-up is; Zhao belongs to Qingshui.
"""

from datetime import date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

from points.domain.ids import (
    ActivityKey,
    BoothKey,
    CommunityKey,
    EventKey,
    HouseholdId,
    ResidentId,
    RewardKey,
)
from points.domain.operations import card_by_code
from points.domain.periods import EndOfYear, Period
from points.domain.programme import (
    Activity,
    Booth,
    CleanUp,
    Community,
    Event,
    Fixed,
    PerCorrectAnswer,
    Programme,
    Release,
    Reward,
    Session,
    Shift,
    Span,
    Stamp,
    TimesLimit,
    Weighed,
    Who,
)

Item = Programme | Community | Event | Booth | Activity | Reward

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2019, 12, 5)


def at(clock: str, *, on: date = DAY) -> datetime:
    """Give an instant by the wall clock in Shanghai, on the market day if not told otherwise."""
    return datetime.combine(on, time.fromisoformat(clock), tzinfo=SHANGHAI)


SINCE_EVER = datetime(2019, 1, 1, tzinfo=SHANGHAI)
NOW = at("10:00")
POINTS_END = datetime(2021, 1, 1, tzinfo=SHANGHAI)
"""When points earned on the market day end."""

WANG, LI, ZHAO = HouseholdId(1), HouseholdId(2), HouseholdId(3)
HOUSEHOLDS = (WANG, LI, ZHAO)
WANG_SENIOR, LI_SENIOR, ZHAO_SENIOR = ResidentId(11), ResidentId(12), ResidentId(13)
WANG_CARD, LI_CARD, ZHAO_CARD = (card_by_code(bytes([owner]) * 32) for owner in HOUSEHOLDS)

PROGRAMME = Programme(
    name="长风垃圾分类积分", zone=SHANGHAI, expires=EndOfYear(1), points_per_day_max=20
)
SHIJI = Community(key=CommunityKey("shiji"), name="世纪同乐", buildings=("3", "5"))
QINGSHUI = Community(key=CommunityKey("qingshui"), name="清水湾")

MARKET = Event(
    key=EventKey("market"),
    name="市集",
    sessions=(Session(opens=at("09:00"), closes=at("12:00")),),
)
CORRIDORS = Event(
    key=EventKey("corridors"),
    name="楼道堆物清理",
    community=SHIJI.key,
    sessions=(Session(opens=at("08:00"), closes=at("20:00")),),
    buildings=("3", "5"),
)

REDEEMING = BoothKey("market/4")
_ONCE = (TimesLimit(who=Who.HOUSEHOLD, span=Span.EVENT, times_max=1),)

CHECK_IN = Activity(
    key=ActivityKey("market/check-in"),
    event=MARKET.key,
    name="签到",
    rule=Fixed(points=10),
    times=_ONCE,
)
GAME = Activity(
    key=ActivityKey("market/game"),
    event=MARKET.key,
    name="分类游戏",
    rule=Fixed(points=5),
    times=(TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=2),),
    cooldown_minutes=10,
)
QUIZ = Activity(
    key=ActivityKey("market/quiz"),
    event=MARKET.key,
    name="知识问答",
    rule=PerCorrectAnswer(points_each=1, points_max=10),
    times=(TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=1),),
)
HAND_IN = Activity(
    key=ActivityKey("market/hand-in"),
    event=MARKET.key,
    name="可回收物交投",
    rule=Weighed(
        per_kilogram={"paper": Fraction(2), "metal": Fraction(8), "glass": Fraction(1, 5)}
    ),
    points_max_per_day=50,
)
STAMP = Activity(
    key=ActivityKey("market/stamp"),
    event=MARKET.key,
    name="集章",
    rule=Stamp(points=2, different_booths=3, bonus_points=20),
    times=_ONCE,
)
SHIFT = Activity(
    key=ActivityKey("market/shift"),
    event=MARKET.key,
    name="值守",
    rule=Shift(points_per_hour=10, hours_counted_max=Fraction(2)),
)
SORTING = Activity(
    key=ActivityKey("market/sorting"),
    event=MARKET.key,
    name="分类投放",
    rule=Fixed(points=10),
    counts_towards_day=True,
)
CLEAN_UP = Activity(
    key=ActivityKey("corridors/clean-up"),
    event=CORRIDORS.key,
    name="楼道清理",
    rule=CleanUp(points_per_person=20, once_in=Period.MONTH),
)


def _booth(number: int, *activities: Activity) -> Booth:
    return Booth(
        key=BoothKey(f"market/{number}"),
        event=MARKET.key,
        number=number,
        name=f"展位{number}",
        activities=tuple(activity.key for activity in activities),
        redeems=number == 4,
    )


BOOTHS = {
    **{number: _booth(number, STAMP) for number in (1, 2, 3, 5, 6)},
    4: _booth(4, CHECK_IN),
    7: _booth(7, GAME, QUIZ, HAND_IN, SHIFT, SORTING),
}

BIN_BAGS = Reward(
    key=RewardKey("market/bin-bags"),
    event=MARKET.key,
    name="垃圾袋",
    price=30,
    stock=400,
    home_booth=REDEEMING,
    per_household_per_event=2,
)
TOWEL = Reward(
    key=RewardKey("market/towel"),
    event=MARKET.key,
    name="毛巾",
    price=800,
    stock=20,
    home_booth=REDEEMING,
    released=(
        Release(at=at("09:00"), pieces=8),
        Release(at=at("10:00"), pieces=6),
        Release(at=at("11:00"), pieces=6),
    ),
    reserved_for={"elders": 4},
)

_ACTIVITIES = (CHECK_IN, GAME, QUIZ, HAND_IN, STAMP, SHIFT, SORTING, CLEAN_UP)
_PLACES: tuple[Item, ...] = (PROGRAMME, SHIJI, QINGSHUI, MARKET, CORRIDORS, *BOOTHS.values())
ITEMS: tuple[Item, ...] = (*_PLACES, *_ACTIVITIES, BIN_BAGS, TOWEL)

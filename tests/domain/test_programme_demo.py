"""The demo, compared as values: the subdistrict's events of November and December 2019."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from points.domain.ids import ActivityKey, BoothKey, CommunityKey, EventKey, RewardKey
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
    Rule,
    Session,
    Shift,
    Span,
    Stamp,
    TimesLimit,
    Weighed,
    Who,
)
from points.domain.programme_file import ProgrammeFile, read_programme_file

DEMO = files("points.demo").joinpath("changfeng.toml").read_text(encoding="utf-8")
DAY = EventKey("volunteer-day-2019")

ONCE_A_HOUSEHOLD = TimesLimit(who=Who.HOUSEHOLD, span=Span.EVENT, times_max=1)
ONCE_A_RESIDENT = TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=1)
TWICE_A_RESIDENT = TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=2)


def read(*, moved_to: date | None = None) -> ProgrammeFile:
    found = read_programme_file(DEMO, file="changfeng.toml", moved_to=moved_to)
    assert isinstance(found, ProgrammeFile), [fault.message.en for fault in found]
    return found


def utc(month: int, day: int, hour: int) -> datetime:
    return datetime(2019, month, day, hour, tzinfo=UTC)


def session(month: int, day: int, *hours: int) -> Session:
    """Give a session by hours in Shanghai, eight before those in UTC."""
    opens, closes = (utc(month, day, 0) + timedelta(hours=hour - 8) for hour in hours)
    return Session(opens=opens, closes=closes)


def make_booth(number: int, name: str, *activities: str, redeems: bool = False) -> Booth:
    return Booth(
        key=BoothKey(f"{DAY}/{number}"),
        event=DAY,
        number=number,
        name=name,
        activities=tuple(ActivityKey(f"{DAY}/{activity}") for activity in activities),
        redeems=redeems,
    )


def make_activity(own: str, names: tuple[str, str], rule: Rule, *times: TimesLimit) -> Activity:
    name, name_en = names
    return Activity(
        key=ActivityKey(f"{DAY}/{own}"),
        event=DAY,
        name=name,
        name_en=name_en,
        rule=rule,
        times=times,
    )


def make_clean_up(event: str) -> Activity:
    return Activity(
        key=ActivityKey(f"{event}/corridor-clean-up"),
        event=EventKey(event),
        name="楼道堆物整治",
        name_en="Corridor clean-up",
        rule=CleanUp(points_per_person=20, once_in=Period.MONTH),
    )


def make_reward(own: str, names: tuple[str, str], price: int, stock: int) -> Reward:
    name, name_en = names
    return Reward(
        key=RewardKey(f"{DAY}/{own}"),
        event=DAY,
        name=name,
        name_en=name_en,
        price=price,
        stock=stock,
        home_booth=BoothKey(f"{DAY}/4"),
    )


def test_the_programme_and_its_communities() -> None:
    found = read()

    assert found.programme == Programme(
        name="长风新村街道垃圾分类积分",
        name_en="Changfeng sorting points",
        subdistrict="长风新村街道",
        zone=ZoneInfo("Asia/Shanghai"),
        expires=EndOfYear(1),
        points_per_day_max=20,
        fen_per_point=Fraction(10),
    )
    assert found.communities == (
        Community(
            key=CommunityKey("shiji-tongle"),
            name="世纪同乐",
            name_en="Century Tongle",
            buildings=("2", "3", "4", "5", "6", "7", "11", "12", "13", "14", "33", "35"),
        ),
        Community(
            key=CommunityKey("qingshuiwan"),
            name="清水湾",
            name_en="Qingshuiwan",
            estate="华府樟园",
            buildings=("64", "65"),
        ),
        Community(key=CommunityKey("shida-ercun"), name="师大二村", name_en="Shida Second Village"),
    )


def test_the_volunteer_day() -> None:
    assert read().events[0] == Event(
        key=DAY,
        name="“12·5”国际志愿者日暨垃圾分类志愿服务活动",
        name_en="International Volunteer Day and sorting volunteers' fair",
        place="长风公园",
        sessions=(session(12, 5, 9, 12),),
    )


def test_the_clean_ups_and_the_lecture() -> None:
    assert read().events[1:] == (
        Event(
            key=EventKey("corridors-shiji-tongle-1"),
            name="世纪同乐楼道堆物集中清理（一）",
            name_en="Century Tongle corridor clean-up (1)",
            community=CommunityKey("shiji-tongle"),
            kind="corridor-clean-up",
            sessions=(session(11, 22, 12, 18), session(11, 30, 12, 18)),
            buildings=("2", "3", "4", "5", "6", "7", "11", "13", "33", "35"),
        ),
        Event(
            key=EventKey("corridors-shiji-tongle-2"),
            name="世纪同乐楼道堆物集中清理（二）",
            name_en="Century Tongle corridor clean-up (2)",
            community=CommunityKey("shiji-tongle"),
            kind="corridor-clean-up",
            sessions=(session(12, 7, 12, 18),),
            buildings=("12", "14"),
        ),
        Event(
            key=EventKey("corridors-qingshuiwan"),
            name="清水湾楼道堆物治理行动",
            name_en="Qingshuiwan corridor clean-up",
            community=CommunityKey("qingshuiwan"),
            kind="corridor-clean-up",
            sessions=(session(12, 12, 9, 24),),
            buildings=("64", "65"),
        ),
        Event(
            key=EventKey("lecture-shida-ercun"),
            name="师大二村微课堂",
            name_en="Shida Second Village lecture",
            community=CommunityKey("shida-ercun"),
            kind="lecture",
            sessions=(session(12, 10, 9, 24),),
        ),
    )


def test_the_sixteen_booths() -> None:
    assert read().booths == (
        make_booth(1, "诚信宣传", "stamp"),
        make_booth(2, "市民修身", "stamp"),
        make_booth(3, "侨法宣传", "stamp"),
        make_booth(4, "垃圾分类积分兑换", "check-in", redeems=True),
        make_booth(5, "金融咨询", "stamp"),
        make_booth(6, "地铁公共安全宣传", "stamp"),
        make_booth(7, "户籍咨询", "stamp"),
        make_booth(8, "红十字宣传", "stamp"),
        make_booth(9, "法律咨询", "stamp"),
        make_booth(10, "青少年保护咨询", "stamp"),
        make_booth(11, "法律援助", "stamp"),
        make_booth(12, "垃圾分类互动", "sorting-game", "sorting-quiz", "hand-in"),
        make_booth(13, "志愿服务十三", "stamp"),
        make_booth(14, "志愿服务十四", "stamp"),
        make_booth(15, "志愿服务十五", "stamp"),
        make_booth(16, "志愿者签到", "volunteer-shift", redeems=True),
    )


def test_what_earns_points() -> None:
    rates = {
        "paper": Fraction(2),
        "plastic": Fraction(5),
        "metal": Fraction(8),
        "textile": Fraction(3),
        "glass": Fraction(1, 5),
        "other_plastic": Fraction(1, 10),
    }
    game = make_activity(
        "sorting-game", ("垃圾分类互动游戏", "Sorting game"), Fixed(points=5), TWICE_A_RESIDENT
    )
    hand_in = make_activity(
        "hand-in", ("可回收物交投", "Recyclables handed in"), Weighed(per_kilogram=rates)
    )
    quiz = PerCorrectAnswer(points_each=1, points_max=10)
    stamp = Stamp(points=0, different_booths=6, bonus_points=20)
    shift = Shift(points_per_hour=10, hours_counted_max=Fraction(2))

    assert read().activities == (
        make_activity("check-in", ("签到", "Check-in"), Fixed(points=10), ONCE_A_HOUSEHOLD),
        replace(game, cooldown_minutes=10),
        make_activity("sorting-quiz", ("分类知识问答", "Sorting quiz"), quiz, ONCE_A_RESIDENT),
        replace(hand_in, points_max_per_day=50),
        make_activity("stamp", ("集章打卡", "Stamps"), stamp, ONCE_A_HOUSEHOLD),
        make_activity("volunteer-shift", ("志愿者值守", "Volunteers' shift"), shift),
        make_clean_up("corridors-shiji-tongle-1"),
        make_clean_up("corridors-shiji-tongle-2"),
        make_clean_up("corridors-qingshuiwan"),
        Activity(
            key=ActivityKey("lecture-shida-ercun/lecture"),
            event=EventKey("lecture-shida-ercun"),
            name="微课堂",
            name_en="Lecture",
            rule=Fixed(points=5),
            times=(ONCE_A_RESIDENT,),
        ),
    )


def test_what_points_buy() -> None:
    towel = make_reward("towel", ("毛巾", "Towel"), 800, 20)
    released = (
        Release(at=utc(12, 5, 1), pieces=8),
        Release(at=utc(12, 5, 2), pieces=6),
        Release(at=utc(12, 5, 3), pieces=6),
    )

    assert read().rewards == (
        replace(
            make_reward("bin-bags", ("分类垃圾袋", "Bin bags"), 30, 400), per_household_per_event=2
        ),
        replace(make_reward("soap", ("肥皂", "Soap"), 50, 200), per_household_per_event=2),
        make_reward("wipes", ("湿巾十包", "Wet wipes, ten packs"), 240, 60),
        replace(towel, released=released, reserved_for={"elders": 4}),
        make_reward("plant", ("绿植一盆", "Potted plant"), 100, 80),
    )


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2019, 12, 5), date(2001, 2, 28)])
def test_a_rehearsal_moves_every_day_alike_and_opens_all_day(day: date) -> None:
    shift, plain, moved = day - date(2019, 12, 5), read(), read(moved_to=day)

    begins = [[own.opens for own in event.sessions] for event in moved.events]
    lengths = {own.closes - own.opens for event in moved.events for own in event.sessions}

    assert begins[0] == [datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)]
    assert begins == [
        [_local_midnight(own.opens) + shift for own in event.sessions] for event in plain.events
    ]
    assert lengths == {timedelta(days=1)}


def test_in_a_rehearsal_releases_keep_their_hour_and_all_else_stays() -> None:
    plain, moved = read(), read(moved_to=date(2026, 5, 1))

    assert [own.at for own in moved.rewards[3].released] == [
        datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in (1, 2, 3)
    ]
    assert (moved.programme, moved.communities, moved.booths, moved.activities) == (
        plain.programme,
        plain.communities,
        plain.booths,
        plain.activities,
    )


def test_the_sorting_items_are_there_too() -> None:
    items = files("points.demo").joinpath("sorting_items.csv").read_text(encoding="utf-8")
    heading, *rows = items.splitlines()

    assert (heading, len(rows)) == ("name,name_en,category,hint,hint_en", 64)
    assert {row.split(",")[2] for row in rows} == {"recyclable", "hazardous", "wet", "dry"}


def _local_midnight(moment: datetime) -> datetime:
    local = moment.astimezone(ZoneInfo("Asia/Shanghai"))
    return local.replace(hour=0, minute=0).astimezone(UTC)

from fractions import Fraction

import pytest

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
from tests.programme_texts import FAIR, PROGRAMME, find_faults, make_activity, read, read_faults


def make_kind(name: str, rule: str) -> str:
    """Write an event of a kind, at building 2."""
    event = f'{FAIR}kind = "{name}"\nbuildings = ["2"]'
    return f"{PROGRAMME}{event}\n[kinds.{name}]\n{rule}\n"


def read_one(text: str) -> Activity:
    (activity,) = read(text).activities
    return activity


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("points = 10", Fixed(points=10)),
        ("points = 0", Fixed(points=0)),
        (
            "points_per_correct_answer = 2\npoints_max = 10",
            PerCorrectAnswer(points_each=2, points_max=10),
        ),
        (
            (
                'unit = "gram"\nrounding = "down, once, on the sum"\n'
                "points_per_kilogram = { paper = 2, glass = 0.2, other_plastic = 0.1 }"
            ),
            Weighed(
                per_kilogram={
                    "paper": Fraction(2),
                    "glass": Fraction(1, 5),
                    "other_plastic": Fraction(1, 10),
                }
            ),
        ),
        (
            'points_per_hour = 10\nhours_counted_max = 1.5\nneeds = ["check-in", "check-out"]',
            Shift(points_per_hour=10, hours_counted_max=Fraction(3, 2)),
        ),
    ],
)
def test_each_rule_is_read_exactly_as_written(text: str, rule: Rule) -> None:
    assert read_one(make_activity(text)) == Activity(
        key=ActivityKey("fair/game"), event=EventKey("fair"), name="游戏", rule=rule
    )


def test_a_bonus_makes_a_stamp() -> None:
    stands = 'booths = [{ number = 1, name = "一", activities = ["stamp"] },'
    stands += '{ number = 2, name = "二", activities = ["stamp"] }]'
    rule = "points = 1\nbonus = { different_booths = 2, points = 20, per_household_per_event = 1 }"
    stamp = f'[[event.activity]]\nid = "stamp"\nname = "集章"\n{rule}'

    assert read_one(f"{PROGRAMME}{FAIR}{stands}\n{stamp}").rule == Stamp(
        points=1, different_booths=2, bonus_points=20
    )


def test_limits_caps_pause_and_budget_are_read() -> None:
    limits = """
    name_en = "Game"
    points = 5
    per_resident_per_activity = 6
    per_resident_per_day = 5
    per_resident_per_event = 4
    per_household_per_activity = 3
    per_household_per_day = 2
    per_household_per_event = 1
    points_max_per_day = 50
    points_max_per_event = 80
    cooldown_minutes = 10
    points_budget = 5000
    counts_towards_day = true
    """

    assert read_one(make_activity(limits)) == Activity(
        key=ActivityKey("fair/game"),
        event=EventKey("fair"),
        name="游戏",
        name_en="Game",
        rule=Fixed(points=5),
        times=(
            TimesLimit(who=Who.HOUSEHOLD, span=Span.EVENT, times_max=1),
            TimesLimit(who=Who.HOUSEHOLD, span=Span.DAY, times_max=2),
            TimesLimit(who=Who.HOUSEHOLD, span=Span.ACTIVITY, times_max=3),
            TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=4),
            TimesLimit(who=Who.RESIDENT, span=Span.DAY, times_max=5),
            TimesLimit(who=Who.RESIDENT, span=Span.ACTIVITY, times_max=6),
        ),
        points_max_per_day=50,
        points_max_per_event=80,
        cooldown_minutes=10,
        points_budget=5000,
        counts_towards_day=True,
    )


@pytest.mark.parametrize(
    ("rule", "faults"),
    [
        ("", [("", "missing")]),
        ('unit = "gram"', [("", "missing")]),
        (
            "points = 1\npoints_per_hour = 1",
            [(".points_per_hour", "cannot_combine")],
        ),
        ("points = 1\npoints_max = 9", [(".points_max", "cannot_combine")]),
        ('points = 1\nunit = "gram"', [(".unit", "cannot_combine")]),
        ("points = 1\nhours_counted_max = 2", [(".hours_counted_max", "cannot_combine")]),
        (
            ("points_per_correct_answer = 1\npoints_max = 9\nbonus = { different_booths = 2 }"),
            [(".bonus", "cannot_combine"), (".bonus.points", "missing")],
        ),
        ("points_per_correct_answer = 1", [(".points_max", "missing")]),
        ("points_per_hour = 1", [(".hours_counted_max", "missing")]),
        ("points = -1", [(".points", "out_of_range")]),
        ("points = 1.0", [(".points", "wrong_type")]),
        ("points = true", [(".points", "wrong_type")]),
        ("points = 1000000000000000000000000000000", [(".points", "out_of_range")]),
        ("points_per_kilogram = {}", [(".points_per_kilogram", "out_of_range")]),
        (
            'points_per_kilogram = { Paper = 1, glass = nan, metal = inf, tin = "2", iron = -1 }',
            [
                (".points_per_kilogram.Paper", "not_allowed_value"),
                (".points_per_kilogram.glass", "out_of_range"),
                (".points_per_kilogram.metal", "out_of_range"),
                (".points_per_kilogram.tin", "wrong_type"),
                (".points_per_kilogram.iron", "out_of_range"),
            ],
        ),
        (
            'points_per_kilogram = { paper = 1 }\nrounding = "up"\nunit = "jin"',
            [(".rounding", "not_allowed_value"), (".unit", "not_allowed_value")],
        ),
        (
            'points_per_hour = 1\nhours_counted_max = 2\nneeds = ["check-in"]',
            [(".needs", "not_allowed_value")],
        ),
        ("points = 1\nper_household_per_event = 0", [(".per_household_per_event", "out_of_range")]),
        (
            "points = 1\nbonus = { points = 0, per_household_per_event = 2, times = 3 }",
            [
                (".bonus.different_booths", "missing"),
                (".bonus.points", "out_of_range"),
                (".bonus.per_household_per_event", "out_of_range"),
                (".bonus.times", "unknown_key"),
            ],
        ),
    ],
)
def test_an_activity_whose_rule_does_not_fit_is_named(
    rule: str, faults: list[tuple[str, str]]
) -> None:
    found = find_faults(make_activity(rule))

    assert sorted(found) == sorted((f"event[0].activity[0]{key}", code) for key, code in faults)


def test_two_rules_are_told_apart_by_name() -> None:
    text = make_activity("points = 1\npoints_per_kilogram = { paper = 1 }\npoints_max = 9")

    assert [fault.message.en.removeprefix("fair.toml: ") for fault in read_faults(text)] == [
        (
            "event[0].activity[0].points_per_kilogram (fair/game): "
            "this cannot stand beside points. Expected one rule for each activity."
        ),
        (
            "event[0].activity[0].points_max (fair/game): this cannot stand beside points. "
            "Expected it only with points_per_correct_answer."
        ),
    ]


def test_a_kind_with_once_per_is_a_clean_up() -> None:
    rule = """
    points_per_person = 20
    once_per = "building and period"
    period = "quarter"
    split = "equal shares, remainder to the earliest checked in"
    points_max = 300
    """

    assert read_one(make_kind("corridor-clean-up", rule)) == Activity(
        key=ActivityKey("fair/corridor-clean-up"),
        event=EventKey("fair"),
        name="楼道堆物整治",
        name_en="Corridor clean-up",
        rule=CleanUp(points_per_person=20, points_max=300, once_in=Period.QUARTER),
    )


def test_a_clean_up_is_paid_once_a_month_unless_it_says_otherwise() -> None:
    rule = 'points_per_person = 20\nonce_per = "building and period"'

    assert read_one(make_kind("corridor-clean-up", rule)).rule == CleanUp(
        points_per_person=20, once_in=Period.MONTH
    )


def test_a_kind_without_once_per_pays_each_resident_once() -> None:
    assert read_one(make_kind("lecture", "points_per_person = 5")) == Activity(
        key=ActivityKey("fair/lecture"),
        event=EventKey("fair"),
        name="微课堂",
        name_en="Lecture",
        rule=Fixed(points=5),
        times=(TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=1),),
    )


def test_a_kind_may_give_its_own_names_and_an_unknown_one_must() -> None:
    named = 'name = "大扫除"\nname_en = "Big clean"\npoints_per_person = 5'
    activity = read_one(make_kind("lecture", named))

    assert (activity.name, activity.name_en) == ("大扫除", "Big clean")
    assert read_one(make_kind("big-clean", named)).name == "大扫除"
    assert find_faults(make_kind("big-clean", "points_per_person = 5")) == [
        ("kinds.big-clean.name", "missing")
    ]


@pytest.mark.parametrize(
    ("rule", "faults"),
    [
        ("", [("points_per_person", "missing")]),
        ('points_per_person = 1\nperiod = "month"', [("once_per", "missing")]),
        ("points_per_person = 1\npoints_max = 5", [("once_per", "missing")]),
        ('points_per_person = 1\nonce_per = "day"', [("once_per", "not_allowed_value")]),
        (
            (
                'points_per_person = 0\nonce_per = "building and period"\nperiod = "week"\n'
                'split = "by age"\nshare = 1'
            ),
            [
                ("points_per_person", "out_of_range"),
                ("period", "not_allowed_value"),
                ("split", "not_allowed_value"),
                ("share", "unknown_key"),
            ],
        ),
    ],
)
def test_a_kind_that_does_not_fit_is_named(rule: str, faults: list[tuple[str, str]]) -> None:
    assert find_faults(make_kind("lecture", rule)) == [
        (f"kinds.lecture.{key}", code) for key, code in faults
    ]

import pytest

from points.domain.ids import ActivityKey, BoothKey, CommunityKey, EventKey
from points.domain.programme import Booth, Event
from tests.programme_texts import FAIR, PROGRAMME, find_faults, read, read_faults

AREAS = """
[[community]]
id = "tongle"
name = "同乐"
buildings = ["2", "3"]

[[community]]
id = "ercun"
name = "二村"
"""

ACTIVITIES = """
[[event.activity]]
id = "stamp"
name = "集章"
points = 0

[[event.activity]]
id = "game"
name = "游戏"
points = 5
"""

CLEAN_UP = """
[kinds.corridor-clean-up]
points_per_person = 20
once_per = "building and period"
"""


def make_event(more: str, *, after: str = "") -> str:
    return f"{PROGRAMME}{AREAS}{FAIR}{more}\n{after}\n"


def test_an_event_is_read_with_its_community_and_buildings() -> None:
    more = """
    name_en = "Fair"
    place = "长风公园"
    community = "tongle"
    kind = "corridor-clean-up"
    tolerance_minutes = 30
    buildings = ["3", "2"]
    points_budget = 10_000
    notice_days_before = 14
    """
    (event,) = read(make_event(more, after=CLEAN_UP)).events

    assert event == Event(
        key=EventKey("fair"),
        name="集市",
        name_en="Fair",
        place="长风公园",
        community=CommunityKey("tongle"),
        kind="corridor-clean-up",
        sessions=event.sessions,
        tolerance_minutes=30,
        buildings=("3", "2"),
        points_budget=10_000,
    )


def test_booths_are_read_in_the_order_of_the_file() -> None:
    booths = """booths = [
      { number = 12, name = "互动", activities = ["game", "stamp"] },
      { number = 4, name = "兑换", redeems = true, assumed = true },
    ]"""

    assert read(make_event(booths, after=ACTIVITIES)).booths == (
        Booth(
            key=BoothKey("fair/12"),
            event=EventKey("fair"),
            number=12,
            name="互动",
            activities=(ActivityKey("fair/game"), ActivityKey("fair/stamp")),
        ),
        Booth(key=BoothKey("fair/4"), event=EventKey("fair"), number=4, name="兑换", redeems=True),
    )


def test_a_booth_may_offer_the_activity_of_the_events_kind() -> None:
    booths = 'booths = [{ number = 1, name = "楼下", activities = ["corridor-clean-up"] }]'
    more = f'kind = "corridor-clean-up"\nbuildings = ["2"]\n{booths}'

    (booth,) = read(make_event(more, after=CLEAN_UP)).booths

    assert booth.activities == (ActivityKey("fair/corridor-clean-up"),)


def test_an_activity_may_not_be_named_like_the_events_kind() -> None:
    more = f'kind = "lecture"\n{ACTIVITIES.replace("stamp", "lecture")}'

    assert find_faults(make_event(more, after="[kinds.lecture]\npoints_per_person = 5")) == [
        ("event[0].activity[0].id", "duplicate")
    ]


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ('community = "Tongle"', [("community", "unknown_reference")]),
        ('kind = "lecture"', [("kind", "unknown_reference")]),
        ("kind = 3", [("kind", "wrong_type")]),
        ('community = "tongle"\nbuildings = ["2", "5"]', [("buildings[1]", "unknown_reference")]),
        ("tolerance_minutes = 241", [("tolerance_minutes", "out_of_range")]),
        ("points_budget = 0", [("points_budget", "out_of_range")]),
        ("notice_days_before = true", [("notice_days_before", "wrong_type")]),
        ('reported = "1000 visitors"', [("reported", "wrong_type")]),
        ("booths = {}", [("booths", "wrong_type")]),
        ("booths = [4]", [("booths[0]", "wrong_type")]),
        ("booths = [{ number = 1 }]", [("booths[0].name", "missing")]),
        (
            'booths = [{ number = 1, name = "一" }, { number = 1, name = "二" }]',
            [("booths[1].number", "duplicate")],
        ),
        (
            'booths = [{ number = 0, name = "零", activities = ["stmp", 5], redeems = 1 }]',
            [
                ("booths[0].number", "out_of_range"),
                ("booths[0].activities[1]", "wrong_type"),
                ("booths[0].redeems", "wrong_type"),
            ],
        ),
        (
            'booths = [{ number = 1, name = "一", activities = ["stmp", "game"] }]',
            [("booths[0].activities[0]", "unknown_reference")],
        ),
    ],
)
def test_an_event_that_does_not_fit_is_named(more: str, faults: list[tuple[str, str]]) -> None:
    assert find_faults(make_event(more, after=ACTIVITIES)) == [
        (f"event[0].{key}", code) for key, code in faults
    ]


def test_a_booths_fault_is_told_by_event_and_number() -> None:
    booths = 'booths = [{ number = 4, name = "四", activities = ["stmp"] }]'
    (fault,) = read_faults(make_event(booths, after=ACTIVITIES))

    assert fault.message.en == (
        'fair.toml: event[0].booths[0].activities[0] (fair/4): "stmp" was not found. '
        "Expected the id of an activity of the event: perhaps stamp; game."
    )


def test_a_community_without_a_list_of_buildings_has_any() -> None:
    (event,) = read(make_event('community = "ercun"\nbuildings = ["99"]')).events

    assert event.buildings == ("99",)


@pytest.mark.parametrize("buildings", ["", "buildings = []"])
def test_a_clean_up_needs_a_building(buildings: str) -> None:
    more = f'kind = "corridor-clean-up"\n{buildings}'

    assert find_faults(make_event(more, after=CLEAN_UP)) == [("event[0].buildings", "missing")]


def test_a_bonus_must_be_within_reach_of_the_booths_that_stamp() -> None:
    booths = """booths = [
      { number = 1, name = "一", activities = ["stamp"] },
      { number = 2, name = "二", activities = ["game"] },
    ]"""
    bonus = "points = 0\nbonus = { different_booths = 2, points = 20 }"
    text = make_event(booths, after=ACTIVITIES.replace("points = 0", bonus))

    (fault,) = read_faults(text)

    assert (fault.key, fault.code, fault.allowed.en) == (
        "event[0].activity[0].bonus.different_booths",
        "out_of_range",
        "at most the booths that stamp, 1",
    )


def test_a_faulty_activity_is_not_held_against_its_booths() -> None:
    booths = 'booths = [{ number = 1, name = "一", activities = ["stamp", "Game"] }]'
    broken = ACTIVITIES.replace("points = 0", "").replace('"game"', '"Game"')

    assert find_faults(make_event(booths, after=broken)) == [
        ("event[0].activity[0]", "missing"),
        ("event[0].activity[1].id", "not_allowed_value"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        ("community = 1", "", [("community", "wrong_type")]),
        ("kinds = 1", "", [("kinds", "wrong_type")]),
    ],
)
def test_what_cannot_be_read_at_all_is_not_held_against_events(
    before: str, after: str, faults: list[tuple[str, str]]
) -> None:
    event = f'{FAIR}community = "tongle"\nkind = "lecture"\n'
    kinds = "" if "kinds" in before else "[kinds.lecture]\npoints_per_person = 5\n"
    areas = AREAS if "kinds" in before else ""

    assert find_faults(f"{before}\n{PROGRAMME}{areas}{event}{kinds}{after}") == faults

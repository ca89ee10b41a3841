from datetime import UTC, datetime

import pytest

from points.domain.ids import BoothKey, EventKey, RewardKey
from points.domain.programme import Release, Reward
from tests.programme_texts import DESK, find_faults, make_reward, read, read_faults

DESKS = """booths = [
  { number = 16, name = "签到", redeems = true },
  { number = 1, name = "宣传" },
  { number = 4, name = "兑换", redeems = true },
]"""


def read_one(text: str) -> Reward:
    (reward,) = read(text).rewards
    return reward


def test_a_plain_reward_lies_at_the_booth_that_redeems() -> None:
    assert read_one(make_reward("")) == Reward(
        key=RewardKey("fair/soap"),
        event=EventKey("fair"),
        name="肥皂",
        price=50,
        stock=20,
        home_booth=BoothKey("fair/4"),
    )


def test_limits_releases_and_reserves_are_read() -> None:
    more = """
    name_en = "Soap"
    per_household_per_event = 2
    released = ["10:00 6", "09:00 14"]
    reserved_for = { elders = 4, late_shift = 1 }
    """

    assert read_one(make_reward(more)) == Reward(
        key=RewardKey("fair/soap"),
        event=EventKey("fair"),
        name="肥皂",
        name_en="Soap",
        price=50,
        stock=20,
        home_booth=BoothKey("fair/4"),
        per_household_per_event=2,
        released=(
            Release(at=datetime(2026, 5, 1, 1, tzinfo=UTC), pieces=14),
            Release(at=datetime(2026, 5, 1, 2, tzinfo=UTC), pieces=6),
        ),
        reserved_for={"elders": 4, "late_shift": 1},
    )


def test_of_several_booths_that_redeem_the_lowest_number_keeps_the_stock() -> None:
    assert read_one(make_reward("").replace(DESK, DESKS)).home_booth == "fair/4"


def test_a_reward_may_name_its_booth() -> None:
    assert read_one(make_reward("booth = 16").replace(DESK, DESKS)).home_booth == "fair/16"


@pytest.mark.parametrize("number", [1, 7])
def test_a_booth_that_hands_out_nothing_keeps_no_stock(number: int) -> None:
    (fault,) = read_faults(make_reward(f"booth = {number}").replace(DESK, DESKS))

    assert (fault.key, fault.code) == ("event[0].reward[0].booth", "unknown_reference")
    assert fault.allowed.en == "a booth with redeems = true: 4, 16"


@pytest.mark.parametrize("desk", ["", DESK.replace("true", "false")])
def test_an_event_with_rewards_needs_a_booth_that_redeems(desk: str) -> None:
    (fault,) = read_faults(make_reward("").replace(DESK, desk))

    assert fault.message.zh == (
        "fair.toml：event[0].reward[0].booth（fair/soap）：还没有写。"
        "应为：同一活动中 redeems = true 的展位。"
    )


@pytest.mark.parametrize(
    ("booths", "faults"),
    [
        ("booths = 4", [("event[0].booths", "wrong_type")]),
        (DESK.replace("true", '"yes"'), [("event[0].booths[0].redeems", "wrong_type")]),
        (DESK.replace("4", "0"), [("event[0].booths[0].number", "out_of_range")]),
    ],
)
def test_a_faulty_booth_is_not_held_against_its_rewards(
    booths: str, faults: list[tuple[str, str]]
) -> None:
    assert find_faults(make_reward("").replace(DESK, booths)) == faults


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ('released = ["09:00 8"]', [("released", "out_of_range")]),
        ('released = ["09:00 30"]', [("released", "out_of_range")]),
        ("released = []", [("released", "out_of_range")]),
        ('released = ["9 o\'clock 20"]', [("released[0]", "not_allowed_value")]),
        ('released = ["09:00 8", "09:00 12"]', [("released[1]", "duplicate")]),
        ('released = ["09:00 10", "09:00 10"]', [("released[1]", "duplicate")]),
        ('released = ["09:00 8", "12:00 12"]', [("released[1]", "out_of_range")]),
        ("reserved_for = { elders = 15, others = 6 }", [("reserved_for", "out_of_range")]),
        ("reserved_for = { elders = 0 }", [("reserved_for.elders", "out_of_range")]),
        ("reserved_for = {}", [("reserved_for", "out_of_range")]),
        ("per_household_per_event = 0", [("per_household_per_event", "out_of_range")]),
        ("per_resident_per_event = 1", [("per_resident_per_event", "unknown_key")]),
    ],
)
def test_a_reward_that_does_not_fit_is_named(more: str, faults: list[tuple[str, str]]) -> None:
    assert find_faults(make_reward(more)) == [
        (f"event[0].reward[0].{key}", code) for key, code in faults
    ]


def test_a_faulty_stock_is_not_held_against_releases_and_reserves() -> None:
    more = 'released = ["09:00 8"]\nreserved_for = { elders = 99 }'

    found = find_faults(make_reward(more, stock=-1))

    assert found == [("event[0].reward[0].stock", "out_of_range")]


def test_price_and_stock_are_needed() -> None:
    text = make_reward("").replace("price = 50", "").replace("stock = 20", "")

    assert find_faults(text) == [
        ("event[0].reward[0].price", "missing"),
        ("event[0].reward[0].stock", "missing"),
    ]

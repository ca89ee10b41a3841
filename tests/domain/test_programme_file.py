from datetime import date
from fractions import Fraction
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from points.domain.periods import DaysValid, Never
from points.domain.programme import Programme
from points.domain.programme_faults import Fault, FaultCode, Words
from points.domain.programme_file import ProgrammeFile, read_programme_file
from tests.programme_texts import (
    FAIR,
    PROGRAMME,
    find_faults,
    make_reward,
    read,
    read_faults,
)

DEMO = files("points.demo").joinpath("changfeng.toml").read_text(encoding="utf-8")


def test_a_programme_needs_a_name_a_zone_and_an_expiry() -> None:
    assert read(PROGRAMME) == ProgrammeFile(
        programme=Programme(name="积分", zone=ZoneInfo("Asia/Shanghai"), expires=Never())
    )


def test_every_key_of_a_programme_is_read() -> None:
    text = """
    [programme]
    name = "积分"
    name_en = "Points"
    subdistrict = "长风新村街道"
    zone = "Europe/Berlin"
    expires = "365 days"
    points_per_day_max = 20
    fen_per_point = 0.5
    undo_minutes = 5
    clock_minutes_off_max = 6
    offline_days_max = 7
    offline_points_per_card_max = 60
    forgive_points_max = 0
    expiring_soon_days = 8
    refund_days_valid = 9
    slip_points_max = 11
    slip_days_valid = 12
    privacy_notice = "告知"
    privacy_notice_en = "Notice"
    """

    assert read(text).programme == Programme(
        name="积分",
        name_en="Points",
        subdistrict="长风新村街道",
        zone=ZoneInfo("Europe/Berlin"),
        expires=DaysValid(365),
        points_per_day_max=20,
        fen_per_point=Fraction(1, 2),
        undo_minutes=5,
        clock_minutes_off_max=6,
        offline_days_max=7,
        offline_points_per_card_max=60,
        forgive_points_max=0,
        expiring_soon_days=8,
        refund_days_valid=9,
        slip_points_max=11,
        slip_days_valid=12,
        privacy_notice="告知",
        privacy_notice_en="Notice",
    )


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [("programme", "missing")]),
        ("programme = 1", [("programme", "wrong_type")]),
        (
            "[programme]",
            [
                ("programme.name", "missing"),
                ("programme.zone", "missing"),
                ("programme.expires", "missing"),
            ],
        ),
        (f"{PROGRAMME}undo_minutes = -1", [("programme.undo_minutes", "out_of_range")]),
        (f"{PROGRAMME}points_per_day_max = 1e3", [("programme.points_per_day_max", "wrong_type")]),
        (f"{PROGRAMME}fen_per_point = 1e3", [("programme.fen_per_point", "out_of_range")]),
        (f"{PROGRAMME}[[programs]]", [("programs", "unknown_key")]),
        (f"{PROGRAMME}[event]", [("event", "wrong_type")]),
        (f"event = [1]\n{PROGRAMME}", [("event[0]", "wrong_type")]),
        (f"{PROGRAMME}{FAIR}{FAIR}", [("event[1].id", "duplicate")]),
        (
            f'{PROGRAMME}[[community]]\nid = "a"\nname = "甲"\n[[community]]\nid = "a"\nname = ""',
            [("community[1].id", "duplicate"), ("community[1].name", "out_of_range")],
        ),
        (
            f'{PROGRAMME}[kinds]\n"大扫除" = 1',
            [('kinds."大扫除"', "not_allowed_value"), ('kinds."大扫除"', "wrong_type")],
        ),
    ],
)
def test_what_does_not_fit_is_named(text: str, faults: list[tuple[str, str]]) -> None:
    assert find_faults(text) == faults


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a\n", 1, "Expected '=' after a key in a key/value pair"),
        ("[programme]\nname = 积分\n", 2, "Invalid value"),
        ('[programme]\nname = "一"\nname = "二"\n', 3, "Cannot overwrite a value"),
        ("[programme]\nexpires =", 2, "Invalid value"),
        ("a = 2019-13-01", 1, "Expected newline or end of document after a statement"),
    ],
)
def test_what_is_not_toml_is_named_with_its_line(text: str, line: int, found: str) -> None:
    assert read_faults(text) == [
        Fault(
            file="fair.toml",
            key="",
            code=FaultCode.BAD_TOML,
            line=line,
            found=Words(found, found),
            allowed=Words("TOML 1.0 的写法", "text as in TOML 1.0"),
        )
    ]


@pytest.mark.parametrize("text", ["a = " + "9" * 5_000, "a = " + "[" * 5_000])
def test_what_python_cannot_read_is_a_fault_and_no_crash(text: str) -> None:
    (fault,) = read_faults(text)

    assert (fault.code, fault.line, len(fault.found.en) <= 61) == ("bad_toml", None, True)


def test_a_file_has_its_bounds() -> None:
    assert read(PROGRAMME + "#" * (1_000_000 - len(PROGRAMME))) == read(PROGRAMME)
    assert [fault.message.en for fault in read_faults("#" * 1_000_001)] == [
        "fair.toml: 1000001 is out of range. Expected at most 1,000,000 characters."
    ]


def test_a_key_of_endless_parts_is_refused_before_it_is_read() -> None:
    (fault,) = read_faults(f"{PROGRAMME}x.{'a.' * 400_000}b = 1")

    assert (fault.code, fault.line) == (FaultCode.OUT_OF_RANGE, PROGRAMME.count("\n") + 1)


def test_the_mark_in_front_of_a_file_from_windows_is_left_out() -> None:
    text = PROGRAMME.replace("\n", "\r\n")

    assert read(f"\ufeff{text}") == read(PROGRAMME)


def test_all_faults_are_named_in_the_order_of_the_file() -> None:
    text = """
    [kinds.lecture]
    points_per_person = 0

    [[event]]
    name = "集市"
    date = 2026-05-01
    opens = "9:00"
    booths = [{ number = 1, name = "一", activities = ["stmp"], redeem = true }]

    [[event.activity]]
    id = "stamp"
    name = 5
    points = 2
    points_max = 9

    [[event.reward]]
    id = "soap"
    name = "肥皂"
    price = 0.5
    stock = 10
    released = ["09:00 8"]

    [programme]
    name = "积分"
    zone = "Asia/Changfeng"
    """

    assert find_faults(text) == [
        ("kinds.lecture.points_per_person", "out_of_range"),
        ("event[0].id", "missing"),
        ("event[0].opens", "not_allowed_value"),
        ("event[0].booths[0].activities[0]", "unknown_reference"),
        ("event[0].booths[0].redeem", "unknown_key"),
        ("event[0].activity[0].name", "wrong_type"),
        ("event[0].activity[0].points_max", "cannot_combine"),
        ("event[0].reward[0].booth", "missing"),
        ("event[0].reward[0].price", "wrong_type"),
        ("event[0].reward[0].released", "out_of_range"),
        ("programme.expires", "missing"),
        ("programme.zone", "not_allowed_value"),
    ]


ROW = "event[0].reward[0]"
MESSAGES = {
    make_reward("prize = 5"): (
        f"{ROW}.prize（fair/soap）：这里没有名为 prize 的键。可用的键：也许是 price; ",
        f"{ROW}.prize (fair/soap): there is no key prize here. Keys that may be used: perhaps ",
    ),
    make_reward("name_en = 5"): (
        f"{ROW}.name_en（fair/soap）：写的是 5，应为：一行最多 200 个字的文字。",
        f"{ROW}.name_en (fair/soap): this is 5. Expected one line of at most 200 characters.",
    ),
    make_reward("").replace("price = 50\n", ""): (
        f"{ROW}.price（fair/soap）：还没有写。应为：1 到 1000000 之间的整数。",
        f"{ROW}.price (fair/soap): this is missing. Expected a whole number from 1 to 1,000,000.",
    ),
    make_reward("booth = 0"): (
        f"{ROW}.booth（fair/soap）：0 超出范围，应为：1 到 999 之间的整数。",
        f"{ROW}.booth (fair/soap): 0 is out of range. Expected a whole number from 1 to 999.",
    ),
    PROGRAMME.replace("never", "soon"): (
        'programme.expires：不能用 "soon"，应为："end of calendar year", ',
        'programme.expires: "soon" cannot be used here. Expected "end of calendar year", ',
    ),
    f"{PROGRAMME}{FAIR}{FAIR}": (
        'event[1].id（fair）："fair" 出现了不止一次，应为：未用过的名称（event[0].id 已用）。',
        'event[1].id (fair): "fair" is here more than once. Expected a name not yet used (event',
    ),
    f'{PROGRAMME}{FAIR}kind = "lecture"': (
        'event[0].kind（fair）：没有找到 "lecture"，应为：[kinds] 中的名称：本文件中没有。',
        'event[0].kind (fair): "lecture" was not found. Expected a name of [kinds]: none in this ',
    ),
    f"{PROGRAMME}{FAIR}dates = [2026-05-02]": (
        "event[0].dates（fair）：不能与 date 同时写，应为：date、dates 或 from 与 to 中的一种。",
        "event[0].dates (fair): this cannot stand beside date. Expected date, or dates, or from",
    ),
    "a": (
        "第 1 行：这里不合 TOML 的写法（Expected '=' after a key in a key/value pair）。应为：TOML",
        "line 1: this cannot be read as TOML (Expected '=' after a key in a key/value pair). ",
    ),
}


@pytest.mark.parametrize("text", MESSAGES)
def test_every_fault_is_said_in_both_languages(text: str) -> None:
    zh, en = MESSAGES[text]
    (fault,) = read_faults(text)

    assert fault.message.zh.startswith(f"fair.toml：{zh}")
    assert fault.message.en.startswith(f"fair.toml: {en}")


def test_every_code_is_among_the_messages_tried() -> None:
    assert {read_faults(text)[0].code for text in MESSAGES} == set(FaultCode)


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2200, 1, 1), date.max])
def test_a_rehearsal_keeps_to_the_years_of_a_file(day: date) -> None:
    found = read_programme_file(DEMO, file="changfeng.toml", moved_to=day)

    assert isinstance(found, list)
    assert [(fault.key, fault.code) for fault in found] == [("moved_to", "out_of_range")]


def test_a_rehearsal_of_a_file_without_events_changes_nothing() -> None:
    found = read_programme_file(PROGRAMME, file="fair.toml", moved_to=date(2026, 5, 1))

    assert found == read(PROGRAMME)

"""What may be written on a door, and what is said about the rest."""

import pytest

from points.domain.people import (
    DOOR_LENGTH_MAX,
    NAME_LENGTH_MAX,
    TextFault,
    door_fault,
    name_fault,
    plain_door,
)


@pytest.mark.parametrize(
    ("typed", "door"),
    [
        ("2-301", "2-301"),
        (" 2-301\n", "2-301"),
        ("２－３０１", "2-301"),
        ("2–301", "2-301"),
        ("2—301", "2-301"),
        ("２号３０１室", "2号301室"),
    ],
)
def test_a_door_is_written_one_way_however_it_was_typed(typed: str, door: str) -> None:
    assert plain_door(typed) == door


@pytest.mark.parametrize(
    "name", ["王伟", "周杰·木拉提", "杨𬭚", "O'Neil", "", "㐂", "\ue000", "\U000323af", "a" * 128]
)
def test_every_name_that_people_bear_is_kept(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("王\n伟", TextFault.CONTROL_CHARACTER),
        ("王\x00", TextFault.CONTROL_CHARACTER),
        ("王\x1b[31m", TextFault.CONTROL_CHARACTER),
        ("\u202e王", TextFault.CONTROL_CHARACTER),
        ("王\u200b", TextFault.CONTROL_CHARACTER),
        ("王\ud800", TextFault.CONTROL_CHARACTER),
        ("王\u2028", TextFault.CONTROL_CHARACTER),
        ("=1+1", TextFault.FORMULA),
        ("@SUM(A1)", TextFault.FORMULA),
        ("＝1", TextFault.FORMULA),
        ("-1", TextFault.FORMULA),
        ("王" * (NAME_LENGTH_MAX + 1), TextFault.TOO_LONG),
    ],
    ids=ascii,
)
def test_what_would_upset_a_terminal_or_a_spreadsheet_is_no_name(
    text: str, fault: TextFault
) -> None:
    assert name_fault(text) is fault


def test_a_household_cannot_live_behind_no_door() -> None:
    assert [door_fault(door) for door in ("", "2-301", "9" * DOOR_LENGTH_MAX)] == [
        TextFault.MISSING,
        None,
        None,
    ]
    assert door_fault("9" * (DOOR_LENGTH_MAX + 1)) is TextFault.TOO_LONG

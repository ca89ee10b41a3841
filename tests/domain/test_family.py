"""Family codes: made, typed, and tried too often."""

import pytest

from points.domain.desk import DeskFault, NotDone
from points.domain.family import (
    TRIES_MAX,
    TRIES_OF_ALL_MAX,
    FamilyCode,
    family_code_hash,
    in_groups,
    make_family_code,
    read_family_code,
    tries_fault,
)


def test_a_code_has_eight_digits_whatever_was_drawn() -> None:
    drawn = [0, 7, 27_183_650, 10**8 + 1]

    assert [make_family_code(one) for one in drawn] == [
        "00000000",
        "00000007",
        "27183650",
        "00000001",
    ]
    assert in_groups(make_family_code(27_183_650)) == "2718 3650"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("27183650", "27183650"),
        (" 2718 3650 ", "27183650"),
        ("2718-3650", "27183650"),
        ("２７１８　３６５０", "27183650"),
        ("2718365", None),
        ("271836501", None),
        ("2718365x", None),
        ("", None),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, read: str | None) -> None:
    assert read_family_code(typed) == read


def test_what_is_kept_of_a_code_does_not_show_it() -> None:
    kept = family_code_hash(FamilyCode("27183650"))

    assert (len(kept), b"2718" in kept) == (32, False)
    assert kept != family_code_hash(FamilyCode("27183651"))


@pytest.mark.parametrize(
    ("mine", "of_all", "is_locked"),
    [
        (TRIES_MAX - 1, TRIES_OF_ALL_MAX - 1, False),
        (TRIES_MAX, TRIES_MAX, True),
        (0, TRIES_OF_ALL_MAX, True),
    ],
)
def test_after_so_many_wrong_codes_none_is_looked_at(
    mine: int, of_all: int, *, is_locked: bool
) -> None:
    locked = NotDone(reason=DeskFault.CODE_LOCKED)

    assert tries_fault(mine, of_all) == (locked if is_locked else None)

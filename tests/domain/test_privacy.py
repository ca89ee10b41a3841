"""Names as others may see them, and how long a household is remembered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.privacy import forgotten_before, masked_name
from tests.market import NOW, PROGRAMME


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王伟", "王*"), ("赵敏·木拉提", "赵*"), ("王", "王*"), ("Ann Lee", "A*"), ("", "")],
)
def test_a_name_is_shown_by_its_first_letter_whatever_its_length(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_a_household_is_remembered_for_as_long_as_the_programme_says() -> None:
    programmes = [replace(PROGRAMME, forget_days=days) for days in (365, 0)]

    assert [forgotten_before(one, NOW) for one in programmes] == [
        NOW - timedelta(days=365),
        None,
    ]

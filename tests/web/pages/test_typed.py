"""What people type into a form is read as they mean it."""

import pytest

from points.web.pages.typed import points_typed


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("50", 50),
        (" ５０ ", 50),
        ("999999999", 999_999_999),
        ("", 0),
        ("0", 0),
        ("-5", 0),
        ("+5", 0),
        ("5.5", 0),
        ("1e3", 0),
        ("٥٠", 0),
        ("1234567890", 0),
    ],
)
def test_points_are_whole_figures_of_either_width(typed: str, points: int) -> None:
    assert points_typed(typed) == points

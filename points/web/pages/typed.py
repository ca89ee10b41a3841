"""What people type into a form, read as they mean it."""

import re

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_FULLWIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def points_typed(typed: str) -> int:
    """Read a number of points, in digits of either width; 0 where it is none."""
    points = typed.translate(_FULLWIDTH).strip()
    return int(points) if _DIGITS.fullmatch(points) else 0

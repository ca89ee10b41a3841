"""How long races are, and the seed of what is left to chance."""

import os
from secrets import randbelow

IS_FULL = os.environ.get("POINTS_RACES") == "full"
SEED = int(os.environ.get("POINTS_RACES_SEED") or randbelow(1 << 32))


def rounds(few: int, *, full: int) -> int:
    """Choose how often something is raced for."""
    return full if IS_FULL else few

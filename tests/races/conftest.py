"""What every race may ask for."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from points.storage.engine import Database
from tests.races.course import OpenCourse, course_on
from tests.races.sizes import SEED


@pytest.fixture
def open_course(database: Database, database_url: str, tmp_path: Path) -> Iterator[OpenCourse]:
    """Give what opens the course for so many households."""
    sys.stdout.write(f"POINTS_RACES_SEED={SEED}\n")
    with ExitStack() as stack:
        yield lambda households: stack.enter_context(
            course_on(database, database_url, tmp_path, households=households)
        )

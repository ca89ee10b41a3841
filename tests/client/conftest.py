"""What every test of the client may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import Live, go_live_on_copy


@pytest.fixture
def fresh(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Live]:
    """The market day on a port of its own, for one test."""
    with go_live_on_copy(migrated_sqlite, tmp_path) as live:
        yield live

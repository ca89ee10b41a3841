"""A few kills of the drill `scripts/drill crash`, and that the drill can fail."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from points.service import posting
from points.service.transactions import settle
from points.storage.engine import Database
from tests.drills.crash import AT_RANDOM, Plan, crash_drill
from tests.drills.scenes import scene_on
from tests.drills.serving import Seam

KILLS = 20

Answer = TypeVar("Answer")


def test_whatever_was_acknowledged_is_in_the_book_once_however_the_service_died(
    blank_database_url: str, tmp_path: Path
) -> None:
    tally = crash_drill(blank_database_url, tmp_path, Plan(kills=KILLS))

    assert tally.is_whole, tally
    assert tally.kills.total() == KILLS
    assert set(tally.kills) == {AT_RANDOM, *Seam}
    assert tally.acknowledged == tally.sent > KILLS
    assert tally.found[Seam.AFTER_COMMIT] > 0  # else nothing was killed where a reply was due


def forget_every_third() -> None:
    """Prepare a service that answers now and then without having written."""
    times = count(1)

    def settle_or_not(
        database: Database, act: Callable[[Connection], Answer], *, always_writes: bool
    ) -> Answer:
        if next(times) % 3:
            return settle(database, act, always_writes=always_writes)
        with database.turn(), database.writer.connect() as connection:
            return act(connection)  # never committed

    vars(posting)["settle"] = settle_or_not


def test_a_service_that_forgets_is_found_out(tmp_path: Path) -> None:
    with scene_on(f"sqlite:///{tmp_path / 'points.db'}", tmp_path, phones=1) as scene:
        scene.service.start(forget_every_third)
        told = [scene.phones.first.try_one() for _ in range(9)]
        found = scene.audit()

    assert told == [""] * 9
    assert len(found.lost) == 3
    assert not found.is_whole

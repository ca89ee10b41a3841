"""A running service lets go what an erasure left behind, once nobody reads any more."""

from datetime import timedelta
from threading import Event
from threading import enumerate as threads

import pytest

from points.domain.access import OPERATOR
from points.service import rinsing as subject
from points.service.privacy import erase_household, finish_erasing
from points.service.rinsing import rinsing
from points.service.transactions import snapshot
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.erasing import due_erasures
from points.storage.people import HouseholdRow
from tests.market import NOW, WANG
from tests.save import open_market


def test_it_looks_again_until_nothing_is_due_and_ends_with_its_block(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_market(database)
    looked, let_go = Event(), Event()

    def look(looked_at: Database) -> bool:
        is_over = finish_erasing(looked_at)
        (let_go if is_over else looked).set()
        return is_over

    monkeypatch.setattr(subject, "finish_erasing", look)
    with snapshot(database) as reader:
        reader.execute(table_of(HouseholdRow).select()).all()
        erase_household(database, WANG, by=OPERATOR.id, now=NOW)
        with rinsing(database, every=timedelta(milliseconds=1)):
            assert looked.wait(20)
            assert not let_go.is_set()
            reader.rollback()
            assert let_go.wait(20)

    with snapshot(database) as connection:
        assert due_erasures(connection) == frozenset()
    assert "rinser" not in [thread.name for thread in threads()]

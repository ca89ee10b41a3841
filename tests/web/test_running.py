from dataclasses import replace
from datetime import UTC

import pytest
from starlette.datastructures import State

from points.service.posting import make_book
from points.storage.engine import Database
from points.web.running import Running, keep, running_of
from tests.market import SHANGHAI
from tests.save import WallClock
from tests.web.served import Served


def running(served: Served) -> Running:
    return running_of(served.app.state)


def test_people_read_the_clocks_of_the_programme(served_once: Served) -> None:
    assert running(served_once).zone == SHANGHAI


def test_before_there_is_a_programme_clocks_are_utc(
    served_once: Served, database: Database
) -> None:
    empty = replace(running(served_once), book=make_book(database, WallClock()))

    assert empty.zone is UTC


def test_what_runs_is_found_where_it_was_kept(served_once: Served) -> None:
    state, found = State(), running(served_once)

    keep(state, found)

    assert running_of(state) is found


def test_nothing_is_found_before_the_start() -> None:
    with pytest.raises(AttributeError):
        running_of(State())

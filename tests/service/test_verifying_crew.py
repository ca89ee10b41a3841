"""Checking with several processes comes to the same as checking with one."""

import os
import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from points.domain.access import OPERATOR
from points.domain.operations import Adjust
from points.domain.verifying import Result, Stage
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.service.verifying import verify
from points.service.verifying_crew import Crew, Tell, gathered, processors, share_snapshot
from points.storage.engine import Database
from tests.books import LATER, fill
from tests.build import ask
from tests.cheat import cheats_engine, guards_asleep
from tests.market import LI, NOW


@pytest.fixture
def book(database: Database) -> Book:
    return fill(database, steps=12)


@pytest.fixture
def crew(database: Database, book: Book) -> Iterator[Crew]:
    del book  # it is filled
    with gathered(database, 2) as gathered_crew, snapshot(database) as connection:
        share_snapshot(gathered_crew, database, connection)
        yield gathered_crew


def count(connection: Connection, tell: Tell) -> int:
    tell(1)
    return int(connection.execute(text("SELECT count(*) FROM operation")).scalar_one())


def stumble(connection: Connection, tell: Tell) -> None:
    del connection, tell
    raise ValueError("as happens")


def die(connection: Connection, tell: Tell) -> None:
    del connection, tell
    os.kill(os.getpid(), signal.SIGKILL)


def told(done: int) -> None:
    del done


def test_a_right_book_comes_to_the_same(database: Database, book: Book) -> None:
    del book
    stages: set[Stage] = set()

    alone = verify(database, now=LATER)
    together = verify(
        database, now=LATER, processes=2, progress=lambda _done, _of, stage: stages.add(stage)
    )

    assert together == alone
    assert together.result is Result.CLEAN
    assert {Stage.CHAINS, Stage.ACCOUNTS} <= stages


CHEATS = {
    "the journal": "UPDATE operation SET points = points + 1 WHERE kind = 'earn'",
    "an account": "UPDATE account SET balance = balance + 1 WHERE version > 1",
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS)
def test_whatever_is_wrong_is_told_as_by_one(database: Database, book: Book, cheat: str) -> None:
    del book
    engine = cheats_engine(database)
    with engine.begin() as connection, guards_asleep(connection):
        connection.execute(text(cheat))
    engine.dispose()

    together = verify(database, now=LATER, processes=2)

    assert together == verify(database, now=LATER)
    assert together.result is not Result.CLEAN


def test_everybody_sees_what_one_saw_at_the_beginning(
    database: Database, book: Book, crew: Crew
) -> None:
    change = Adjust(household=LI, points=5, reason="more", approver="desk", occurred_at=NOW)
    with snapshot(database) as connection:
        before = count(connection, told)
    post(book, [ask(change, by=OPERATOR)])
    heard: list[int] = []

    crew.assign([count] * 3)

    assert crew.finish(heard.append) == [before] * 3
    assert sorted(heard) == [1, 2, 3]  # how far everybody is comes together
    with snapshot(database) as connection:
        assert count(connection, told) == before + 1


@pytest.mark.parametrize("engine_name", ["sqlite"])  # it is no different on another
@pytest.mark.parametrize("trouble", [stumble, die])
def test_a_crew_that_fails_is_sent_away(crew: Crew, trouble: object) -> None:
    assert callable(trouble)

    crew.assign([count, trouble, count])

    assert crew.finish(told) is None
    assert crew.size == 0
    crew.assign([count])
    assert crew.finish(told) is None


def test_there_is_a_processor_to_work_on() -> None:
    assert processors() >= 1

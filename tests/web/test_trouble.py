"""The database locked, full or gone: callers are told to come back, and can."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, current_thread
from typing import Any, Protocol

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, create_engine, make_url, text

from points.settings import read_settings
from points.storage.engine import Database
from points.web.app import create_app
from tests.build import ask, make_earn
from tests.market import NOW, WANG
from tests.save import WallClock
from tests.web.served import CODES, Served, earn, serve, token_of

JSON = "application/json"
NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$
"""


class Trouble(Protocol):
    """Something that befalls a database for a while."""

    def __call__(self, served: Served, url: str) -> AbstractContextManager[None]: ...


@contextmanager
def locked(served: Served, url: str) -> Iterator[None]:
    """Somebody else holds what posting must hold."""
    del served
    with _beside(url) as connection:
        if url.startswith("sqlite"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("BEGIN"))
            connection.execute(text("LOCK TABLE chain"))
        yield
        connection.execute(text("ROLLBACK"))


@contextmanager
def full(served: Served, url: str) -> Iterator[None]:
    """There is no room for one more page, or PostgreSQL says so as it does then."""
    if url.startswith("sqlite"):
        writer = _inside(served).writer
        with writer.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        yield
        with writer.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        return
    with _beside(url) as connection:
        connection.execute(text(NO_ROOM))
        connection.execute(
            text("CREATE TRIGGER no_room BEFORE INSERT ON request EXECUTE FUNCTION no_room()")
        )
        yield
        connection.execute(text("DROP FUNCTION no_room CASCADE"))


@contextmanager
def gone(served: Served, url: str) -> Iterator[None]:
    """Its folder is not mounted, or its server lets nobody in."""
    database = _inside(served)
    if url.startswith("sqlite"):
        folder = Path(str(make_url(url).database)).parent
        for one in (database, served.book.database):
            one.dispose()
        elsewhere = folder.rename(folder.with_name(f"{folder.name}-elsewhere"))
        yield
        elsewhere.rename(folder)
        return
    with _administration(url, "ALLOW_CONNECTIONS false") as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": make_url(url).database},
        )
        yield
    with _administration(url, "ALLOW_CONNECTIONS true"):
        pass


@pytest.fixture
def impatient(database: Database, database_url: str) -> Iterator[Served]:
    """The market day, on a database that is not waited for."""
    address = make_url(database_url)
    if database.is_sqlite:
        address = address.update_query_dict({"timeout": "0.05"})
    else:
        address = address.update_query_dict({"options": "-c lock_timeout=50"})
    with serve(database, address.render_as_string(hide_password=False)) as found:
        yield found


class HeldClock(WallClock):
    """A clock that the poster waits for, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_waited_for, self.let_go = Event(), Event()

    def __call__(self) -> datetime:
        if current_thread().name == "poster":
            self.is_waited_for.set()
            assert self.let_go.wait(30), "nobody let go"
        return self.now


@pytest.mark.parametrize("befalls", [locked, full, gone])
def test_in_trouble_callers_are_told_to_come_back_and_can(
    impatient: Served, database_url: str, befalls: Trouble
) -> None:
    before = impatient.remembered()
    # So many refusals to remember that they cannot fit where there is no room.
    asked = [earn(), *(earn(activity="no-such-thing") for _ in range(499))]

    with befalls(impatient, database_url):
        posted = impatient.ask("redeeming", "POST", "/operations", json=asked)
        alive = impatient.http.get("/healthz")

    assert told(posted) == (503, "database_unavailable", "2")
    assert alive.status_code == 200
    assert impatient.remembered() == before

    answers = impatient.operate("redeeming", *asked)
    assert [answers[0]["status"], {one["status"] for one in answers[1:]}] == [
        "accepted",
        {"refused"},
    ]
    assert impatient.http.get("/readyz").status_code == 200


@pytest.mark.parametrize("befalls", [locked, gone])
def test_in_trouble_nothing_is_redeemed_and_the_same_key_can_be_sent_again(
    impatient: Served, database_url: str, befalls: Trouble
) -> None:
    with befalls(impatient, database_url):
        first = impatient.redeem("till-1")

    again = impatient.redeem("till-1")

    assert told(first) == (503, "database_unavailable", "2")
    assert (again.status_code, impatient.balance()) == (201, 970)


def test_a_database_that_is_gone_cannot_be_read_either(
    impatient: Served, database_url: str
) -> None:
    with gone(impatient, database_url):
        read = impatient.ask("redeeming", "POST", "/balances", json={"card": CODES[WANG]})
        ready = impatient.http.get("/readyz")

    assert told(read) == told(ready) == (503, "database_unavailable", "2")
    assert impatient.balance() == 1000


def test_a_database_that_is_locked_can_still_be_read(impatient: Served, database_url: str) -> None:
    with locked(impatient, database_url):
        assert impatient.balance() == 1000


def test_when_too_much_waits_callers_are_told_to_come_back_in_a_moment(
    database: Database, database_url: str
) -> None:
    clock = HeldClock()
    few = {"POINTS_QUEUE_MAX": "500"}
    asked = [earn(activity="no-such-thing") for _ in range(500)]

    with serve(database, database_url, environment=few, clock=clock) as served:
        taken = served.poster.submit([ask(make_earn())])
        assert clock.is_waited_for.wait(30)
        waiting = served.poster.submit([ask(make_earn()) for _ in range(500)])
        turned_away = served.ask("redeeming", "POST", "/operations", json=asked)
        clock.let_go.set()
        assert (len(taken.result(30)), len(waiting.result(30))) == (1, 500)
        answers = served.operate("redeeming", *asked)

    assert told(turned_away) == (503, "queue_full", "1")
    assert {answer["status"] for answer in answers} == {"refused"}


def test_what_was_taken_is_posted_even_if_its_caller_has_gone(
    database: Database, database_url: str
) -> None:
    clock = HeldClock()
    asked = earn()

    with serve(database, database_url, clock=clock) as served:
        asyncio.run(_ask_and_leave(served, clock, json.dumps([asked]).encode()))
        clock.let_go.set()
        [again] = served.operate("redeeming", asked)

    assert (again["status"], again["balance"]) == ("replayed", 1010)


def test_while_the_service_shuts_down_callers_are_told_to_come_back(served: Served) -> None:
    served.poster.stop()

    answer = served.redeem("till-1")

    assert told(answer) == (503, "shutting_down", "5")


def test_started_with_a_clock_far_from_the_book_callers_are_told_to_come_back(
    served: Served, database_url: str
) -> None:
    clock = WallClock(NOW + timedelta(days=400))
    settings = read_settings({"POINTS_DATABASE_URL": database_url})
    before = served.remembered()

    with TestClient(create_app(settings, clock=clock)) as http:
        doubting = replace(served, http=http, clock=clock)
        answers = [
            doubting.ask("redeeming", "POST", "/operations", json=[earn()]),
            doubting.redeem("till-1"),
        ]
        after = served.remembered()
        clock.now = NOW
        [outcome] = doubting.operate("redeeming", earn())

    assert [told(one) for one in answers] == [(503, "clock_in_doubt", "60")] * 2
    assert after == before
    assert outcome["status"] == "accepted"


def told(answer: Any) -> tuple[int, str | None, str | None]:
    """Give the status, the code and when to come back."""
    return answer.status_code, answer.json().get("code"), answer.headers.get("Retry-After")


async def _ask_and_leave(served: Served, clock: HeldClock, body: bytes) -> None:
    """Send a request and break it off while it is being posted."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(_message: Any) -> None:
        raise AssertionError("nobody is there to hear an answer")

    headers = {"authorization": f"Bearer {token_of('redeeming')}", "content-type": JSON}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/operations",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asked = asyncio.ensure_future(served.app(scope, receive, send))
    await asyncio.to_thread(clock.is_waited_for.wait, 30)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked


def _inside(served: Served) -> Database:
    """Give the database as the running app has it open."""
    return served.poster.book.database


@contextmanager
def _beside(url: str) -> Iterator[Connection]:
    """Connect past the service."""
    is_sqlite = url.startswith("sqlite")
    engine = create_engine(url, isolation_level="AUTOCOMMIT" if not is_sqlite else None)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def _administration(url: str, change: str) -> Iterator[Connection]:
    """Change something about a PostgreSQL database, from the one beside it."""
    address = make_url(url)
    beside = address.set(database="postgres").render_as_string(hide_password=False)
    with _beside(beside) as connection:
        connection.execute(text(f'ALTER DATABASE "{address.database}" {change}'))
        yield connection

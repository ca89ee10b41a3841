from pathlib import Path
from threading import enumerate as threads

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from points.service.transactions import transaction
from points.settings import Settings, read_settings
from points.storage.engine import Database, UnknownDatabase, UnsafeDatabase
from points.web.app import DatabaseNotReady, create_app
from tests.save import WallClock
from tests.web.served import Served, earn, serve


def settings(url: str) -> Settings:
    return read_settings({"POINTS_DATABASE_URL": url})


def start(url: str) -> None:
    with TestClient(create_app(settings(url), clock=WallClock())):
        pass


def test_to_make_the_app_opens_nothing(tmp_path: Path) -> None:
    create_app(settings(f"sqlite:///{tmp_path}/nowhere/points.db"), clock=WallClock())

    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_refused(blank_database_url: str) -> None:
    with pytest.raises(DatabaseNotReady, match="points migrate"):
        start(blank_database_url)


def test_a_database_of_another_release_is_refused(database: Database, database_url: str) -> None:
    with transaction(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))

    with pytest.raises(DatabaseNotReady):
        start(database_url)


def test_a_database_that_forgets_is_refused(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsafe(_database: Database) -> None:
        raise UnsafeDatabase("fsync", found="off", wanted="on")

    monkeypatch.setattr("points.web.app.check_safety", unsafe)

    with pytest.raises(UnsafeDatabase):
        start(database_url)


def test_an_address_that_names_no_database_is_refused() -> None:
    with pytest.raises(UnknownDatabase):
        start("sqlite:///:memory:")


def test_the_poster_works_for_as_long_as_the_app_runs(database_url: str) -> None:
    def posters() -> int:
        return sum(thread.name == "poster" for thread in threads())

    before = posters()
    with TestClient(create_app(settings(database_url), clock=WallClock())):
        during = posters()

    assert (during, posters()) == (before + 1, before)


def test_a_start_that_failed_leaves_nobody_working(blank_database_url: str) -> None:
    before = len(threads())

    with pytest.raises(DatabaseNotReady):
        start(blank_database_url)

    assert len(threads()) == before


def test_what_was_acknowledged_is_there_after_a_restart(
    database: Database, database_url: str
) -> None:
    asked = earn()
    with serve(database, database_url) as served:
        served.operate("redeeming", asked)

    with TestClient(create_app(settings(database_url), clock=WallClock())) as http:
        again = Served(http, served.book, served.clock, served.poster)
        [answer] = again.operate("redeeming", asked)

    assert (answer["status"], answer["balance"]) == ("replayed", 1010)


@pytest.mark.parametrize("limit", ["1024", "4096"])
def test_the_limit_of_a_body_is_the_settings(
    database: Database, database_url: str, limit: str
) -> None:
    with serve(database, database_url, environment={"POINTS_BODY_BYTES_MAX": limit}) as served:
        statuses = [
            served.ask(
                "redeeming",
                "POST",
                "/operations",
                content=b"[" + b" " * (size - 2) + b"]",
                headers={"Content-Type": "application/json"},
            ).status_code
            for size in (int(limit), int(limit) + 1)
        ]

    assert statuses == [422, 413]


def test_behind_https_browsers_are_told_to_stay_there(
    database: Database, database_url: str
) -> None:
    public = {"POINTS_PUBLIC_URL": "https://points.example"}

    with serve(database, database_url, environment=public) as served:
        answer = served.http.get("/healthz")

    assert "Strict-Transport-Security" in answer.headers

from pathlib import Path

import psycopg
import pytest

from tests import postgres as subject
from tests.postgres import Server, running_postgres, shared_postgres, shared_postgres_home

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def ask(url: str, question: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        answer = connection.execute(question.encode())
        row = answer.fetchone() if answer.description else None
    return row and row[0]


def test_a_server_is_as_durable_as_it_is_by_default(postgres: Server) -> None:
    assert [ask(postgres.url, f"SHOW {name}") for name in DURABLE] == ["on", "on", "on"]


def test_a_setting_can_be_chosen_to_see_it_refused() -> None:
    with running_postgres(fsync="off") as server:
        assert ask(server.url, "SHOW fsync") == "off"


def test_a_setting_that_cannot_be_is_an_error_which_says_why() -> None:
    with (
        pytest.raises(subject.PostgresFailedError, match="max_connections"),
        running_postgres(max_connections="none"),
    ):
        pass


def test_a_database_made_from_a_template_starts_with_its_rows(postgres: Server) -> None:
    template = postgres.create_database("one_card")
    ask(template, "CREATE TABLE card AS SELECT 7 AS number")

    copy = postgres.create_database("copy_of_one_card", "one_card")

    assert ask(copy, "SELECT number FROM card") == 7


def test_those_who_share_a_home_share_a_server_until_the_home_is_given_up() -> None:
    with shared_postgres_home() as home:
        first, second = shared_postgres(home), shared_postgres(home)
        assert first == second
        assert ask(first.url, "SELECT 1") == 1

    with pytest.raises(psycopg.OperationalError):
        ask(first.url, "SELECT 1")


def test_where_root_cannot_be_somebody_else_a_copy_of_the_programs_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subject, "AS_SOMEBODY", ("false",))

    with running_postgres() as server:
        assert ask(server.url, "SELECT 1") == 1


def test_nothing_is_left_of_a_server_that_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "MEMORY", tmp_path)
    monkeypatch.setattr(subject, "ROOM_IN_MEMORY_MIN", 0)

    with running_postgres():
        assert len(list(tmp_path.iterdir())) == 1

    assert list(tmp_path.iterdir()) == []

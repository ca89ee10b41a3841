import pytest
from sqlalchemy import inspect, text

from points.storage.engine import Database, open_database

VERSION_OF = {
    "sqlite": "SELECT 'SQLite ' || sqlite_version()",
    "postgresql": "SELECT version()",
}


def test_the_engine_that_runs_is_the_one_in_the_tests_name(
    database: Database, engine_name: str
) -> None:
    with database.reader.connect() as connection:
        version = connection.execute(text(VERSION_OF[engine_name])).scalar_one()

    assert version.split()[0].lower() == engine_name


@pytest.mark.parametrize("test", ["one test", "another test"])
def test_each_test_gets_a_database_of_its_own(test: str, database: Database) -> None:
    mark = text("CREATE TABLE mark (id INTEGER)")

    with database.turn(), database.writer.begin() as connection:
        connection.execute(mark)  # fails where there is one already

    assert inspect(database.writer).has_table("mark")


def test_a_blank_database_has_no_table(blank_database_url: str) -> None:
    blank = open_database(blank_database_url)

    assert inspect(blank.writer).get_table_names() == []

    blank.dispose()

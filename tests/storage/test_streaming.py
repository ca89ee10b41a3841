"""Reading rows straight from the driver."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from points.service.transactions import snapshot
from points.storage.engine import Database
from points.storage.streaming import ROWS_AT_ONCE, as_line, stream

NUMBERS = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})"
    " SELECT n, n * n AS square FROM numbers ORDER BY n"
)


class Square(NamedTuple):
    number: int
    square: int


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with snapshot(database) as opened:
        yield opened


@pytest.mark.parametrize("count", [1, 2, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 1])
def test_every_row_comes_once_and_in_order(connection: Connection, count: int) -> None:
    found = list(stream(connection, text(NUMBERS.format(count)), as_line(Square)))

    assert found == [Square(n, n * n) for n in range(1, count + 1)]
    assert {type(one) for one in found} == {Square}


def test_nothing_comes_of_no_rows(connection: Connection) -> None:
    assert list(stream(connection, text("SELECT 1 AS n WHERE 1 = 2"), as_line(Square))) == []


def test_several_streams_are_read_side_by_side(connection: Connection) -> None:
    statement = text(NUMBERS.format(3 * ROWS_AT_ONCE))
    both = (stream(connection, statement, as_line(Square)) for _ in range(2))

    assert all(one == other for one, other in zip(*both, strict=True))


def test_a_database_that_fails_midway_is_told_like_any_failure(connection: Connection) -> None:
    late = ROWS_AT_ONCE + 1
    fails = {
        "sqlite": f"SELECT n, CASE n WHEN {late} THEN json('-') END AS square",
        "postgresql": f"SELECT n, 1 / (n - {late}) AS square",
    }[connection.dialect.name]
    # In no order, so that rows come as they are made.
    numbers = NUMBERS.format(2 * ROWS_AT_ONCE).partition(" SELECT n, n * n")[0]
    rows = stream(connection, text(f"{numbers} {fails} FROM numbers"), as_line(Square))

    assert next(rows).number == 1
    with pytest.raises(DatabaseError):
        list(rows)

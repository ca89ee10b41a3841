"""Read rows by the million: as plain tuples, straight from the driver, a few thousand at a time."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Executable, Table, type_coerce
from sqlalchemy.exc import DatabaseError
from sqlalchemy.types import NullType

ROWS_AT_ONCE = 2000

Line = TypeVar("Line")
Stream = Generator[Line, None, None]
"""Rows as they come. Whoever does not read to the end closes it."""


def stream(
    connection: Connection, statement: Executable, make: Callable[[Any], Line]
) -> Stream[Line]:
    """Give the rows that answer a statement, as they come."""
    options = {"stream_results": True}
    with closing(connection.execute(statement, execution_options=options)) as result:
        first = result.fetchmany(1)  # SQLAlchemy may have taken it from the driver already
        yield from (make(tuple(row)) for row in first)
        # To make the others into rows of its own would cost more than to read them.
        cursor: Any = result.cursor
        try:
            while first and (rows := cursor.fetchmany(ROWS_AT_ONCE)):
                yield from map(make, rows)
        except connection.dialect.loaded_dbapi.Error as error:
            raise DatabaseError(None, None, error) from error


def as_line(kind: type[Line]) -> Callable[[Any], Line]:
    """Give what makes a row of this kind, a named tuple, of a driver's row: as quick as can be."""
    make: Any = tuple.__new__
    return partial(make, kind)


def plain(table: Table, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """Name columns to be read as the driver gives them."""
    return [raw(table.c[name]).label(name) for name in names]


def raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Read a column as the driver gives it."""
    return type_coerce(column, NullType())

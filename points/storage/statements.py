"""Statements of the way of every operation, compiled once and handed to the driver as they are.

To look a statement up, bind its values one by one and convert its rows costs SQLAlchemy many times
what the database takes to answer it. Here the text is made once for each database; values go and
rows come as the driver knows them, so an instant is a whole number and a day is text: whoever reads
or writes converts, and only what is looked at (`points.storage.columns` has the converters).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Row, Select, Update

Stored = int | str | bytes | None
"""A value as both databases store it."""

Statement = Insert | Update


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement as a driver takes it, and what it says in which place."""

    text: str
    names: tuple[str, ...]
    fixed: dict[str, Any]
    """Values that the statement itself names."""
    binds: dict[str, Any]
    """What turns a value into one that the driver takes, where anything must."""


class Query:
    """A question that is asked again and again, with other values."""

    def __init__(self, statement: Select[Any]) -> None:
        """Take the question; it is compiled when a database is first asked."""
        self._statement = statement
        self._texts: dict[str, _Text] = {}

    def rows(self, connection: Connection, **values: object) -> Sequence[Row[Any]]:
        """Ask, and give all rows; a list is a value like any other, see `among`."""
        name = connection.dialect.name
        found = self._texts.get(name)
        if found is None:
            found = self._texts[name] = _compile(self._statement, connection.dialect)
        given = {
            name: found.binds[name](value) if name in found.binds else value
            for name, value in (found.fixed | values).items()
        }
        parameters = tuple(given[name] for name in found.names)
        return connection.exec_driver_sql(found.text, parameters).all()


class Change:
    """A statement that adds or changes rows, any number of them at once."""

    def __init__(self, *order: str, statement: Statement | Mapping[str, Statement]) -> None:
        """Take the statement, or one for each dialect, and the order of the values in a row."""
        self._order = order
        self._statement = statement
        self._texts: dict[str, str] = {}

    def write(self, connection: Connection, rows: Sequence[tuple[Stored, ...]]) -> None:
        """Write the rows, if there are any."""
        if not rows:
            return
        name = connection.dialect.name
        text = self._texts.get(name)
        if text is None:
            given = self._statement
            statement = given[name] if isinstance(given, Mapping) else given
            found = _compile(statement, connection.dialect)
            assert found.names == self._order, f"{found.names} is the order of the statement"
            text = self._texts[name] = found.text
        connection.exec_driver_sql(text, list(rows) if len(rows) > 1 else rows[0])


def _compile(statement: Statement | Select[Any], dialect: Dialect) -> _Text:
    # The same order on both databases: values by place, which is also what drivers like best.
    by_place = "qmark" if dialect.name == "sqlite" else "format"
    like: Any = type(dialect)
    compiled: Any = statement.compile(dialect=like(paramstyle=by_place))
    names = tuple(compiled.positiontup)
    binds = {
        name: bind
        for name, parameter in compiled.binds.items()
        if (bind := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return _Text(compiled.string, names, fixed, binds)

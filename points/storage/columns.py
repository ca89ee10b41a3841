"""Column types that both databases agree on, and that SQLite's STRICT tables accept."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from json import dumps, loads
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Table, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

BIG = BigInteger().with_variant(Integer, "sqlite")
"""A whole number of 64 bits."""


@compiles(AutoString)
def _text(_type: AutoString, _compiler: object, **_options: object) -> str:
    """Write SQLModel's plain strings as TEXT: STRICT tables know no VARCHAR."""
    return "TEXT"


def table_of(model: type[SQLModel]) -> Table:
    """Give a model's table, for statements that go past the ORM."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


# Named by rule, so that a migration finds a constraint by the same name on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An instant, stored as microseconds since 1970 in UTC. Naive values are refused.

    A whole number keeps its order and its zone on every database; a timestamp column does not.
    """

    impl = BIG
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store as microseconds."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Read as UTC."""
        del dialect
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A local calendar day, stored as its ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Store as "2019-12-05"."""
        del dialect
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Read as a date."""
        del dialect
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Mapping[str, Any]]):
    """A small object, stored as JSON text with its keys in order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        """Store as text."""
        del dialect
        return None if value is None else dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """Read as a dictionary."""
        del dialect
        return None if value is None else dict(loads(value))

"""Column types that both databases agree on, and that SQLite's STRICT tables accept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from json import JSONEncoder, dumps, loads
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Integer, LargeBinary, Table, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
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


class Moment(TypeDecorator[datetime]):
    """An instant, stored as microseconds since 1970 in UTC. Naive values are refused.

    A whole number keeps its order and its zone on every database; a timestamp column does not.
    """

    impl = BIG
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> "_Processor":
        """Store as microseconds."""
        del dialect
        return _micros_of

    def result_processor(self, dialect: Dialect, coltype: object) -> "_Processor":
        """Read as UTC."""
        del dialect, coltype
        return _moment_of


class Day(TypeDecorator[date]):
    """A local calendar day, stored as its ISO text."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> "_Processor":
        """Store as "2019-12-05"."""
        del dialect
        return _text_of

    def result_processor(self, dialect: Dialect, coltype: object) -> "_Processor":
        """Read as a date."""
        del dialect, coltype
        return _day_of


class Json(TypeDecorator[Mapping[str, Any]]):
    """A small object, stored as JSON text with its keys in order."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> "_Processor":
        """Store as text."""
        del dialect
        return _json_or_none

    def result_processor(self, dialect: Dialect, coltype: object) -> "_Processor":
        """Read as a dictionary."""
        del dialect, coltype
        return _object_or_none


# Handed to the engine as plain functions: `process_bind_param` and its like would cost a further
# call for every value of every row.
_Processor = Callable[[Any], Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_write_json = JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _micros_of(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (value - _EPOCH) // _MICROSECOND


def _moment_of(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def _text_of(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _day_of(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def json_of(value: Mapping[str, Any]) -> str:
    """Give an object as `Json` stores it."""
    return _write_json(value) if value else "{}"


def object_of(value: str) -> dict[str, Any]:
    """Give the object that `Json` has stored."""
    return {} if value == "{}" else dict(loads(value))


def _json_or_none(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json_of(value)


def _object_or_none(value: str | None) -> dict[str, Any] | None:
    return None if value is None else object_of(value)


MARK_BYTES = 32
"""The length of every fingerprint that rows are looked up by."""


class _Listed(TypeDecorator[Sequence[Any]]):
    """Values of a column handed over together: an array on PostgreSQL, a JSON text on SQLite.

    JSON has no bytes: fingerprints, all of one length, travel to SQLite end to end.
    """

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "sqlite":
            return ARRAY(self.of)
        return LargeBinary() if isinstance(self.of, LargeBinary) else Text()

    def bind_processor(self, dialect: Dialect) -> "_Processor":
        if isinstance(self.of, LargeBinary) and dialect.name == "sqlite":
            return _end_to_end
        store = self.of.dialect_impl(dialect).bind_processor(dialect)
        listed = _list_of if store is None else partial(_list_of_stored, store)
        return listed if dialect.name != "sqlite" else lambda values: dumps(listed(values))


def _list_of(values: Collection[Any] | None) -> list[Any]:
    assert values is not None, "no list is not the same as an empty one"
    return list(values)


def _list_of_stored(store: "_Processor", values: Collection[Any] | None) -> list[Any]:
    return [store(value) for value in _list_of(values)]


def _end_to_end(values: Collection[Any] | None) -> bytes:
    return b"".join(_list_of(values))


class _Among(FunctionElement[bool]):
    # Without a type: where there is no boolean, one would be compared with 1, past every index.
    inherit_cache = True


@compiles(_Among, "sqlite")
def _among_on_sqlite(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, listed = element.clauses
    of, values = (compiler.process(part, **options) for part in (column, listed))
    if isinstance(column.type, LargeBinary):
        again = compiler.process(listed, **options)
        return (
            f"{of} IN (WITH RECURSIVE cut(place) AS (VALUES(1) UNION ALL"  # noqa: S608 -- compiled
            f" SELECT place + {MARK_BYTES} FROM cut WHERE place + {MARK_BYTES} <= length({values}))"
            f" SELECT substr({again}, place, {MARK_BYTES}) FROM cut)"
        )
    return f"{of} IN (SELECT value FROM json_each({values}))"  # noqa: S608 -- both compiled


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY ({values})"


def among(column: Column[Any], name: str) -> FunctionElement[bool]:
    """Ask whether a column is among the values of the parameter `name`.

    All values travel as one parameter: the statement is the same for one and for ten thousand, so
    it is compiled once, and no database's bound on parameters is met.
    """
    return _Among(column, bindparam(name, type_=_Listed(column.type)))

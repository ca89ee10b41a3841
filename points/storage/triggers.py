"""Guards of what must not change: the database itself refuses to change or remove it.

Most tables of the book are only ever added to; of a few others it is some columns that stand for
good. A request that was refused may be forgotten, and a one-time code that nobody used. On
PostgreSQL the guards stand in replication mode as well, and refuse TRUNCATE.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, text

GUARDED = (
    "anchor",
    "batch",
    "cases",
    "catalog",
    "closing",
    "entry",
    "journal_line",
    "operation",
    "request",
    "settlement",
    "write_off",
)
"""The tables that are only ever added to."""

STANDING: Mapping[str, tuple[str, ...]] = {
    "allowance": (
        *("id", "number", "fingerprint", "household", "points_max"),
        *("last_day", "is_confirmed", "made_at"),
    ),
    "one_time_code": ("hash", "card", "made_at", "is_confirmed", "seal"),
}
"""Tables of which these columns stand for good; the others may change."""

EVERY = (*GUARDED, *STANDING)
"""All tables that have guards."""

_UNLESS = {
    ("request", "delete"): "OLD.status <> 'refused'",
    ("one_time_code", "delete"): "OLD.used_by IS NOT NULL",
}
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


class _Guard(NamedTuple):
    """One guard: what it is called, before what it stands, and when it refuses; else always."""

    name: str
    act: str
    when: str = ""


def guard(connection: Connection, tables: Collection[str]) -> None:
    """Put the guards of these tables in place, anew where they stand already."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.execute(text(_FUNCTION))
    write = _on_sqlite if is_sqlite else _on_postgresql
    for table in tables:
        for one in _guards_of(table, is_sqlite=is_sqlite):
            for statement in write(table, one):
                connection.execute(text(statement))


def missing_guards(connection: Connection) -> list[str]:
    """Name the guards that do not stand, or that PostgreSQL was told to pass by."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        standing = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        standing = text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'")
    found = set(connection.execute(standing).scalars())
    every = (one.name for table in EVERY for one in _guards_of(table, is_sqlite=is_sqlite))
    return [name for name in every if name not in found]


def _guards_of(table: str, *, is_sqlite: bool) -> Iterator[_Guard]:
    columns = STANDING.get(table)
    change = "update" if columns is None else f"update OF {', '.join(columns)}"
    yield _Guard(f"{table}_refuses_update", change)
    yield _Guard(f"{table}_refuses_delete", "delete", _UNLESS.get((table, "delete"), ""))
    if table == "allowance":
        yield _Guard("allowance_refuses_revival", "update OF ended_at", "OLD.ended_at IS NOT NULL")
    if not is_sqlite:
        yield _Guard(f"{table}_refuses_truncate", "truncate")


def _on_sqlite(table: str, one: _Guard) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, '{table} is only ever added to')"
    stands = f"BEFORE {one.act} ON {table} WHEN {one.when or 1}"
    return [
        f"DROP TRIGGER IF EXISTS {one.name}",
        f"CREATE TRIGGER {one.name} {stands} BEGIN {refuse}; END",
    ]


def _on_postgresql(table: str, one: _Guard) -> list[str]:
    when = f"WHEN ({one.when})" if one.when else ""
    each = "STATEMENT" if one.act == "truncate" else "ROW"
    refuse = f"FOR EACH {each} {when} EXECUTE FUNCTION refuse_change()"
    return [
        f"CREATE OR REPLACE TRIGGER {one.name} BEFORE {one.act} ON {table} {refuse}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {one.name}",
    ]

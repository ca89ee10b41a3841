"""Guards of what is only ever added to: the database itself refuses to change or remove it.

A request that was refused may be forgotten; nothing else of these tables ever goes. On PostgreSQL
the guards stand in replication mode as well, and refuse TRUNCATE.
"""

from collections.abc import Collection

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

_UNLESS = {("request", "delete"): "OLD.status <> 'refused'"}
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def guard(connection: Connection, tables: Collection[str]) -> None:
    """Put the guards of these tables in place, anew where they stand already."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.execute(text(_FUNCTION))
    for table in tables:
        for statement in _on_sqlite(table) if is_sqlite else _on_postgresql(table):
            connection.execute(text(statement))


def missing_guards(connection: Connection) -> list[str]:
    """Name the guards that do not stand, or that PostgreSQL was told to pass by."""
    if connection.dialect.name == "sqlite":
        standing = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        standing = text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'")
    found = set(connection.execute(standing).scalars())
    acts = ("update", "delete") if connection.dialect.name == "sqlite" else _POSTGRESQL_ACTS
    return [name for table in GUARDED for act in acts if (name := _name(table, act)) not in found]


_POSTGRESQL_ACTS = ("update", "delete", "truncate")


def _on_sqlite(table: str) -> list[str]:
    statements = []
    for act in ("update", "delete"):
        name = _name(table, act)
        when = _UNLESS.get((table, act), "1")
        refuse = f"SELECT RAISE(ABORT, '{table} is only ever added to')"
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} BEGIN {refuse}; END",
        ]
    return statements


def _on_postgresql(table: str) -> list[str]:
    statements = []
    for act in _POSTGRESQL_ACTS:
        name = _name(table, act)
        when = f"WHEN ({unless})" if (unless := _UNLESS.get((table, act))) else ""
        each = "STATEMENT" if act == "truncate" else "ROW"
        refuse = f"FOR EACH {each} {when} EXECUTE FUNCTION refuse_change()"
        statements += [
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {act} ON {table} {refuse}",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        ]
    return statements


def _name(table: str, act: str) -> str:
    return f"{table}_refuses_{act}"

"""What tables are made of, named by the same rule in every step."""

from typing import Any

import sqlalchemy as sa
from alembic import op

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def make(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> sa.Table:  # noqa: ANN401
    """Make a table; on SQLite a strict one."""
    return op.create_table(name, *parts, sqlite_strict=True, **options)


def make_partial_index(table: str, name: str, columns: list[str], where: str) -> None:
    """Make an index of the rows for which something holds."""
    op.create_index(
        f"ix_{table}_{name}",
        table,
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def counted(name: str) -> sa.Column[int]:
    """Give a column that numbers its rows by itself."""
    return sa.Column(name, BIG, nullable=False, autoincrement=True)


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """Give a column of whole numbers, or of instants."""
    return sa.Column(name, BIG, nullable=nullable, autoincrement=False)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Give a column of text."""
    return sa.Column(name, sa.Text, nullable=nullable)


def raw(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    """Give a column of bytes, such as hashes."""
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """Name the columns by which a row is known."""
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """Let no two rows have the same in these columns."""
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    """Hold every row to a rule."""
    return sa.CheckConstraint(rule, name=f"ck_{table}_{name}")


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """Let a column hold only ids of another table."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")

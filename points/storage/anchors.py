"""Published heads of chains."""

from collections.abc import Generator
from contextlib import closing
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text, type_coerce
from sqlalchemy.types import NullType

from points.domain.anchors import Head, Heads, document_of
from points.storage.columns import table_of
from points.storage.ledger import AnchorRow, ChainRow

_anchor, _chain = table_of(AnchorRow), table_of(ChainRow)


def load_heads(connection: Connection) -> dict[int, Head]:
    """Read the heads of all chains."""
    rows = connection.execute(select(_chain.c.id, _chain.c.number, _chain.c.head))
    return {row.id: Head(row.number, row.head) for row in rows}


def add_anchor(connection: Connection, heads: Heads) -> None:
    """Note that these heads were published. Anchors have no gaps, so that one taken away shows."""
    if connection.dialect.name == "postgresql":  # on SQLite nobody else writes
        connection.execute(text("LOCK TABLE anchor IN SHARE ROW EXCLUSIVE MODE"))
    newest = connection.execute(select(func.coalesce(func.max(_anchor.c.id), 0))).scalar_one()
    row = {"published_at": heads.published_at, "heads": document_of(heads)}
    connection.execute(insert(_anchor).values(row | {"id": newest + 1}))


def read_anchors(
    connection: Connection, *, is_last_only: bool = False
) -> Generator[tuple[int, datetime, str], None, None]:
    """Read what was published when, as the text that is stored: oldest first, or only the last."""
    heads = type_coerce(_anchor.c.heads, NullType()).label("heads")
    statement = select(_anchor.c.id, _anchor.c.published_at, heads)
    ordered = (
        statement.order_by(_anchor.c.id.desc()).limit(1)
        if is_last_only
        else statement.order_by(_anchor.c.id)
    )
    with closing(connection.execute(ordered)) as rows:
        for row in rows:
            yield row.id, row.published_at, row.heads

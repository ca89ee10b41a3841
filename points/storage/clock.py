"""What is known of the time: when the book was last written to, and when a clock was right."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlmodel import Field, SQLModel

from points.storage.columns import BIG, Moment, table_of
from points.storage.ledger import ChainRow

_ONLY = 1


class ClockRow(SQLModel, table=True):
    """The newest instant that somebody vouched for, in one row."""

    __tablename__ = "clock"
    __table_args__ = {"sqlite_strict": True}

    id: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    vouched_at: datetime = Field(sa_type=Moment)


_clock, _chain = table_of(ClockRow), table_of(ChainRow)


def known_instants(connection: Connection) -> list[datetime]:
    """Give the instant of the newest batch, and the one vouched for, if there are any."""
    used = _chain.c.number > 0
    newest = select(_chain.c.last_at).where(used).order_by(_chain.c.last_at.desc()).limit(1)
    found = [*connection.execute(newest).scalars()]
    return [*found, *connection.execute(select(_clock.c.vouched_at)).scalars()]


def set_vouched(connection: Connection, at: datetime) -> None:
    """Remember that a clock was right when it showed this."""
    if not connection.execute(update(_clock).values(vouched_at=at)).rowcount:
        connection.execute(insert(_clock).values(id=_ONLY, vouched_at=at))

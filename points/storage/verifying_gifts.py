"""Read gifts and what was received, as whoever checks does."""

from sqlalchemy import Connection, and_, or_, select

from points.domain.operations import Kind
from points.domain.shapes import GIFTED
from points.domain.stored import GiftEntryLine, GiftLine
from points.storage.columns import table_of
from points.storage.ledger import EntryRow, LotRow, OperationRow
from points.storage.streaming import Stream, as_line, plain, raw, stream

_operation, _entry, _lot = table_of(OperationRow), table_of(EntryRow), table_of(LotRow)
_KINDS = (Kind.GIVE, Kind.GIFT_RECEIVED)


def read_gifts(connection: Connection) -> Stream[GiftLine]:
    """Read gifts, and what was received, in order of number."""
    statement = select(*plain(_operation, GiftLine._fields)).where(_operation.c.kind.in_(_KINDS))
    return stream(connection, statement.order_by(_operation.c.id), as_line(GiftLine))


def read_gift_entries(connection: Connection) -> Stream[GiftEntryLine]:
    """Read what passed from households to others, with the ends of the lots that it left."""
    columns = plain(_entry, ("operation", "line", "credit", "amount", "expires_at"))
    left = and_(_lot.c.id == _entry.c.lot, _entry.c.credit == GIFTED)
    statement = (
        select(*columns, raw(_lot.c.expires_at).label("ends"))
        .join(_operation, _operation.c.id == _entry.c.operation)
        .outerjoin(_lot, left)
        .where(
            _operation.c.kind.in_(_KINDS),
            or_(_entry.c.credit == GIFTED, _entry.c.debit == GIFTED),
        )
        .order_by(_entry.c.operation, _entry.c.line)
    )
    return stream(connection, statement, as_line(GiftEntryLine))

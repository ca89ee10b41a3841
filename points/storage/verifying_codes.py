"""Read one-time codes that were used, and the redemptions that say so, as whoever checks does."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from points.domain.operations import Kind
from points.domain.redemptions import ONE_TIME_CODE
from points.domain.stored import CodeActLine, CodeLine
from points.domain.verifying_codes import code_of
from points.storage.columns import table_of
from points.storage.ledger import OperationRow
from points.storage.one_time_codes import OneTimeCodeRow
from points.storage.streaming import Stream, plain, stream

_code, _operation = table_of(OneTimeCodeRow), table_of(OperationRow)


def read_code_acts(connection: Connection) -> Stream[CodeActLine]:
    """Read the redemptions that name a one-time code, in order of number."""
    statement = (
        select(*plain(_operation, CodeActLine._fields))
        .where(
            _operation.c.kind == Kind.REDEEM,
            plain(_operation, ["details"])[0].contains(f'"{ONE_TIME_CODE}"', autoescape=True),
        )
        .order_by(_operation.c.id)
    )
    return stream(connection, statement, CodeActLine._make)


def read_used_codes(connection: Connection) -> Stream[CodeLine]:
    """Read the one-time codes that were used, in order of the redemption that used them."""
    statement = (
        select(*plain(_code, CodeLine._fields))
        .where(_code.c.used_by.is_not(None))
        .order_by(_code.c.used_by)
    )
    return stream(connection, statement, CodeLine._make)


def set_used_codes(connection: Connection, acts: Iterable[CodeActLine]) -> None:
    """Let each code be used by the redemption that names it, and all others by none."""
    connection.execute(update(_code).where(_code.c.used_by.is_not(None)).values(used_by=None))
    rows = [
        {"operation": act.id, "code": bytes.fromhex(code_of(act).partition(":")[2])} for act in acts
    ]
    if rows:
        by = update(_code).where(_code.c.hash == bindparam("code"))
        connection.execute(by.values(used_by=bindparam("operation")), rows)

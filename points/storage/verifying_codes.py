"""Read PINs, one-time codes, and the redemptions that used one, as whoever checks does."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from points.domain.operations import Kind
from points.domain.redemptions import ONE_TIME_CODE
from points.domain.stored import CodeActLine, CodeLine, PinLine
from points.domain.verifying_codes import code_of
from points.storage.columns import table_of
from points.storage.ledger import OperationRow
from points.storage.one_time_codes import OneTimeCodeRow
from points.storage.pins import PinRow
from points.storage.streaming import Stream, plain, stream

_code, _operation, _pin = table_of(OneTimeCodeRow), table_of(OperationRow), table_of(PinRow)


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


def read_codes(connection: Connection) -> Stream[CodeLine]:
    """Read all one-time codes, in no order."""
    return stream(connection, select(*plain(_code, CodeLine._fields)), CodeLine._make)


def read_pins(connection: Connection) -> Stream[PinLine]:
    """Read all PINs, in order of household."""
    statement = select(*plain(_pin, PinLine._fields)).order_by(_pin.c.household)
    return stream(connection, statement, PinLine._make)


def set_used_codes(connection: Connection, acts: Iterable[CodeActLine]) -> None:
    """Let each code be used by the redemption that names it, and all others by none."""
    connection.execute(update(_code).where(_code.c.used_by.is_not(None)).values(used_by=None))
    rows = [
        {"operation": act.id, "code": bytes.fromhex(code_of(act).partition(":")[2])} for act in acts
    ]
    if rows:
        by = update(_code).where(_code.c.hash == bindparam("code"))
        connection.execute(by.values(used_by=bindparam("operation")), rows)

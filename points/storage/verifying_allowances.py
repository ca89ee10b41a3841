"""Read allowances, and the redemptions that were made with them, as whoever checks does."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select, update

from points.domain.facts import ALLOWANCE
from points.domain.operations import Kind
from points.domain.stored import AllowanceActLine, AllowanceLine
from points.storage.allowances import AllowanceRow
from points.storage.columns import table_of
from points.storage.ledger import OperationRow
from points.storage.streaming import Stream, as_line, plain, raw, stream

_allowance, _operation = table_of(AllowanceRow), table_of(OperationRow)


def read_allowance_acts(connection: Connection) -> Stream[AllowanceActLine]:
    """Read the redemptions that name an allowance, with what took them back."""
    undo = _operation.alias("undo")
    [details] = plain(_operation, ["details"])
    statement = (
        select(*plain(_operation, ("id", "points", "details")), raw(undo.c.id).label("undone_by"))
        .outerjoin(undo, undo.c.reverses == _operation.c.id)
        .where(
            _operation.c.kind == Kind.REDEEM, details.contains(f'"{ALLOWANCE}"', autoescape=True)
        )
    )
    return stream(connection, statement, as_line(AllowanceActLine))


def read_allowance_rows(connection: Connection) -> Stream[AllowanceLine]:
    """Read all allowances."""
    statement = select(*plain(_allowance, AllowanceLine._fields)).order_by(_allowance.c.id)
    return stream(connection, statement, as_line(AllowanceLine))


def set_spent(connection: Connection, spent: Mapping[int, int]) -> None:
    """Let so much be spent of each of these allowances, and nothing of all others."""
    connection.execute(update(_allowance).values(spent=0))
    if spent:
        of = update(_allowance).where(_allowance.c.id == bindparam("allowance"))
        rows = [{"allowance": number, "points": points} for number, points in spent.items()]
        connection.execute(of.values(spent=bindparam("points")), rows)

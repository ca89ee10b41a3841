"""Read cases and settlements in order, as plain tuples; see `points.storage.verifying`."""

from sqlalchemy import Connection, select

from points.domain.stored import CaseLine, SettlementLine
from points.storage.cases import CaseRow, SettlementRow
from points.storage.columns import table_of
from points.storage.streaming import Stream, as_line, plain, stream

_case, _settlement = table_of(CaseRow), table_of(SettlementRow)


def read_cases(connection: Connection) -> Stream[CaseLine]:
    """Read cases by number."""
    statement = select(*plain(_case, CaseLine._fields)).order_by(_case.c.id)
    return stream(connection, statement, as_line(CaseLine))


def read_settlements(connection: Connection) -> Stream[SettlementLine]:
    """Read settlements by the numbers of their cases."""
    statement = select(*plain(_settlement, SettlementLine._fields)).order_by(_settlement.c.id)
    return stream(connection, statement, as_line(SettlementLine))


def find_named(connection: Connection) -> set[int]:
    """Give the operations that cases and settlements name."""
    named = (
        connection.execute(select(table.c.operation).where(table.c.operation.is_not(None)))
        for table in (_case, _settlement)
    )
    return {number for rows in named for number in rows.scalars()}

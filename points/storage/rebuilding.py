"""Write caches of the book anew: accounts, lots, slips, heads of chains, merged households."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from points.domain.chain import GENESIS, instant_of
from points.domain.shapes import LEASED, WALLET
from points.domain.stored import AccountLine, LotLine, SlipLine
from points.domain.verifying_chains import End
from points.storage.columns import table_of
from points.storage.ledger import AccountRow, ChainRow, LotRow, SlipRow
from points.storage.locks import first_chains, first_operation
from points.storage.people import HouseholdRow
from points.storage.streaming import ROWS_AT_ONCE
from points.storage.verifying import lift_limits

_account, _lot, _slip = table_of(AccountRow), table_of(LotRow), table_of(SlipRow)
_chain, _household = table_of(ChainRow), table_of(HouseholdRow)

Line = TypeVar("Line")


def hold_book(connection: Connection) -> None:
    """Keep everyone else from posting until this transaction ends; they may read."""
    lift_limits(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("LOCK TABLE chain, account, lot, slip IN EXCLUSIVE MODE"))


def clear(connection: Connection) -> None:
    """Take everything out of accounts, lots and slips. An account keeps its row."""
    is_unknown = or_(_account.c.id <= WALLET, _account.c.id >= LEASED + WALLET)
    connection.execute(delete(_account).where(is_unknown))
    connection.execute(update(_account).values(balance=0, version=0, last_at=instant_of(0)))
    connection.execute(delete(_lot))
    connection.execute(delete(_slip))


def set_accounts(connection: Connection, lines: Iterable[AccountLine]) -> int:
    """Set these accounts; tell how many they are."""
    insert_of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    write = insert_of(_account)
    columns = ("balance", "version", "last_at")
    statement = write.on_conflict_do_update(
        index_elements=["id"], set_={name: write.excluded[name] for name in columns}
    )
    return _many(connection, statement, [_timed(line, "last_at") for line in lines])


def add_lots(connection: Connection, lines: Iterable[LotLine]) -> int:
    """Add these lots; tell how many they are."""
    return _many(connection, insert(_lot), [_timed(line, "expires_at") for line in lines])


def set_origin(connection: Connection, lot: int, origin: int) -> None:
    """Say where a lot's points were first earned."""
    connection.execute(update(_lot).where(_lot.c.id == lot).values(origin=origin))


def add_slips(connection: Connection, lines: Iterable[SlipLine]) -> int:
    """Add these slips; tell how many they are."""
    return _many(connection, insert(_slip), [_timed(line, "valid_until") for line in lines])


def set_heads(connection: Connection, ends: Mapping[int, End]) -> None:
    """Set each chain's head to its last batch; chains that are gone are made again."""
    there = set(connection.execute(select(_chain.c.id)).scalars())
    rows = {int(str(row["id"])): row for row in first_chains()}
    for number in rows.keys() | ends.keys():
        if number not in there:
            row = rows.get(number, rows[0]) | {"id": number}
            connection.execute(insert(_chain).values(row))
    for number in there | ends.keys():
        end = ends.get(number)
        values: dict[str, object] = {
            "number": 0,
            "next_operation": first_operation(number),
            "head": GENESIS,
            "last_at": instant_of(0),
        }
        if end is not None and end.posted_at is not None:
            values = {
                "number": end.number,
                "next_operation": end.next_operation,
                "head": end.hash,
                "last_at": instant_of(end.posted_at),
            }
        connection.execute(update(_chain).where(_chain.c.id == number).values(values))


def set_merged(connection: Connection, stands: Mapping[int, int]) -> None:
    """Let each of these households stand in the one given, and all others for themselves."""
    connection.execute(
        update(_household).where(_household.c.merged_into.is_not(None)).values(merged_into=None)
    )
    rows = [{"household": source, "into": into} for source, into in sorted(stands.items())]
    _many(
        connection,
        update(_household)
        .where(_household.c.id == bindparam("household"))
        .values(merged_into=bindparam("into")),
        rows,
    )


def in_portions(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Cut a stream into what is written at once."""
    remaining = iter(lines)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        yield some


def _many(connection: Connection, statement: Executable, rows: list[dict[str, Any]]) -> int:
    if rows:
        connection.execute(statement, rows)
    return len(rows)


def _timed(line: AccountLine | LotLine | SlipLine, name: str) -> dict[str, Any]:
    return line._asdict() | {name: instant_of(getattr(line, name))}

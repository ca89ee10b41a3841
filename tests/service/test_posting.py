"""Posting, on a real database. What an operation comes to is tested with the domain."""

import pytest
from sqlalchemy import Connection, select

from points.domain.ids import AccountId, LotId
from points.domain.ledger import Account, Lot
from points.service.transactions import snapshot
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow, LotRow
from tests.walk import take_walk


def accounts_in(connection: Connection) -> dict[AccountId, Account]:
    rows = connection.execute(select(table_of(AccountRow)))
    return {AccountId(row.id): Account(row.balance, row.version) for row in rows if row.version}


def lots_in(connection: Connection) -> dict[LotId, Lot]:
    rows = connection.execute(select(table_of(LotRow))).mappings()
    return {LotId(row["id"]): Lot(**row) for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_the_database_remembers_what_a_book_in_memory_does(database: Database, seed: int) -> None:
    memory = take_walk(database, seed=seed, batches=120)

    with snapshot(database) as connection:
        assert accounts_in(connection) == memory.facts.accounts
        assert lots_in(connection) == {lot.id: lot for lot in memory.facts.lots}

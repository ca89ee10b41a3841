"""Posting, on a real database. What an operation comes to is tested with the domain."""

from collections import Counter

import pytest
from sqlalchemy import Connection, select

from points.domain.facts import Facts
from points.domain.ids import AccountId, LotId
from points.domain.ledger import Account, Lot
from points.service.posting import make_book, post
from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow, LotRow
from tests.memory import Memory
from tests.save import WallClock, opening, save_catalog, save_household, save_people
from tests.walk import ANONYMOUS, CATALOG, Walk, facts_before


def accounts_in(connection: Connection) -> dict[AccountId, Account]:
    rows = connection.execute(select(table_of(AccountRow)))
    return {AccountId(row.id): Account(row.balance, row.version) for row in rows if row.version}


def lots_in(connection: Connection) -> dict[LotId, Lot]:
    rows = connection.execute(select(table_of(LotRow))).mappings()
    return {LotId(row["id"]): Lot(**row) for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_the_database_remembers_what_a_book_in_memory_does(database: Database, seed: int) -> None:
    memory, clock = Memory(facts_before()), WallClock()
    walk = Walk(seed, memory)
    book = make_book(database, clock)
    with transaction(database) as connection:
        save_catalog(connection, CATALOG)
        save_people(connection)
        for owner in ANONYMOUS:
            save_household(connection, owner, fingerprint=bytes([owner]) * 32)
    assert post(book, opening(CATALOG, {})) == memory.post(*opening(CATALOG, {}))

    for step in range(120):
        if step == 100:
            walk.leap()
        batch = walk.batch()
        clock.now = max(walk.now, memory.facts.now)
        memory.set(clock.now)

        assert post(book, batch) == memory.post(*batch), step

    with snapshot(database) as connection:
        assert accounts_in(connection) == memory.facts.accounts
        assert lots_in(connection) == {lot.id: lot for lot in memory.facts.lots}

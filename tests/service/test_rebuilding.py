"""Restoring what follows from the book, on a real database."""

from typing import Any

import pytest
from sqlalchemy import select

from points.domain.findings import Code
from points.domain.verifying import Result
from points.service.rebuilding import BookDamaged, rebuild
from points.service.transactions import snapshot
from points.service.verifying import verify
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow, ChainRow, LotRow, SlipRow
from points.storage.people import HouseholdRow
from tests.books import LATER, fill
from tests.cheat import cheats_engine, do, guards_asleep

CACHES = [table_of(model) for model in (AccountRow, LotRow, SlipRow, ChainRow, HouseholdRow)]

SPOILING = {
    "balances": "UPDATE account SET balance = balance + 7, version = version + 1",
    "instants": "UPDATE account SET last_at = last_at + 1 WHERE version > 0",
    "accounts gone": "DELETE FROM account WHERE version > 0",
    "an account of no kind": "INSERT INTO account VALUES (5, 1, 1, 0)",
    "lots emptied": "UPDATE lot SET remaining = 0, expired = 0",
    "lots for ever": "UPDATE lot SET expires_at = 253402300799000000, origin = NULL",
    "lots gone": "DELETE FROM lot",
    "a lot too many": "INSERT INTO lot VALUES (77, 281474976710657, 9, 9, 0, NULL, 0)",
    "slips free again": "UPDATE slip SET is_cashed = 0, times_cashed = 0, points = 99",
    "slips gone": "DELETE FROM slip",
    "heads": "UPDATE chain SET number = 1, next_operation = 5, last_at = 9 WHERE number > 0",
    "merges": "UPDATE household SET merged_into = NULL",
}


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with snapshot(database) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in CACHES
        }


def spoil(database: Database, *statements: str) -> None:
    engine = cheats_engine(database)
    with engine.begin() as connection, guards_asleep(connection):
        for statement in statements:
            do(connection, statement)
    engine.dispose()


@pytest.mark.parametrize("spoiling", SPOILING)
def test_what_was_spoilt_is_as_before(database: Database, spoiling: str) -> None:
    fill(database, steps=60, leap_at=50)
    before = rows(database)
    spoil(database, SPOILING[spoiling])
    assert rows(database) != before

    rebuild(database)

    assert rows(database) == before


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once_is_as_before_and_clean(database: Database, seed: int) -> None:
    fill(database, seed=seed)
    before = rows(database)
    spoil(database, *(SPOILING[name] for name in ("heads", "lots gone", "slips gone")))

    rebuilt = rebuild(database)

    assert rows(database) == before
    assert rebuilt.counts == {
        "account": sum(row[2] > 0 for row in before["account"]),
        "lot": len(before["lot"]),
        "slip": len(before["slip"]),
    }
    assert verify(database, now=LATER).result is Result.CLEAN


def test_heads_that_were_wrong_are_told(database: Database) -> None:
    fill(database, steps=5)
    spoil(database, "UPDATE chain SET number = number + 1 WHERE number > 0")

    rebuilt = rebuild(database)

    assert [(head.code, head.about) for head in rebuilt.heads] == [
        (Code.CHAIN_HEAD, {"chain": 0, "column": "number"})
    ]


def test_a_chain_that_is_gone_is_made_again(database: Database) -> None:
    fill(database, steps=5)
    spoil(database, "DELETE FROM chain")

    rebuild(database)

    assert verify(database, now=LATER).result is Result.CLEAN


def test_an_empty_book_stays_empty(database: Database) -> None:
    before = rows(database)

    rebuild(database)

    assert rows(database) == before


def test_nothing_is_restored_from_a_book_that_was_changed(database: Database) -> None:
    fill(database, steps=10)
    spoil(database, SPOILING["balances"], "UPDATE operation SET points = 0 WHERE kind = 'adjust'")
    before = rows(database)

    with pytest.raises(BookDamaged) as damaged:
        rebuild(database)

    assert rows(database) == before
    assert Code.BATCH_CHANGED in {finding.code for finding in damaged.value.findings}

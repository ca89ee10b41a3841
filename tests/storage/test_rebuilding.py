"""Writing caches of the book anew. That they come out right is tested with the service."""

import pytest
from sqlalchemy import select, text

from points.domain.chain import GENESIS, instant_of, micros
from points.domain.shapes import GOODS, WALLET
from points.domain.stored import AccountLine, LotLine, SlipLine
from points.domain.verifying_chains import End
from points.service.transactions import DatabaseUnavailable, snapshot, transaction
from points.storage import rebuilding as caches
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow, LotRow, SlipRow
from points.storage.locks import first_operation
from points.storage.verifying import read_chains
from tests.books import fill
from tests.market import NOW, POINTS_END

AT = micros(NOW)


def rows(database: Database, model: type) -> list[tuple[object, ...]]:
    with snapshot(database) as connection:
        return sorted(map(tuple, connection.execute(select(table_of(model)))), key=repr)


def test_everything_is_taken_out_but_the_rows_of_accounts(database: Database) -> None:
    fill(database, steps=20)
    before = rows(database, AccountRow)

    with transaction(database) as connection:
        connection.execute(text("INSERT INTO account VALUES (5, 1, 1, 0)"))  # of no kind
        caches.clear(connection)

    assert rows(database, AccountRow) == [(row[0], 0, 0, instant_of(0)) for row in before]
    assert rows(database, LotRow) == rows(database, SlipRow) == []


def test_accounts_are_set_whether_they_have_a_row_or_not(database: Database) -> None:
    with transaction(database) as connection:
        for balance in (1, 2):
            lines = [AccountLine(WALLET + 1, balance, 3, AT), AccountLine(GOODS + 1, 4, 5, AT)]
            assert caches.set_accounts(connection, lines) == 2

    assert set(rows(database, AccountRow)) == {(WALLET + 1, 2, 3, NOW), (GOODS + 1, 4, 5, NOW)}


def test_lots_get_their_origin_later(database: Database) -> None:
    lot = LotLine(WALLET + 1, 7, 10, 6, 1, None, micros(POINTS_END))
    with transaction(database) as connection:
        assert caches.add_lots(connection, [lot]) == 1
        assert caches.add_lots(connection, []) == 0
        caches.set_origin(connection, 7, 3)

    assert rows(database, LotRow) == [(7, WALLET + 1, 10, 6, 1, 3, POINTS_END)]


def test_slips_are_added(database: Database) -> None:
    with transaction(database) as connection:
        assert caches.add_slips(connection, [SlipLine("aa", 5, AT, 1, 2)]) == 1

    assert rows(database, SlipRow) == [("aa", 5, NOW, 1, 2)]


def test_heads_are_set_and_those_that_are_gone_made_again(database: Database) -> None:
    end = End(number=4, hash=b"\1" * 32, next_operation=9, posted_at=AT)
    with transaction(database) as connection:
        connection.execute(text("DELETE FROM chain WHERE id IN (0, 3)"))
        connection.execute(text("UPDATE chain SET number = 7, head = :x"), {"x": b"\2" * 32})
        caches.set_heads(connection, {0: end})

    with snapshot(database) as connection:
        chains = read_chains(connection)
    assert tuple(chains[0]) == (0, 4, 9, b"\1" * 32, AT)
    assert sorted(chains) == list(range(8))
    assert {chain.number for chain in list(chains.values())[1:]} == {0}
    assert chains[3].next_operation == first_operation(3)
    assert chains[5].head == GENESIS


def test_only_the_households_given_stand_in_others(database: Database) -> None:
    fill(database, steps=1)
    with transaction(database) as connection:
        connection.execute(text("UPDATE household SET merged_into = 1 WHERE id = 2"))
        caches.set_merged(connection, {3: 1})

    with snapshot(database) as connection:
        found = connection.execute(
            text("SELECT id, merged_into FROM household WHERE merged_into IS NOT NULL")
        )
        assert [tuple(row) for row in found] == [(3, 1)]


def test_a_stream_is_cut_into_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "ROWS_AT_ONCE", 2)

    assert list(caches.in_portions(iter(range(5)))) == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize("engine_name", ["postgresql"])  # on SQLite one alone writes anyway
def test_nobody_posts_while_the_book_is_held(database: Database) -> None:
    def begin_to_post() -> None:
        with transaction(database) as other:
            other.execute(text("SET LOCAL lock_timeout = '10ms'"))
            other.execute(text("SELECT count(*) FROM account"))  # reading goes on
            other.execute(text("SELECT * FROM chain LIMIT 1 FOR UPDATE"))

    with transaction(database) as holder:
        caches.hold_book(holder)

        with pytest.raises(DatabaseUnavailable):
            begin_to_post()

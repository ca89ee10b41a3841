from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, text

from points.domain.chain import GENESIS
from points.domain.ids import AccountId, OperationId
from points.domain.ledger import Account
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow, ChainRow
from points.storage.locks import (
    CHAINS,
    Chain,
    Locked,
    chain_of,
    first_operation,
    lock_accounts,
    lock_chain,
    lock_closings,
    next_instant,
)
from tests.elsewhere import statements_on, wait_until_somebody_waits
from tests.engines import ON_POSTGRESQL
from tests.market import NOW

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
_account = table_of(AccountRow)


def chain_from(*, last_at: datetime) -> Chain:
    first = OperationId(first_operation(0))
    return Chain(id=0, number=0, next_operation=first, head=GENESIS, last_at=last_at)


def numbers(*given: int) -> set[AccountId]:
    return {AccountId(number) for number in given}


def add_account(connection: Connection, number: int, balance: int, last_at: datetime) -> None:
    row = {"id": number, "balance": balance, "version": 3, "last_at": last_at}
    connection.execute(insert(_account), row)


def is_free(database: Database, account: int) -> bool:
    with transaction(database) as connection:
        free = select(_account.c.id).where(_account.c.id == account)
        row = connection.execute(free.with_for_update(skip_locked=True)).one_or_none()
        return row is not None


def test_a_new_book_begins_with_the_first_chain(database: Database) -> None:
    with transaction(database) as connection:
        assert lock_chain(connection) == chain_from(last_at=EPOCH)


def test_every_chain_numbers_its_own_operations() -> None:
    firsts = [first_operation(chain) for chain in range(CHAINS)]

    assert [chain_of(first) for first in firsts] == list(range(CHAINS))
    assert [chain_of(first - 2) for first in firsts[1:]] == list(range(CHAINS - 1))
    assert all(first < 2**53 for first in firsts)


@ON_POSTGRESQL
def test_batches_at_the_same_time_stand_in_different_chains(database: Database) -> None:
    with (
        transaction(database) as first,
        transaction(database) as second,
        transaction(database) as third,
    ):
        chains = [lock_chain(connection).id for connection in (first, second, third)]
        again = lock_chain(second).id

    assert (chains, again) == ([0, 1, 2], 1)


@ON_POSTGRESQL
def test_where_all_chains_are_held_a_batch_waits_for_one(database: Database) -> None:
    with ThreadPoolExecutor() as pool:
        with transaction(database) as connection:
            connection.execute(select(table_of(ChainRow)).with_for_update())
            waiting = pool.submit(take_a_chain, database)
            wait_until_somebody_waits(database)
            connection.execute(text("UPDATE chain SET number = 7"))

        assert waiting.result().number == 7


def take_a_chain(database: Database) -> Chain:
    with transaction(database) as connection:
        return lock_chain(connection)


def test_accounts_that_were_never_used_are_made(database: Database) -> None:
    with transaction(database) as connection:
        add_account(connection, 5, 30, NOW)

        locked = lock_accounts(connection, numbers(9, 5, 7))

    assert locked == Locked(
        accounts={
            AccountId(5): Account(30, 3),
            AccountId(7): Account(0, 0),
            AccountId(9): Account(0, 0),
        },
        last_at=NOW,
    )


def test_accounts_that_may_never_have_been_used_are_taken_only_if_they_were(
    database: Database,
) -> None:
    with transaction(database) as connection:
        add_account(connection, 5, 30, NOW)
        add_account(connection, 8, 2, NOW)

        locked = lock_accounts(connection, numbers(5, 7), if_any=numbers(8, 9))
        again = lock_accounts(connection, numbers(5, 7), if_any=numbers(8, 9))

    assert locked.accounts == {
        AccountId(5): Account(30, 3),
        AccountId(7): Account(0, 0),
        AccountId(8): Account(2, 3),
    }
    assert again == locked


def test_to_lock_nothing_asks_nothing(database: Database) -> None:
    with transaction(database) as connection:
        assert lock_accounts(connection, []) == Locked(accounts={}, last_at=None)


@ON_POSTGRESQL
def test_accounts_are_taken_in_order_of_their_numbers(database: Database) -> None:
    with transaction(database) as connection:
        for number in (3, 2, 1):  # as they lie in the table, they would be taken without an order
            add_account(connection, number, 0, NOW)
    with ThreadPoolExecutor() as pool:
        with transaction(database) as connection:
            lock_accounts(connection, numbers(2))
            waiting = pool.submit(take_accounts, database, [3, 2, 1])
            wait_until_somebody_waits(database)

            # It has the first, waits for the second, and keeps nobody from the third.
            free = [is_free(database, number) for number in (1, 2, 3)]
        waiting.result()

    assert free == [False, False, True]


def take_accounts(database: Database, wanted: list[int]) -> None:
    with transaction(database) as connection:
        lock_accounts(connection, [AccountId(number) for number in wanted])


@ON_POSTGRESQL
def test_accounts_are_made_in_order_of_their_numbers(database: Database) -> None:
    with ThreadPoolExecutor() as pool:
        with transaction(database) as connection:
            lock_accounts(connection, numbers(1))
            waiting = pool.submit(take_accounts, database, [8, 1])  # a set begins with its 8
            wait_until_somebody_waits(database)

            # It waits for the first to be made, and has not made the second.
            lock_accounts(connection, numbers(8))
        waiting.result()

    assert [is_free(database, number) for number in (1, 8)] == [True, True]


@pytest.mark.parametrize(
    ("clock", "chain", "accounts", "expected"),
    [
        (NOW, EPOCH, None, NOW),
        (NOW, EPOCH, EPOCH, NOW),
        (NOW, NOW, EPOCH, NOW + TICK),
        (NOW, EPOCH, NOW, NOW + TICK),
        (NOW - TICK, NOW, None, NOW + TICK),
        (NOW, NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=1) + TICK),
    ],
    ids=["new", "as usual", "chain", "account", "clock behind", "another's clock ahead"],
)
def test_a_batch_is_later_than_all_that_it_follows(
    clock: datetime, chain: datetime, accounts: datetime | None, expected: datetime
) -> None:
    locked = Locked(accounts={}, last_at=accounts)

    assert next_instant(clock, chain_from(last_at=chain), locked) == expected


@ON_POSTGRESQL
@pytest.mark.parametrize("wanted", [[0, 1, 2], [2, 1, 0]], ids=["in order", "backwards"])
def test_closings_are_held_by_name_in_one_order(database: Database, wanted: list[int]) -> None:
    names = in_order_of_keys(database, ["a", "b", "c", "d"])
    with ThreadPoolExecutor() as pool:
        with transaction(database) as connection:
            lock_closings(connection, names[1:2])
            waiting = pool.submit(hold_closings, database, [names[number] for number in wanted])
            wait_until_somebody_waits(database)

            # It has the first, waits for the second, and keeps nobody from the third.
            free = [is_closing_free(database, name) for name in names]
        waiting.result()

    assert free == [False, False, True, True]
    assert [is_closing_free(database, name) for name in names] == [True] * 4


def in_order_of_keys(database: Database, names: list[str]) -> list[str]:
    ordered = text(
        "SELECT name FROM unnest(CAST(:names AS text[])) AS name ORDER BY hashtextextended(name, 0)"
    )
    with transaction(database) as connection:
        return list(connection.execute(ordered, {"names": names}).scalars())


def is_closing_free(database: Database, name: str) -> bool:
    taken = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    with transaction(database) as connection:
        return bool(connection.execute(taken, {"name": name}).scalar_one())


def hold_closings(database: Database, names: list[str]) -> None:
    with transaction(database) as connection:
        lock_closings(connection, names)


def test_to_hold_no_closing_asks_nothing(database: Database) -> None:
    with transaction(database) as connection, statements_on(database) as sent:
        lock_closings(connection, [])

    assert sent == []

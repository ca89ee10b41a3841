"""What the driver is asked and told directly is what SQLAlchemy would have asked and told."""

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from points.domain.ids import wallet
from points.service.transactions import transaction
from points.storage.columns import among, table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow
from points.storage.people import CardRow
from points.storage.statements import Change, Query
from tests.elsewhere import statements_on
from tests.market import LI, WANG
from tests.save import open_market

ACCOUNT, CARD = table_of(AccountRow), table_of(CardRow)
ADD = Change("id", "balance", "version", "last_at", statement=insert(ACCOUNT))
SET = Change(
    "now",
    "account",
    statement=update(ACCOUNT)
    .where(ACCOUNT.c.id == bindparam("account"))
    .values(balance=bindparam("now")),
)
HELD = Query(
    select(ACCOUNT.c.balance, ACCOUNT.c.last_at)
    .where(among(ACCOUNT.c.id, "ids"), ACCOUNT.c.version == 0)
    .order_by(ACCOUNT.c.id)
)
OF_CARDS = Query(
    select(CARD.c.household).where(among(CARD.c.fingerprint, "marks")).order_by(CARD.c.household)
)


def test_rows_come_as_they_are_stored(database: Database) -> None:
    with transaction(database) as connection:
        ADD.write(connection, [(1, 10, 0, 5), (2, 20, 0, 6), (3, 30, 1, 7)])

        rows = HELD.rows(connection, ids=[1, 2, 3])

    assert [tuple(row) for row in rows] == [(10, 5), (20, 6)]


def test_one_row_is_changed_like_many(database: Database) -> None:
    with transaction(database) as connection:
        ADD.write(connection, [(1, 10, 0, 5)])
        SET.write(connection, [(11, 1)])
        one = HELD.rows(connection, ids=[1])
        ADD.write(connection, [(2, 20, 0, 5)])
        SET.write(connection, [(12, 1), (21, 2)])
        both = HELD.rows(connection, ids=[1, 2])

    assert [row.balance for row in one] == [11]
    assert [row.balance for row in both] == [12, 21]


def test_no_row_is_no_statement(database: Database) -> None:
    with transaction(database) as connection, statements_on(database) as sent:
        ADD.write(connection, [])

    assert sent == []


@pytest.mark.parametrize(
    ("owners", "found"), [((), []), ((WANG,), [WANG]), ((LI, 9, WANG), [WANG, LI])]
)
def test_fingerprints_are_found_among_any_number(
    database: Database, owners: tuple[int, ...], found: list[int]
) -> None:
    open_market(database)

    with transaction(database) as connection:
        rows = OF_CARDS.rows(connection, marks=[bytes([owner]) * 32 for owner in owners])

    assert [row.household for row in rows] == found


def test_what_breaks_a_rule_of_the_tables_is_told_as_ever(database: Database) -> None:
    row = (wallet(WANG), 0, 0, 0)
    with pytest.raises(IntegrityError), transaction(database) as connection:
        ADD.write(connection, [row, row])


def test_the_order_of_the_values_must_be_that_of_the_statement(database: Database) -> None:
    mixed_up = Change("balance", "id", "version", "last_at", statement=insert(ACCOUNT))

    with pytest.raises(AssertionError), transaction(database) as connection:
        mixed_up.write(connection, [(1, 1, 1, 1)])

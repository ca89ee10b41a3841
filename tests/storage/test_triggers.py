import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from points.service.posting import Book, post
from points.service.transactions import snapshot, transaction
from points.storage.cases import add_settlement, open_case
from points.storage.engine import Database
from points.storage.triggers import EVERY, GUARDED, STANDING, guard, missing_guards
from tests.build import ask, make_earn, make_redeem
from tests.engines import ON_POSTGRESQL, ON_SQLITE
from tests.market import NOW
from tests.matters import make_case, make_settlement
from tests.save import open_market

SOME_COLUMN = {
    "anchor": "heads",
    "batch": "hash",
    "cases": "kind",
    "catalog": "body",
    "closing": "reason",
    "entry": "amount",
    "journal_line": "hash",
    "operation": "points",
    "request": "status",
    "settlement": "note",
    "write_off": "waiting",
}

# A phone with a line in its journal, given up when its event was closed. Each wording is one that
# both engines read: bytes are text turned into bytes.
_PHONE = (
    (
        "INSERT INTO credential (id, name, role, token_hash, added_at)"
        " VALUES ('device:70', 'Chen', 'earn', {bytes}, 0)"
    ),
    (
        "INSERT INTO closing (event, act, at, name, reason)"
        " VALUES ('market', 'closed', 0, 'Chen', 'lost')"
    ),
    "INSERT INTO write_off (closing, device, waiting) SELECT id, 'device:70', 3 FROM closing",
    (
        "INSERT INTO journal_line (device, life, number, hash, previous, at, session, ticked, kind,"
        " subject, digest, arrived_at)"
        " VALUES ('device:70', 1, 1, {bytes}, {bytes}, 0, 's', 0, 'start', '', '', 0)"
    ),
)


# An allowance that was ended, and a code that was used by the book's first operation.
_SPENDING = (
    (
        "INSERT INTO allowance (number, fingerprint, household, points_max, last_day, is_confirmed,"
        " made_at, ended_at, spent) VALUES ('000000070', {bytes}, 1, 9, '2019-12-07', 1, 0, 5, 0)"
    ),
    (
        "INSERT INTO one_time_code (hash, card, made_at, is_confirmed, used_by, seal)"
        " VALUES ({bytes}, 1, 0, 0, 1, {bytes})"
    ),
)


@pytest.fixture
def book(database: Database) -> Book:
    """A book with something in every table that is only ever added to."""
    opened = open_market(database)
    post(opened, [ask(make_earn()), ask(make_redeem(quantity=0), key="refused")])
    with transaction(database) as connection:
        add_settlement(connection, open_case(connection, make_case(), at=NOW), make_settlement())
    change(database, "INSERT INTO anchor (published_at, heads) VALUES (0, '{}')")
    some_bytes = "x'00'" if database.is_sqlite else "'x'::bytea"
    for statement in (*_PHONE, *_SPENDING):
        change(database, statement.format(bytes=some_bytes))
    return opened


def change(database: Database, statement: str) -> None:
    with transaction(database) as connection:
        connection.execute(text(statement))


def everything_in(database: Database) -> dict[str, list[object]]:
    with snapshot(database) as connection:
        return {table: list(connection.execute(text(f"SELECT * FROM {table}"))) for table in EVERY}


def refuse(book: Book, table: str, statement: str) -> None:
    before = everything_in(book.database)

    with pytest.raises(IntegrityError, match=f"{table} is only ever added to"):
        change(book.database, statement)

    assert before[table]
    assert everything_in(book.database) == before


@pytest.mark.parametrize("table", GUARDED)
def test_what_is_in_the_book_is_not_changed(book: Book, table: str) -> None:
    refuse(book, table, f"UPDATE {table} SET {SOME_COLUMN[table]} = {SOME_COLUMN[table]}")


@pytest.mark.parametrize("table", GUARDED)
def test_what_is_in_the_book_is_not_removed(book: Book, table: str) -> None:
    refuse(book, table, f"DELETE FROM {table}")


STANDING_COLUMNS = [(table, column) for table, columns in STANDING.items() for column in columns]


@pytest.mark.parametrize(("table", "column"), STANDING_COLUMNS)
def test_what_stands_for_good_is_not_changed(book: Book, table: str, column: str) -> None:
    refuse(book, table, f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", STANDING)
def test_what_lets_points_go_is_not_removed(book: Book, table: str) -> None:
    refuse(book, table, f"DELETE FROM {table}")


def test_an_allowance_that_was_ended_stays_so(book: Book) -> None:
    refuse(book, "allowance", "UPDATE allowance SET ended_at = NULL")


def test_what_may_change_of_an_allowance_and_of_a_code_still_does(book: Book) -> None:
    change(book.database, "UPDATE allowance SET label = NULL, spent = 3")
    change(book.database, "UPDATE one_time_code SET used_by = NULL")
    change(book.database, "DELETE FROM one_time_code")

    found = everything_in(book.database)

    assert (len(found["allowance"]), found["one_time_code"]) == (1, [])


@ON_SQLITE
@pytest.mark.parametrize("table", EVERY)
def test_what_is_in_the_book_is_not_replaced(book: Book, table: str) -> None:
    refuse(book, table, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


@ON_POSTGRESQL
@pytest.mark.parametrize("table", EVERY)
def test_no_table_of_the_book_is_emptied(book: Book, table: str) -> None:
    refuse(book, table, f"TRUNCATE {table} CASCADE")


@ON_POSTGRESQL
def test_a_session_that_calls_itself_a_replica_is_refused_as_well(book: Book) -> None:
    refuse(book, "entry", "SET LOCAL session_replication_role = replica; DELETE FROM entry")


def test_a_refusal_may_be_forgotten_but_not_turned_into_something_else(book: Book) -> None:
    refused = "FROM request WHERE key = 'refused'"
    refuse(book, "request", "UPDATE request SET reason = 'closed' WHERE key = 'refused'")

    change(book.database, f"DELETE {refused}")

    with snapshot(book.database) as connection:
        assert connection.execute(text(f"SELECT count(*) {refused}")).scalar_one() == 0


def test_a_guard_that_was_taken_down_is_missed_until_it_is_put_up_again(
    database: Database,
) -> None:
    place = "" if database.is_sqlite else "ON entry"
    change(database, f"DROP TRIGGER entry_refuses_delete {place}")
    with transaction(database) as connection:
        missed = missing_guards(connection)
        guard(connection, ["entry"])

        assert (missed, missing_guards(connection)) == (["entry_refuses_delete"], [])


@ON_POSTGRESQL
@pytest.mark.parametrize("how", ["DISABLE", "ENABLE", "ENABLE REPLICA"])
def test_a_guard_that_looks_away_is_missed(database: Database, how: str) -> None:
    change(database, f"ALTER TABLE entry {how} TRIGGER entry_refuses_update")

    with snapshot(database) as connection:
        assert missing_guards(connection) == ["entry_refuses_update"]

"""Journals, remembered line by line."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, delete
from sqlalchemy.exc import DBAPIError, IntegrityError

from points.domain.intake import Held, Kept
from points.domain.journals import Entry, entry_hash
from points.service.transactions import transaction
from points.storage.access import add_credential
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.journals import LineRow, add_lines, load_held
from tests.build import make_device
from tests.market import NOW
from tests.told import write

PHONE, OTHER = make_device(number=7), make_device(number=8)
MINE = write("a", "b", "c")
THEIRS = write("x", after=MINE[:1], kind="shift", digest="ab" * 32)


def kept(entries: Sequence[Entry], *, life: int = 1) -> tuple[Kept, ...]:
    return tuple(Kept(life=life, entry=one, hash=entry_hash(one)) for one in entries)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        for phone in (PHONE, OTHER):
            token_hash = phone.id.encode().ljust(32)
            add_credential(opened, phone, name="?", token_hash=token_hash, added_at=NOW)
        add_lines(opened, PHONE.id, kept(MINE), at=NOW)
        yield opened


def test_lines_are_read_back_by_their_numbers(connection: Connection) -> None:
    found = load_held(connection, PHONE.id, near={0, 2, 3, 4})

    assert found == Held(last=kept(MINE)[-1], near=kept(MINE[1:]))


def test_nothing_is_held_of_a_phone_that_wrote_nothing(connection: Connection) -> None:
    assert load_held(connection, OTHER.id, near={1}) == Held()


def test_the_newest_line_is_that_of_the_newest_life(connection: Connection) -> None:
    add_lines(connection, PHONE.id, kept(THEIRS[1:], life=2), at=NOW)

    found = load_held(connection, PHONE.id, near={2})

    [other] = kept(THEIRS[1:], life=2)
    assert found.last == other
    assert sorted(found.near, key=lambda one: one.life) == [kept(MINE)[1], other]


def test_a_clock_may_show_anything_that_a_browser_can_count(connection: Connection) -> None:
    [far] = kept(write("z", at=2**53 - 1, ticked=2**53 - 1))

    add_lines(connection, OTHER.id, [far], at=NOW)

    assert load_held(connection, OTHER.id, near=()).last == far


def test_a_line_is_never_written_over_or_removed(database: Database) -> None:
    with transaction(database) as connection:
        add_credential(connection, PHONE, name="?", token_hash=bytes(32), added_at=NOW)
        add_lines(connection, PHONE.id, kept(MINE), at=NOW)

    with pytest.raises(IntegrityError), transaction(database) as connection:
        add_lines(connection, PHONE.id, kept(THEIRS[1:]), at=NOW)
    with pytest.raises(DBAPIError), transaction(database) as connection:
        connection.execute(delete(table_of(LineRow)))


def test_adding_nothing_changes_nothing(connection: Connection) -> None:
    add_lines(connection, OTHER.id, (), at=NOW)

    assert load_held(connection, OTHER.id, near=()) == Held()

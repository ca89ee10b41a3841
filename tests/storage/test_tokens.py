"""Tokens beside the current ones."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from points.domain.pairing import TokenState
from points.service.transactions import transaction
from points.storage.access import add_credential
from points.storage.engine import Database
from points.storage.tokens import add_next_token, find_token, hold_credential, make_current
from tests.build import make_device
from tests.market import NOW

PHONE, OTHER = make_device(number=7), make_device(number=8)
FIRST, SECOND, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        add_credential(opened, PHONE, name="7", token_hash=FIRST, added_at=NOW)
        add_credential(opened, OTHER, name="8", token_hash=b"8" * 32, added_at=NOW)
        yield opened


def states(connection: Connection) -> list[TokenState | None]:
    found = [find_token(connection, one) for one in (FIRST, SECOND, THIRD)]
    assert {one[0] for one in found if one is not None} == {PHONE}
    return [one and one[1] for one in found]


def test_the_current_token_is_the_one_that_a_phone_came_with(connection: Connection) -> None:
    assert states(connection) == [TokenState.CURRENT, None, None]


def test_another_token_stands_beside_it_until_it_takes_its_place(connection: Connection) -> None:
    add_next_token(connection, PHONE.id, SECOND, at=NOW)
    beside = states(connection)

    make_current(connection, PHONE.id, SECOND, at=NOW)

    assert beside == [TokenState.CURRENT, TokenState.NEXT, None]
    assert states(connection) == [TokenState.ENDED, TokenState.CURRENT, None]


def test_of_two_that_wait_only_the_later_does(connection: Connection) -> None:
    add_next_token(connection, PHONE.id, SECOND, at=NOW)
    add_next_token(connection, PHONE.id, THIRD, at=NOW)

    assert states(connection) == [TokenState.CURRENT, TokenState.ENDED, TokenState.NEXT]


@pytest.mark.parametrize("token_hash", [FIRST, SECOND, THIRD])
def test_only_a_token_that_waits_takes_a_place(connection: Connection, token_hash: bytes) -> None:
    add_next_token(connection, PHONE.id, SECOND, at=NOW)
    make_current(connection, PHONE.id, SECOND, at=NOW)

    make_current(connection, PHONE.id, token_hash, at=NOW)

    assert states(connection) == [TokenState.ENDED, TokenState.CURRENT, None]


def test_nobody_elses_token_changes_with_it(connection: Connection) -> None:
    add_next_token(connection, OTHER.id, b"9" * 32, at=NOW)

    add_next_token(connection, PHONE.id, SECOND, at=NOW)
    make_current(connection, PHONE.id, SECOND, at=NOW)

    found = [find_token(connection, one) for one in (b"8" * 32, b"9" * 32)]
    assert found == [(OTHER, TokenState.CURRENT), (OTHER, TokenState.NEXT)]


def test_a_token_waits_for_one_phone_alone(database: Database) -> None:
    with transaction(database) as connection:
        for phone, token_hash in ((PHONE, FIRST), (OTHER, SECOND)):
            add_credential(connection, phone, name="?", token_hash=token_hash, added_at=NOW)
        add_next_token(connection, PHONE.id, THIRD, at=NOW)

    with pytest.raises(IntegrityError), transaction(database) as connection:
        add_next_token(connection, OTHER.id, THIRD, at=NOW)


def test_holding_a_phone_changes_nothing(connection: Connection) -> None:
    hold_credential(connection, PHONE.id)

    assert states(connection) == [TokenState.CURRENT, None, None]

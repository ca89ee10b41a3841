"""Family codes as stored: one for a card, good once, and gone when they have ended."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from points.domain.ids import CardId, CredentialId
from points.service.transactions import transaction
from points.storage.engine import Database
from points.storage.family import (
    add_family_code,
    add_try,
    count_tries,
    find_family_code,
    forget_family_codes,
    use_family_code,
)
from tests.market import LI, NOW, WANG
from tests.save import save_people

CARD, OTHER = CardId(WANG), CardId(LI)
BY = CredentialId("device:1")
LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        save_people(opened)
        yield opened


def test_a_code_is_found_until_it_ends(connection: Connection) -> None:
    add_family_code(connection, b"a", CARD, by=BY, ends_at=LATER)

    found = [
        find_family_code(connection, code, now=now)
        for code, now in ((b"a", NOW), (b"a", LATER), (b"b", NOW))
    ]

    assert found == [CARD, None, None]


def test_a_card_has_one_code(connection: Connection) -> None:
    add_family_code(connection, b"a", CARD, by=BY, ends_at=LATER)
    add_family_code(connection, b"b", OTHER, by=BY, ends_at=LATER)
    add_family_code(connection, b"c", CARD, by=BY, ends_at=LATER)

    assert [find_family_code(connection, one, now=NOW) for one in (b"a", b"b", b"c")] == [
        None,
        OTHER,
        CARD,
    ]


def test_a_code_is_used_once(connection: Connection) -> None:
    add_family_code(connection, b"a", CARD, by=BY, ends_at=LATER)

    assert [use_family_code(connection, b"a") for _ in range(2)] == [True, False]


def test_what_has_ended_is_forgotten(connection: Connection) -> None:
    add_family_code(connection, b"a", CARD, by=BY, ends_at=LATER)
    add_try(connection, WANG, at=NOW)

    forget_family_codes(connection, now=LATER, tried_before=NOW)

    assert not use_family_code(connection, b"a")
    assert count_tries(connection, WANG, since=NOW - timedelta(days=1)) == (0, 0)


def test_wrong_codes_are_counted_for_each_household_and_for_all(connection: Connection) -> None:
    for household, at in ((WANG, NOW), (WANG, LATER), (LI, LATER)):
        add_try(connection, household, at=at)

    assert count_tries(connection, WANG, since=NOW) == (1, 2)
    assert count_tries(connection, LI, since=NOW - timedelta(seconds=1)) == (1, 3)

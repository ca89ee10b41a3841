from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from points.domain.access import Credential, Role
from points.domain.ids import CredentialId
from points.service.transactions import transaction
from points.storage.access import (
    add_credential,
    find_credential,
    is_known,
    next_number,
    revoke_credential,
    revoked_among,
)
from points.storage.engine import Database
from tests.build import make_device
from tests.market import NOW

PHONE = make_device(number=7)
PARTNER = Credential(id=CredentialId("partner:1"), role=Role.PARTNER)
TOKENS = {PHONE.id: bytes([7]) * 32, PARTNER.id: bytes([1]) * 32}


def let_in(connection: Connection, credential: Credential) -> None:
    token_hash = TOKENS[credential.id]
    add_credential(connection, credential, name="展位7", token_hash=token_hash, added_at=NOW)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        let_in(opened, PHONE)
        let_in(opened, PARTNER)
        yield opened


@pytest.mark.parametrize("credential", [PHONE, PARTNER], ids=["phone", "partner"])
def test_somebody_is_known_by_the_hash_of_their_token(
    connection: Connection, credential: Credential
) -> None:
    assert find_credential(connection, TOKENS[credential.id]) == credential


def test_a_token_that_was_never_given_out_is_nobodys(connection: Connection) -> None:
    assert find_credential(connection, bytes(32)) is None


def test_somebody_revoked_is_found_as_such(connection: Connection) -> None:
    told = [revoke_credential(connection, PHONE.id, NOW) for _ in range(2)]

    found = find_credential(connection, TOKENS[PHONE.id])
    assert found is not None
    assert (told, found.is_revoked) == ([True, False], True)
    assert revoked_among(connection, {PHONE.id, PARTNER.id, CredentialId("device:9")}) == {
        PHONE.id: NOW
    }


def test_nobody_else_is_revoked_with_somebody(connection: Connection) -> None:
    revoke_credential(connection, PHONE.id, NOW)

    assert find_credential(connection, TOKENS[PARTNER.id]) == PARTNER
    assert revoked_among(connection, {PARTNER.id}) == {}


def test_two_cannot_have_one_token(database: Database) -> None:
    twin = make_device(number=8)
    with transaction(database) as connection:
        let_in(connection, PHONE)

    with pytest.raises(IntegrityError), transaction(database) as connection:
        add_credential(connection, twin, name="twin", token_hash=TOKENS[PHONE.id], added_at=NOW)


def test_credentials_of_a_kind_are_counted_on(connection: Connection) -> None:
    numbers = [next_number(connection, kind) for kind in ("device", "partner", "till")]

    assert numbers == [8, 2, 1]


def test_somebody_is_known_whether_revoked_or_not(connection: Connection) -> None:
    revoke_credential(connection, PHONE.id, NOW)

    known = [is_known(connection, CredentialId(one)) for one in ("device:7", "device:70")]

    assert known == [True, False]

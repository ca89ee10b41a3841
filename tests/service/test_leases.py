import pytest

from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId
from points.service.leases import Lent, find_device, lent_to
from points.service.posting import Book, post
from points.service.transactions import transaction
from points.storage.access import add_credential, revoke_credential
from points.storage.engine import Database
from tests.build import ask, make_device
from tests.goods import PHONE, lease
from tests.market import BIN_BAGS, NOW, REDEEMING, SINCE_EVER, TOWEL
from tests.save import open_market


@pytest.fixture
def book(database: Database) -> Book:
    """One phone with goods, shut out since."""
    book = open_market(database)
    post(book, [ask(lease(5), by=PHONE), ask(lease(2, reward=TOWEL.key), by=PHONE)])
    with transaction(database) as connection:
        add_credential(connection, PHONE, name="4", token_hash=bytes(32), added_at=SINCE_EVER)
        revoke_credential(connection, PHONE.id, NOW)
    return book


def test_what_a_phone_has_is_told_with_where_it_came_from(book: Book) -> None:
    assert lent_to(book, PHONE.id) == [
        Lent(reward=BIN_BAGS.key, booth=REDEEMING, pieces=5),
        Lent(reward=TOWEL.key, booth=REDEEMING, pieces=2),
    ]


@pytest.mark.parametrize("name", ["device:5", "partner:1", "phone"])
def test_nobody_else_has_anything(book: Book, name: str) -> None:
    assert lent_to(book, CredentialId(name)) == []


def test_a_phone_that_was_shut_out_is_still_found(book: Book) -> None:
    found = find_device(book, PHONE.id)

    assert not isinstance(found, NotDone)
    assert (found.id, found.booth, found.is_revoked) == (PHONE.id, REDEEMING, True)


def test_what_is_no_phone_is_not_found(book: Book) -> None:
    unknown = NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN)

    assert find_device(book, make_device(number=5).id) == unknown
    assert find_device(book, CredentialId("operator:cli")) == unknown

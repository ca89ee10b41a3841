"""Queues from files: whose they are, what is booked of them, and what of their journals is kept."""

from datetime import timedelta

import pytest

from points.domain.access import Credential
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Asked, Replayed
from points.domain.ids import CredentialId
from points.domain.operations import OperationKey
from points.service import queues
from points.service.phones import watch_phones
from points.service.posting import Book
from points.service.queues import keep_lines, phone_of, post_queue
from points.storage.engine import Database
from tests.build import make_earn
from tests.market import MARKET, NOW
from tests.paired import claim
from tests.save import open_market
from tests.told import write


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


@pytest.fixture
def phone(book: Book) -> Credential:
    return claim(book)


def test_a_file_names_its_phone_and_nobody_else(book: Book, phone: Credential) -> None:
    names = [phone.id, CredentialId("device:99"), CredentialId("operator:cli"), CredentialId("")]

    unknown = NotDone(reason=DeskFault.CREDENTIAL_UNKNOWN)
    assert [phone_of(book, name) for name in names] == [phone, unknown, unknown, unknown]


def test_what_is_booked_in_parts_is_answered_in_order_and_once(
    book: Book, phone: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "AT_ONCE", 2)
    scans = [make_earn(occurred_at=NOW - timedelta(minutes=n), is_offline=True) for n in range(3)]
    batch = [
        Asked(credential=phone, key=OperationKey(f"scan {n}"), operation=scan)
        for n, scan in enumerate(scans)
    ]

    first, again = post_queue(book, batch), post_queue(book, batch)

    assert isinstance(first[0], Accepted)
    assert [type(one) for one in again] == [Replayed] * 3
    assert [one.first for one in again if isinstance(one, Replayed)] == first


def test_a_journal_is_kept_in_parts_and_counts_as_the_phones_own(
    book: Book, phone: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "AT_ONCE", 2)
    journal = write("a", "b", "c", "d", "e")

    kept = [keep_lines(book, phone, journal, now=NOW) for _ in range(2)]

    assert kept == [5, 5]
    [watched] = watch_phones(book, MARKET.key, now=NOW)
    assert watched.phone.not_settled == 5


def test_a_phone_without_a_journal_has_nothing_to_keep(book: Book, phone: Credential) -> None:
    assert keep_lines(book, phone, [], now=NOW) == 0

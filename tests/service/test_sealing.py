"""Sealed balances: all that a phone may carry, opened with a card, new only when they are."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from points.domain.access import Role
from points.domain.ids import EventKey
from points.domain.sealing import sealing_of
from points.outside.card_sheets import PrintedCard
from points.service.cards import freeze_card
from points.service.posting import Book
from points.service.sealing import Sealable, read_sealable, seal_cards
from points.storage.engine import Database
from tests.build import make_device
from tests.desk import Dice, print_blank, scan
from tests.market import NOW, SORTING
from tests.save import open_market

PHONE = make_device(role=Role.REDEEM)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def read(card: PrintedCard, records: Iterable[tuple[bytes, bytes]]) -> dict[str, Any]:
    """Read a card's record as a phone does."""
    sealing = sealing_of(card.code)
    record = dict(records)[sealing.tag]
    plain = AESGCM(sealing.key).decrypt(record[:12], record[12:], sealing.tag)
    told: dict[str, Any] = json.loads(plain)
    return told


def test_a_card_tells_its_own_balance_and_nobody_elses(book: Book) -> None:
    one, other = print_blank(book.database, 2)
    scan(book, one)
    scan(book, other)
    scan(book, other, SORTING.key)
    freeze_card(book.database, other.number, now=NOW)

    sealable = read_sealable(book, PHONE, now=LATER)
    records = seal_cards(sealable, Dice())

    seconds = int(LATER.timestamp())
    assert sealable.made_at == LATER
    assert read(one, records) == {"a": 10, "s": "active", "t": seconds}
    assert read(other, records) == {"a": 0, "s": "frozen", "t": seconds}
    assert {len(record) for _, record in records} == {12 + 64 + 16}
    assert [tag for tag, _ in records] == sorted(tag for tag, _ in records)


def test_no_two_records_are_sealed_alike(book: Book) -> None:
    for card in print_blank(book.database, 3):
        scan(book, card)
    sealable = read_sealable(book, PHONE, now=NOW)
    dice = Dice()

    records = seal_cards(sealable, dice) + seal_cards(sealable, dice)

    assert len({record[:12] for _, record in records}) == 6


def test_the_version_is_another_as_soon_as_anything_else_is_told(book: Book) -> None:
    card, other = print_blank(book.database, 2)
    scan(book, card)
    versions = [read_sealable(book, PHONE, now=NOW).version]

    scan(book, card, SORTING.key)
    versions.append(read_sealable(book, PHONE, now=NOW).version)
    freeze_card(book.database, card.number, now=NOW)
    versions.append(read_sealable(book, PHONE, now=NOW).version)
    scan(book, other)
    versions.append(read_sealable(book, PHONE, now=NOW).version)

    assert len(set(versions)) == 4
    assert read_sealable(book, PHONE, now=LATER).version == versions[-1]


def test_a_phone_of_an_unknown_event_is_given_nothing(book: Book) -> None:
    scan(book, print_blank(book.database, 1)[0])
    stranger = make_device(event=EventKey("fair"))

    found = read_sealable(book, stranger, now=NOW)

    assert found == Sealable(made_at=NOW, version=found.version, cards=())
    assert seal_cards(found, Dice()) == []

"""`GET /devices/sealed`, read with a card as the scanner reads it."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from points.domain.sealing import sealing_of
from points.outside.card_sheets import PrintedCard
from tests.desk import print_blank, scan
from tests.market import NOW, SORTING
from tests.web.served import Served


@pytest.fixture
def card(served: Served) -> PrintedCard:
    """A card that has earned ten points."""
    printed = print_blank(served.book.database, 1)[0]
    scan(served.book, printed)
    return printed


def sealed(served: Served, caller: str = "redeeming", **headers: str) -> Any:
    return served.ask(caller, "GET", "/devices/sealed", headers=headers)


def test_a_phone_reads_the_balance_of_the_card_before_it(served: Served, card: PrintedCard) -> None:
    told = sealed(served).json()

    sealing = sealing_of(card.code)
    [[tag, record]] = told["records"]
    plain = AESGCM(sealing.key).decrypt(raw(record)[:12], raw(record)[12:], raw(tag))
    assert (raw(tag), told["made_at"]) == (sealing.tag, NOW.isoformat())
    assert json.loads(plain) == {"a": 10, "s": "active", "t": int(NOW.timestamp())}


def test_no_code_number_or_household_goes_with_it(served: Served, card: PrintedCard) -> None:
    told = sealed(served).text

    assert [word for word in (card.code, card.number, "household", "shiji") if word in told] == []


def test_nothing_new_is_sent_again_although_it_would_be_sealed_anew(
    served: Served, card: PrintedCard
) -> None:
    first = sealed(served)
    served.clock.now += timedelta(minutes=1)

    again = sealed(served, **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert sealed(served).headers["ETag"] == first.headers["ETag"]
    assert sealed(served).json() != first.json()


def test_a_balance_that_changed_is_new(served: Served, card: PrintedCard) -> None:
    first = sealed(served)
    scan(served.book, card, SORTING.key)

    again = sealed(served, **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, len(again.json()["records"])) == (200, 1)


def test_a_phone_of_another_communitys_event_is_given_none_of_these(
    served: Served, card: PrintedCard
) -> None:
    assert sealed(served, "lanes supervisor").json()["records"] == []


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""Sealed records open with the card they belong to, and with no other."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from points.domain.cards import CardCode, make_card_code
from points.domain.sealing import Sealing, sealing_of
from points.outside.sealed_records import NONCE_BYTES, seal, unseal

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "sealed.json").read_text("utf-8")
)
MINE, ANOTHERS = (sealing_of(make_card_code(bytes([number]) * 16)) for number in (1, 2))
PLAIN, NONCE = b'{"a":1}'.ljust(64), bytes(range(12))


def unsealed(sealing: Sealing, record: bytes) -> bytes:
    nonce, text = record[:NONCE_BYTES], record[NONCE_BYTES:]
    return AESGCM(sealing.key).decrypt(nonce, text, sealing.tag)


@pytest.mark.parametrize("vector", VECTORS["records"], ids=lambda vector: vector["code"])
def test_records_are_those_that_the_scanner_is_tried_with(vector: dict[str, str]) -> None:
    sealing = sealing_of(CardCode(vector["code"]))

    record = seal(sealing, vector["plain"].encode(), raw(vector["nonce"]))

    assert record == raw(vector["sealed"])


def test_the_card_itself_opens_its_record() -> None:
    assert unsealed(MINE, seal(MINE, PLAIN, NONCE)) == PLAIN


@pytest.mark.parametrize(
    "wrong",
    [ANOTHERS, replace(MINE, tag=ANOTHERS.tag), replace(MINE, key=ANOTHERS.key)],
    ids=["another card", "another's tag", "another's key"],
)
def test_nothing_else_opens_it(wrong: Sealing) -> None:
    with pytest.raises(InvalidTag):
        unsealed(wrong, seal(MINE, PLAIN, NONCE))


@pytest.mark.parametrize("place", [0, 12, 40, -1])
def test_a_record_of_which_one_bit_changed_does_not_open(place: int) -> None:
    record = bytearray(seal(MINE, PLAIN, NONCE))
    record[place] ^= 1

    with pytest.raises(InvalidTag):
        unsealed(MINE, bytes(record))


def test_it_opens_here_as_well_and_what_does_not_is_nothing() -> None:
    record = seal(MINE, PLAIN, NONCE)

    assert unseal(MINE, record) == PLAIN
    assert [unseal(ANOTHERS, record), unseal(MINE, record[:-1]), unseal(MINE, b"")] == [None] * 3


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

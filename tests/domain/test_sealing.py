"""Sealed balances: RFC 5869's vectors, those shared with the scanner, and what records say."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.cards import CODE_BYTES, CardCode, make_card_code
from points.domain.facts import CardState
from points.domain.sealing import (
    KEY_BYTES,
    PLAIN_BYTES,
    TAG_BYTES,
    hkdf,
    plain_balance,
    sealing_of,
)
from tests.market import NOW

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "sealed.json").read_text("utf-8")
)

codes = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(make_card_code)

# RFC 5869, appendices A.1 to A.3: secret, salt, info, and what is derived.
PUBLISHED = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        (
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
            "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
            "cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
    ),
    (
        "0b" * 22,
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]


@pytest.mark.parametrize(("secret", "salt", "info", "derived"), PUBLISHED)
def test_keys_are_derived_as_rfc_5869_has_it(
    secret: str, salt: str, info: str, derived: str
) -> None:
    found = hkdf(
        bytes.fromhex(secret),
        salt=bytes.fromhex(salt),
        info=bytes.fromhex(info),
        length=len(derived) // 2,
    )

    assert found.hex() == derived


@pytest.mark.parametrize("vector", VECTORS["records"], ids=lambda vector: vector["code"])
def test_a_cards_tag_and_key_never_change(vector: dict[str, str]) -> None:
    sealing = sealing_of(CardCode(vector["code"]))

    assert (sealing.tag, sealing.key) == (raw(vector["tag"]), raw(vector["key"]))


@given(st.sets(codes, min_size=2, max_size=20))
def test_no_two_cards_share_a_tag_or_a_key(some: set[CardCode]) -> None:
    sealings = [sealing_of(code) for code in some]

    assert len({one.tag for one in sealings}) == len({one.key for one in sealings}) == len(some)
    assert {(len(one.tag), len(one.key)) for one in sealings} == {(TAG_BYTES, KEY_BYTES)}


def test_a_key_is_never_shown() -> None:
    sealing = sealing_of(make_card_code(bytes(16)))

    assert repr(sealing) == f"Sealing(tag={sealing.tag!r})"


@pytest.mark.parametrize("available", [0, 1, 120, 2**53 - 1])
def test_every_record_is_as_long_as_any_other(available: int) -> None:
    plain = plain_balance(available, CardState.ACTIVE, NOW)

    assert len(plain) == PLAIN_BYTES
    assert json.loads(plain) == {"a": available, "s": "active", "t": 1575511200}


@pytest.mark.parametrize("state", [CardState.FROZEN, CardState.REPLACED])
def test_a_stopped_card_says_so_and_nothing_of_its_points(state: CardState) -> None:
    assert json.loads(plain_balance(120, state, NOW)) == {"a": 0, "s": state, "t": 1575511200}


def test_a_record_is_told_to_the_second() -> None:
    later = NOW + timedelta(milliseconds=1999)

    assert json.loads(plain_balance(1, CardState.ACTIVE, later))["t"] == 1575511201


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

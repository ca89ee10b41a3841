"""Sealed balances: what a phone may carry about a card that it can only read with the card in hand.

A phone without a network must know how much a card may still spend, and a lost phone must tell
nobody what anybody has. So each record is found by a tag and opened by a key, and both are made of
the card's code alone: whoever holds the phone but not the card has noise. The service keeps tag and
key of every card that it prints, never the code.

The key is derived by HKDF (RFC 5869); a card's code holds 128 random bits, so no slow derivation is
needed. The TypeScript twin is held to the same by `tests/vectors/sealed.json`.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from math import ceil

from points.domain.cards import CardCode
from points.domain.facts import CardState

TAG_BYTES = 16
KEY_BYTES = 32
PLAIN_BYTES = 64
"""Every record is as long as any other: its length tells nothing of the balance in it."""

_HASH_BYTES = 32
_TAG_OF = b"points:sealed-tag:"
_KEY_OF = b"points:sealed-balance:v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """By what a card's record is found, and what opens it."""

    tag: bytes
    key: bytes = field(repr=False)


def sealing_of(code: CardCode) -> Sealing:
    """Derive both from a card's code."""
    secret = code.encode("ascii")
    return Sealing(
        tag=sha256(_TAG_OF + secret).digest()[:TAG_BYTES],
        key=hkdf(secret, salt=b"", info=_KEY_OF, length=KEY_BYTES),
    )


def plain_balance(available: int, state: CardState, at: datetime) -> bytes:
    """Write what a record says: 64 bytes of JSON, filled up with spaces.

    A card that was stopped says only that: whoever found it learns no figures.

    Args:
        available: Points that the card's household can spend.
        state: What became of the card.
        at: As of when.
    """
    points = available if state is CardState.ACTIVE else 0
    text = f'{{"a":{points},"s":"{state}","t":{int(at.timestamp())}}}'
    plain = text.encode("ascii").ljust(PLAIN_BYTES)
    assert len(plain) == PLAIN_BYTES, "no balance is that long"
    return plain


def hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """Derive a key by HKDF with SHA-256, as RFC 5869 has it."""
    extracted = hmac.digest(salt or bytes(_HASH_BYTES), secret, sha256)
    derived, block = b"", b""
    for number in range(1, ceil(length / _HASH_BYTES) + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), sha256)
        derived += block
    return derived[:length]

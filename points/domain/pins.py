"""A household's PIN: six digits, kept as a slow salted hash, and locked when it is guessed at.

A million PINs are soon tried, so what protects them is that hardly any try is let pass: after a few
wrong ones whoever asks must wait, longer each time. The hash (scrypt, RFC 7914) only keeps a stolen
database from being read at a glance.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

Pin = NewType("Pin", str)

SALT_BYTES = 16
FREE_TRIES = 3
"""Wrong PINs in a row before there is a wait."""

_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)
_FULLWIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_RISING = "01234567890"
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 8 * 60, 24 * 60))
_COST, _BLOCK, _LANES = 2**14, 8, 1


class PinFault(StrEnum):
    """Why a PIN cannot be taken. Closed: pages have words for each."""

    NOT_SIX_DIGITS = "not_six_digits"
    TOO_PLAIN = "too_plain"
    """All the same digit, or digits in order: what everybody tries first."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs in a row, and until when no other is looked at."""

    count: int = 0
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Tell whether nothing is looked at now; a clock that was set back locks nobody out."""
        until = self.locked_until
        return until is not None and now < until <= now + _WAITS[-1]

    def after(self, now: datetime) -> "Tries":
        """Give the tries after one more that was wrong."""
        count = self.count + 1
        if count < FREE_TRIES:
            return Tries(count)
        return Tries(count, now + _WAITS[min(count - FREE_TRIES, len(_WAITS) - 1)])


def read_pin(typed: str) -> Pin | PinFault:
    """Read a new PIN as typed, digits of either width."""
    digits = typed.translate(_FULLWIDTH).strip()
    if _DIGITS.fullmatch(digits) is None:
        return PinFault.NOT_SIX_DIGITS
    if len(set(digits)) == 1 or digits in _RISING or digits[::-1] in _RISING:
        return PinFault.TOO_PLAIN
    return Pin(digits)


def hash_pin(pin: str, salt: bytes) -> bytes:
    """Hash a PIN with its salt; takes some hundredths of a second on purpose."""
    said = pin.translate(_FULLWIDTH).strip().encode()
    return hashlib.scrypt(said, salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)


def is_pin(pin: str, salt: bytes, expected: bytes) -> bool:
    """Tell whether this is the PIN, taking as long for every wrong one."""
    return hmac.compare_digest(hash_pin(pin, salt), expected)

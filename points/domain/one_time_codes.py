"""What stands for a card for one minute, once: a code that a household's own page shows.

80 random bits in Crockford's base32 between a version and the check character that cards have:

    T1 ABCDEFGHJKMNPQRS T

Held up where goods are handed out, it says that whoever asks has the household's page before them
now; a photo of it is worth nothing a minute later. It never reads as a card or as a slip.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from points.domain.cards import BASE32, CodeFault, base32, check_character

OneTimeCode = NewType("OneTimeCode", str)

ONE_TIME_BYTES = 10
ONE_TIME_LENGTH = 19
LIVES = timedelta(seconds=60)
"""How long a code lives, to the microsecond."""

_VERSION = "T1"
_BODY_LENGTH = 16
_SCANNED_LENGTH_MAX = 64
_THIS_VERSION = re.compile(rf"{_VERSION}[{BASE32}]{{{_BODY_LENGTH}}}[0-9A-Z]")
_SOME_VERSION = re.compile(r"T[0-9A-Z]{14,}")
_BLANKS = " \t\r\n\u3000"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From when until just before when a code may be used."""

    begins: datetime

    @property
    def ends(self) -> datetime:
        """Give the first instant at which it is no longer good."""
        return self.begins + LIVES

    def holds(self, moment: datetime) -> bool:
        """Tell whether a code is good at the instant.

        Two machines' clocks may differ by some seconds, so it is also good a little before it was
        made; but no longer before than it lives, should a clock have been set back by hours.
        """
        return self.begins - LIVES <= moment < self.ends


def make_one_time_code(random_bytes: bytes) -> OneTimeCode:
    """Spell 10 random bytes as a one-time code of 19 characters.

    Raises:
        ValueError: Another number of bytes; a shorter code could be guessed.
    """
    if len(random_bytes) != ONE_TIME_BYTES:
        said = f"a one-time code is made of {ONE_TIME_BYTES} bytes, not {len(random_bytes)}"
        raise ValueError(said)
    body = _VERSION + base32(random_bytes, _BODY_LENGTH)
    return OneTimeCode(body + check_character(body))


def read_one_time_code(scanned: str) -> OneTimeCode | CodeFault:
    """Read a one-time code as it was scanned, in either case. Never raises."""
    code = scanned.strip(_BLANKS) if len(scanned) <= _SCANNED_LENGTH_MAX else ""
    if not (code.isascii() and code.isalnum()):  # before upper(): "ı" would turn into I
        return CodeFault.UNREADABLE
    code = code.upper()
    is_checked = check_character(code[:-1]) == code[-1]
    if _THIS_VERSION.fullmatch(code):
        return OneTimeCode(code) if is_checked else CodeFault.CHECK_FAILED
    if is_checked and _SOME_VERSION.fullmatch(code) and not code.startswith(_VERSION):
        return CodeFault.OTHER_VERSION
    return CodeFault.UNREADABLE


def one_time_fingerprint(code: OneTimeCode) -> bytes:
    """Hash a code to the 32 bytes that are stored in its place."""
    return hashlib.sha256(b"points:one-time-code:" + code.encode("ascii")).digest()

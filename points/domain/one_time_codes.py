"""What stands for a card for one minute, once: a code that a household's own page shows.

80 random bits in Crockford's base32 between a version and the check character that cards have:

    T1 ABCDEFGHJKMNPQRS T

Held up where goods are handed out, it says that whoever asks has the household's page before them
now; a photo of it is worth nothing a minute later. It never reads as a card or as a slip.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from points.domain.checked_codes import CodeFault, Spelling

OneTimeCode = NewType("OneTimeCode", str)

ONE_TIME_BYTES = 10
ONE_TIME_LENGTH = 19
LIVES = timedelta(seconds=60)
"""How long a code lives, to the microsecond."""

_SPELLING = Spelling(
    of="a one-time code", version="T1", byte_count=ONE_TIME_BYTES, later_length_min=15
)


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
    return OneTimeCode(_SPELLING.make(random_bytes))


def read_one_time_code(scanned: str) -> OneTimeCode | CodeFault:
    """Read a one-time code as it was scanned, in either case. Never raises."""
    code = _SPELLING.read_bare(scanned)
    return code if isinstance(code, CodeFault) else OneTimeCode(code)


def one_time_fingerprint(code: OneTimeCode) -> bytes:
    """Hash a code to the 32 bytes that are stored in its place."""
    return hashlib.sha256(b"points:one-time-code:" + code.encode("ascii")).digest()

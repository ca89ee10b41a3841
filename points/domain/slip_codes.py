"""What names a slip: the one-time code on a piece of paper that is worth points.

80 random bits in Crockford's base32 between a version and the check character that cards have,
printed in groups to be typed where no camera reads it:

    S1AB CDEF GHJK MNPQ RST

Shorter than a card's code, since it is worth little, for a few weeks and once. The two never read
as each other: a slip held up as a card is told apart before anything is sent. The TypeScript twin
is held to the same by `tests/vectors/slips.json`.
"""

import hashlib
import re
from typing import NewType

from points.domain.checked_codes import CodeFault, Spelling

SlipCode = NewType("SlipCode", str)

SLIP_BYTES = 10
SLIP_LENGTH = 19
TYPED_LENGTH_MAX = 64

_SPELLING = Spelling(of="a slip's code", version="S1", byte_count=SLIP_BYTES, later_length_min=15)
# Listed, because languages differ in what they strip: blanks, and hyphens of every width.
_BETWEEN = re.compile("[ \t\r\n\u3000\\-\u2010-\u2013\uff0d]")
_GROUP = 4


def make_slip_code(random_bytes: bytes) -> SlipCode:
    """Spell 10 random bytes as a slip's code of 19 characters.

    Raises:
        ValueError: Another number of bytes; a shorter code could be guessed.
    """
    return SlipCode(_SPELLING.make(random_bytes))


def read_slip_code(scanned: str) -> SlipCode | CodeFault:
    """Read a slip's code as it was scanned or typed: in either case, its groups apart or together.

    A code has one spelling: O is not read as 0, nor I as 1. Never raises, and looks at no more
    than 64 characters.
    """
    if len(scanned) > TYPED_LENGTH_MAX:
        return CodeFault.UNREADABLE
    code = _SPELLING.read(_BETWEEN.sub("", scanned))
    return code if isinstance(code, CodeFault) else SlipCode(code)


def in_groups(code: SlipCode) -> str:
    """Write the code the way it is printed: `S1AB CDEF GHJK MNPQ RST`."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def slip_fingerprint(code: SlipCode) -> bytes:
    """Hash a code to the 32 bytes that are stored in its place."""
    return hashlib.sha256(b"points:slip-code:" + code.encode("ascii")).digest()

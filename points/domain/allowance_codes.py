"""What names an allowance 代领: the code of a card that spends a part of a household's points.

128 random bits, spelled as a card's code is, behind a version of its own:

    A1 0QZ3K7… (26 characters) M

A child or a neighbour carries it, on paper or on a screen. It never reads as a card: it earns
nothing, opens no page, and nothing can be bound to it.
"""

import hashlib
from typing import NewType

from points.domain.cards import CODE_BYTES
from points.domain.checked_codes import CodeFault, Spelling

AllowanceCode = NewType("AllowanceCode", str)

ALLOWANCE_LENGTH = 29

_SPELLING = Spelling(
    of="an allowance's code", version="A1", byte_count=CODE_BYTES, later_length_min=21
)


def make_allowance_code(random_bytes: bytes) -> AllowanceCode:
    """Spell 16 random bytes as an allowance's code of 29 characters.

    Raises:
        ValueError: Another number of bytes; a shorter code could be guessed.
    """
    return AllowanceCode(_SPELLING.make(random_bytes))


def read_allowance_code(scanned: str) -> AllowanceCode | CodeFault:
    """Read an allowance's code as it was scanned, in either case. Never raises."""
    code = _SPELLING.read_bare(scanned)
    return code if isinstance(code, CodeFault) else AllowanceCode(code)


def allowance_fingerprint(code: AllowanceCode) -> bytes:
    """Hash a code to the 32 bytes that are stored in its place."""
    return hashlib.sha256(b"points:allowance-code:" + code.encode("ascii")).digest()

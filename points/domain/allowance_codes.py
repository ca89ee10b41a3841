"""What names an allowance 代领: the code of a card that spends a part of a household's points.

128 random bits, spelled as a card's code is, behind a version of its own:

    A1 0QZ3K7… (26 characters) M

A child or a neighbour carries it, on paper or on a screen. It never reads as a card: it earns
nothing, opens no page, and nothing can be bound to it.
"""

import hashlib
import re
from typing import NewType

from points.domain.cards import BASE32, CODE_BYTES, CodeFault, base32, check_character

AllowanceCode = NewType("AllowanceCode", str)

ALLOWANCE_LENGTH = 29

_VERSION = "A1"
_BODY_LENGTH = 26
_SCANNED_LENGTH_MAX = 64
_THIS_VERSION = re.compile(rf"{_VERSION}[0-7][{BASE32}]{{25}}[0-9A-Z]")
_SOME_VERSION = re.compile(r"A[0-9A-Z]{20,}")
_BLANKS = " \t\r\n\u3000"


def make_allowance_code(random_bytes: bytes) -> AllowanceCode:
    """Spell 16 random bytes as an allowance's code of 29 characters.

    Raises:
        ValueError: Another number of bytes; a shorter code could be guessed.
    """
    if len(random_bytes) != CODE_BYTES:
        said = f"an allowance's code is made of {CODE_BYTES} bytes, not {len(random_bytes)}"
        raise ValueError(said)
    body = _VERSION + base32(random_bytes, _BODY_LENGTH)
    return AllowanceCode(body + check_character(body))


def read_allowance_code(scanned: str) -> AllowanceCode | CodeFault:
    """Read an allowance's code as it was scanned, in either case. Never raises."""
    code = scanned.strip(_BLANKS) if len(scanned) <= _SCANNED_LENGTH_MAX else ""
    if not (code.isascii() and code.isalnum()):  # before upper(): "ı" would turn into I
        return CodeFault.UNREADABLE
    code = code.upper()
    is_checked = check_character(code[:-1]) == code[-1]
    if _THIS_VERSION.fullmatch(code):
        return AllowanceCode(code) if is_checked else CodeFault.CHECK_FAILED
    if is_checked and _SOME_VERSION.fullmatch(code) and not code.startswith(_VERSION):
        return CodeFault.OTHER_VERSION
    return CodeFault.UNREADABLE


def allowance_fingerprint(code: AllowanceCode) -> bytes:
    """Hash a code to the 32 bytes that are stored in its place."""
    return hashlib.sha256(b"points:allowance-code:" + code.encode("ascii")).digest()

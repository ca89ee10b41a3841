"""How every secret that is scanned is spelled: a version, its random bytes, one check character.

The bytes stand in Crockford's base32 (Douglas Crockford, "Base 32 Encoding": no I, L, O, U) behind
a version of a letter and a digit; the check character is that of ISO/IEC 7064, MOD 37,36:

    P1 0QZ3K7… (26 characters for 16 bytes) M

Each kind of code has a letter of its own, so that none ever reads as another. A later version of
the same letter is told apart from a misread code, so that an old scanner asks to be renewed and
not to be held closer. Bytes are drawn by the caller; nothing here is random.
"""

import re
from enum import StrEnum

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's digits."""
BLANKS = " \t\r\n\u3000"
"""What may stand around a code; listed, because languages differ in what they strip."""
BARE_LENGTH_MAX = 64
"""How much is looked at of what can hold nothing but a code."""

_CHECKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BITS_A_DIGIT = 5


class CodeFault(StrEnum):
    """Why a scanned text is no code. Closed: the scanner has words for each."""

    UNREADABLE = "unreadable"
    """Not ours: another QR, a number, noise."""
    OTHER_VERSION = "other_version"
    """Whole, and of a version that this program does not know."""
    CHECK_FAILED = "check_failed"
    """Ours by its shape, but misread or mistyped."""


class Spelling:
    """How one kind of code is written, for ever."""

    def __init__(self, *, of: str, version: str, byte_count: int, later_length_min: int) -> None:
        """Say what a kind of code is made of.

        Args:
            of: What is named, for whoever hands in another number of bytes.
            version: A letter of its own and a digit.
            byte_count: How many random bytes a code holds.
            later_length_min: The shortest that another version of the same letter may be.
        """
        self._of = of
        self._version = version
        self._byte_count = byte_count
        self._body_length = -(-byte_count * 8 // _BITS_A_DIGIT)
        # The first digit holds what bits the others leave, so a code has one spelling.
        first_bits = byte_count * 8 - (self._body_length - 1) * _BITS_A_DIGIT
        first, rest = BASE32[: 2**first_bits], self._body_length - 1
        self._this = re.compile(rf"{version}[{first}][{BASE32}]{{{rest}}}[0-9A-Z]")
        self._some = re.compile(rf"{version[0]}[0-9A-Z]{{{later_length_min - 1},}}")

    def make(self, random_bytes: bytes) -> str:
        """Spell random bytes as a code.

        Raises:
            ValueError: Another number of bytes; a shorter code could be guessed.
        """
        if len(random_bytes) != self._byte_count:
            said = f"{self._of} is made of {self._byte_count} bytes, not {len(random_bytes)}"
            raise ValueError(said)
        body = self._version + base32(random_bytes, self._body_length)
        return body + check_character(body)

    def read(self, text: str) -> str | CodeFault:
        """Read a code that stands alone, in either case, and give it in capitals. Never raises."""
        if not text.isascii():  # before upper(): "ı" and "ſ" would turn into I and S
            return CodeFault.UNREADABLE
        code = text.upper()
        if self._this.fullmatch(code):
            return code if _is_checked(code) else CodeFault.CHECK_FAILED
        if code.startswith(self._version) or not self._some.fullmatch(code):
            return CodeFault.UNREADABLE
        return CodeFault.OTHER_VERSION if _is_checked(code) else CodeFault.UNREADABLE

    def read_bare(self, scanned: str) -> str | CodeFault:
        """Read a code as it was scanned, with nothing but blanks around it. Never raises."""
        if len(scanned) > BARE_LENGTH_MAX:
            return CodeFault.UNREADABLE
        return self.read(scanned.strip(BLANKS))


def base32(raw: bytes, length: int) -> str:
    """Spell bytes in Crockford's base32, as one number of so many digits."""
    bits = int.from_bytes(raw, "big")
    return "".join(BASE32[bits >> 5 * place & 31] for place in reversed(range(length)))


def check_character(text: str) -> str:
    """Compute the ISO/IEC 7064 MOD 37,36 check character of digits and capital letters.

    Catches every single wrong character, and all but one in 630 swaps of two neighbours.
    """
    return _CHECKED[(37 - _mod_37_36(text)) % 36]


def _is_checked(code: str) -> bool:
    return check_character(code[:-1]) == code[-1]


def _mod_37_36(text: str) -> int:
    product = 36
    for character in text:
        product = ((product + _CHECKED.index(character)) % 36 or 36) * 2 % 37
    return product

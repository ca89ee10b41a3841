"""What names a card: the secret code in its QR, and the number people say aloud.

The code is the credential: 128 random bits, so it is found only by looking at the card. Printed in
Crockford's base32 (Douglas Crockford, "Base 32 Encoding": no I, L, O, U) between a version and one
check character by ISO/IEC 7064, MOD 37,36:

    P1 0QZ3K7… (26 characters) M

The number is for a voice: eight free digits, said as 3-3-3, and a check digit by H. Michael Damm
("Total anti-symmetrische Quasigruppen", 2004). It names a card and authorises nothing by itself.
Bytes and numbers are drawn by the caller; nothing here is random. What is read here may be any
text at all: it is answered, never raised about.
"""

import hashlib
import re
from enum import StrEnum
from typing import NewType
from urllib.parse import urlsplit

CardCode = NewType("CardCode", str)
CardNumber = NewType("CardNumber", str)

CODE_BYTES = 16
CODE_LENGTH = 29
NUMBER_MIN = 10_000_000
NUMBER_MAX = 99_999_999  # 90 million numbers: ten million cards leave eight of nine unused
SCANNED_LENGTH_MAX = 512
PUBLIC_URL_LENGTH_MAX = 255

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's digits."""

_VERSION = "P1"
_BODY_LENGTH = 26
_CHECKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# 26 characters hold 130 bits and a code has 128, so the first stays below 8.
_THIS_VERSION = re.compile(rf"{_VERSION}[0-7][{BASE32}]{{25}}[0-9A-Z]")
_SOME_VERSION = re.compile(r"P[0-9A-Z]{20,}")
_ADDRESS = re.compile(r"HTTPS?://[^/?#]+(?:(?:/[^?#]*)?/C/|(?:[/?][^#]*)?#)([0-9A-Z]+)")
_PUBLIC_URL = re.compile(r"https?://[0-9A-Za-z.:\[\]-]+(?:/[0-9A-Za-z._~/-]*)?", re.ASCII)

_GAP = r"[ \u3000\-\u2010-\u2013\uff0d]*"  # hyphens too come in more than one width
_TYPED_NUMBER = re.compile(rf"([1-9][0-9]{{2}}){_GAP}([0-9]{{3}}){_GAP}([0-9]{{3}})")
_TYPED_LENGTH_MAX = 64
_BLANKS = " \t\r\n\u3000"  # listed, because languages differ in what they strip
_FULLWIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")

# Rows by the digit so far, columns by the next; a right number ends on 0.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


class CodeFault(StrEnum):
    """Why a scanned text is no card code. Closed: the scanner has words for each."""

    UNREADABLE = "unreadable"
    """Not ours: another QR, a number, noise."""
    OTHER_VERSION = "other_version"
    """Whole, and of a version that this program does not know."""
    CHECK_FAILED = "check_failed"
    """Ours by its shape, but misread or mistyped."""


def make_card_code(random_bytes: bytes) -> CardCode:
    """Spell 16 random bytes as a card code of 29 characters.

    Raises:
        ValueError: Another number of bytes; a shorter code could be guessed.
    """
    if len(random_bytes) != CODE_BYTES:
        raise ValueError(f"a card code is made of {CODE_BYTES} bytes, not {len(random_bytes)}")
    body = _VERSION + base32(random_bytes, _BODY_LENGTH)
    return CardCode(body + check_character(body))


def read_card_code(scanned: str) -> CardCode | CodeFault:
    """Find the card code in what a scanner, a camera or a keyboard sent.

    Taken: the bare code, or an address of any host that ends in `/c/CODE` or `#CODE`; in either
    case, since scanners with caps lock on swap it; with spaces, tabs and line ends around it.
    Never taken: a code with anything inside or behind it, fullwidth letters, a number. Crockford's
    second spellings (o for 0, l for 1) are not read either: a credential has one spelling.

    Never raises, and looks at no more than 512 characters.
    """
    code = _without_address(scanned)
    if _THIS_VERSION.fullmatch(code):
        return CardCode(code) if _is_checked(code) else CodeFault.CHECK_FAILED
    if _SOME_VERSION.fullmatch(code) and not code.startswith(_VERSION) and _is_checked(code):
        return CodeFault.OTHER_VERSION
    return CodeFault.UNREADABLE


def card_text(code: CardCode, public_url: str | None) -> str:
    """Say what the card's QR holds: an address that a plain phone can open, or the bare code.

    In upper case where that changes nothing, for QR packs upper case into 5.5 bits a letter: scheme
    and host are read in either case (RFC 3986, 6.2.2.1), and our own `/C/` and the code are too. A
    path in front of it keeps its case, because only its server knows what that means.

    Raises:
        ValueError: `public_url` is no plain `http(s)://host[:port][/path]` of at most 255 letters.
    """
    if public_url is None:
        return code
    if len(public_url) > PUBLIC_URL_LENGTH_MAX or not _PUBLIC_URL.fullmatch(public_url):
        raise ValueError("the public address must be http(s)://host, with no user, query or #")
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}".upper() + f"{parts.path.rstrip('/')}/C/{code}"


def code_fingerprint(code: CardCode) -> bytes:
    """Hash a code to the 32 bytes that may be stored in its place.

    One round of SHA-256 is enough: slowness protects what can be guessed, and 128 random bits
    cannot. The prefix keeps this hash apart from any other that is made of the same code.
    """
    return hashlib.sha256(b"points:card-code:" + code.encode("ascii")).digest()


def make_card_number(drawn: int) -> CardNumber:
    """Spell a number from 10,000,000 to 99,999,999 as a card number of nine digits.

    Raises:
        ValueError: `drawn` is outside; the first digit is never 0, so spreadsheets keep them all.
    """
    if not NUMBER_MIN <= drawn <= NUMBER_MAX:
        raise ValueError(f"a card number is made of {NUMBER_MIN} to {NUMBER_MAX}, not {drawn}")
    digits = str(drawn)
    return CardNumber(digits + _damm_digit(digits))


def read_card_number(typed: str) -> CardNumber | None:
    """Read a card number as typed: three groups, together or apart, digits of either width.

    Every single wrong digit and every swap of two neighbours answers None. Never raises.
    """
    if len(typed) > _TYPED_LENGTH_MAX:
        return None
    groups = _TYPED_NUMBER.fullmatch(typed.translate(_FULLWIDTH_DIGITS).strip(_BLANKS))
    if groups is None:
        return None
    number = "".join(groups.groups())
    return CardNumber(number) if _damm_digit(number) == "0" else None


def spoken(number: CardNumber) -> str:
    """Group the number the way it is said: `271 836 504`."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def base32(raw: bytes, length: int) -> str:
    """Spell bytes in Crockford's base32, as one number of so many digits."""
    bits = int.from_bytes(raw, "big")
    return "".join(BASE32[bits >> 5 * place & 31] for place in reversed(range(length)))


def check_character(text: str) -> str:
    """Compute the ISO/IEC 7064 MOD 37,36 check character of digits and capital letters.

    Catches every single wrong character, and all but one in 630 swaps of two neighbours.
    """
    return _CHECKED[(37 - _mod_37_36(text)) % 36]


def _without_address(scanned: str) -> str:
    """Take the code off its address, in capitals; empty when there can be none."""
    if len(scanned) > SCANNED_LENGTH_MAX:
        return ""
    text = scanned.strip(_BLANKS)
    # Before upper(): "ı" and "ſ" would turn into the plain letters I and S.
    if not (text.isascii() and text.isprintable()) or " " in text:
        return ""
    text = text.upper()
    address = _ADDRESS.fullmatch(text)
    return address[1] if address else text


def _is_checked(code: str) -> bool:
    return check_character(code[:-1]) == code[-1]


def _mod_37_36(text: str) -> int:
    product = 36
    for character in text:
        product = ((product + _CHECKED.index(character)) % 36 or 36) * 2 % 37
    return product


def _damm_digit(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim

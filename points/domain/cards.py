"""What names a card: the secret code in its QR, and the number people say aloud.

The code is the credential: 128 random bits, so it is found only by looking at the card. It is
spelled as `points/domain/checked_codes.py` says:

    P1 0QZ3K7… (26 characters) M

The number is for a voice: eight free digits, said as 3-3-3, and a check digit by H. Michael Damm
("Total anti-symmetrische Quasigruppen", 2004). It names a card and authorises nothing by itself.
Bytes and numbers are drawn by the caller; nothing here is random. What is read here may be any
text at all: it is answered, never raised about.
"""

import hashlib
import re
from typing import NewType
from urllib.parse import urlsplit

from points.domain.checked_codes import BLANKS, CodeFault, Spelling

CardCode = NewType("CardCode", str)
CardNumber = NewType("CardNumber", str)

CODE_BYTES = 16
CODE_LENGTH = 29
NUMBER_MIN = 10_000_000
NUMBER_MAX = 99_999_999  # 90 million numbers: ten million cards leave eight of nine unused
SCANNED_LENGTH_MAX = 512
PUBLIC_URL_LENGTH_MAX = 255

_SPELLING = Spelling(of="a card code", version="P1", byte_count=CODE_BYTES, later_length_min=21)
_ADDRESS = re.compile(r"HTTPS?://[^/?#]+(?:(?:/[^?#]*)?/C/|(?:[/?][^#]*)?#)([0-9A-Z]+)")
_PUBLIC_URL = re.compile(r"https?://[0-9A-Za-z.:\[\]-]+(?:/[0-9A-Za-z._~/-]*)?", re.ASCII)

_GAP = r"[ \u3000\-\u2010-\u2013\uff0d]*"  # hyphens too come in more than one width
_TYPED_NUMBER = re.compile(rf"([1-9][0-9]{{2}}){_GAP}([0-9]{{3}}){_GAP}([0-9]{{3}})")
_TYPED_LENGTH_MAX = 64
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


def make_card_code(random_bytes: bytes) -> CardCode:
    """Spell 16 random bytes as a card code of 29 characters.

    Raises:
        ValueError: Another number of bytes; a shorter code could be guessed.
    """
    return CardCode(_SPELLING.make(random_bytes))


def read_card_code(scanned: str) -> CardCode | CodeFault:
    """Find the card code in what a scanner, a camera or a keyboard sent.

    Taken: the bare code, or an address of any host that ends in `/c/CODE` or `#CODE`; in either
    case, since scanners with caps lock on swap it; with spaces, tabs and line ends around it.
    Never taken: a code with anything inside or behind it, fullwidth letters, a number. Crockford's
    second spellings (o for 0, l for 1) are not read either: a credential has one spelling.

    Never raises, and looks at no more than 512 characters.
    """
    code = _SPELLING.read(_without_address(scanned))
    return code if isinstance(code, CodeFault) else CardCode(code)


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
    groups = _TYPED_NUMBER.fullmatch(typed.translate(_FULLWIDTH_DIGITS).strip(BLANKS))
    if groups is None:
        return None
    number = "".join(groups.groups())
    return CardNumber(number) if _damm_digit(number) == "0" else None


def spoken(number: CardNumber) -> str:
    """Group the number the way it is said: `271 836 504`."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _without_address(scanned: str) -> str:
    """Take the code off its address, in capitals; empty when there can be none."""
    if len(scanned) > SCANNED_LENGTH_MAX:
        return ""
    text = scanned.strip(BLANKS)
    # Before upper(): "ı" and "ſ" would turn into the plain letters I and S.
    if not (text.isascii() and text.isprintable()) or " " in text:
        return ""
    text = text.upper()
    address = _ADDRESS.fullmatch(text)
    return address[1] if address else text


def _damm_digit(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim

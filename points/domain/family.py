"""Family codes: eight digits that say that a card was in somebody's hand at a booth just now.

A household takes a card in, or lets one go, on its own page and by such a code: nobody can take
another's card into their household without having held it up.
"""

import re
import unicodedata
from datetime import timedelta
from hashlib import sha256
from typing import NewType

from points.domain.desk import DeskFault, NotDone

FamilyCode = NewType("FamilyCode", str)

CODE_LASTS = timedelta(minutes=15)
TRIES_MAX = 5
"""Wrong codes that a household may type while one lasts."""
TRIES_OF_ALL_MAX = 200
"""Wrong codes that all households together may type meanwhile."""

_DIGITS = 8
_CODES = 10**_DIGITS
_GAPS = re.compile(r"[\s-]+")
_CODE = re.compile(r"[0-9]{8}", re.ASCII)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


def make_family_code(drawn: int) -> FamilyCode:
    """Make a code of a number drawn from many more than there are codes."""
    return FamilyCode(f"{drawn % _CODES:0{_DIGITS}}")


def read_family_code(typed: str) -> FamilyCode | None:
    """Read a code as people type it: with gaps, with fullwidth digits."""
    plain = _GAPS.sub("", unicodedata.normalize("NFKC", typed).translate(_DASHES))
    return FamilyCode(plain) if _CODE.fullmatch(plain) else None


def in_groups(code: FamilyCode) -> str:
    """Write a code as it is said aloud: "1234 5678"."""
    return f"{code[:4]} {code[4:]}"


def family_code_hash(code: FamilyCode) -> bytes:
    """Give what is kept of a code. It lasts too short to be found by trying them all elsewhere."""
    return sha256(b"points:family-code:" + code.encode("ascii")).digest()


def tries_fault(mine: int, of_all: int) -> NotDone | None:
    """Say why no more codes are looked at, after so many wrong ones."""
    if mine >= TRIES_MAX or of_all >= TRIES_OF_ALL_MAX:
        return NotDone(reason=DeskFault.CODE_LOCKED)
    return None

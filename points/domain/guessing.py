"""Hold back who guesses at cards' codes, wherever from, and notice when many do.

A code holds 128 random bits: nobody finds one by guessing. What is held back is the noise, and what
is noticed is that somebody tries. Only codes that no card has are counted, so a venue whose people
all come from one address opens as many cards as it likes.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from points.domain.cases import CaseKind, NewCase
from points.domain.consents import PAGE

WINDOW = timedelta(minutes=10)
"""Guesses are counted together for so long, and forgotten with the next stretch."""

OF_EACH_MAX = 20
"""Wrong codes after which an address waits."""

OF_ALL_MAX = 1_000
"""Wrong codes after which everybody waits who opens a card anew, and somebody is told."""

EVERYONE = sha256(b"points:guess-of-all").digest()
"""Stands for all addresses together."""


class Guessed(StrEnum):
    """What was guessed at, as it stands in a case. Kept: add, never rename."""

    CARDS = "cards"
    FAMILY_CODES = "family_codes"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def source_of(address: str) -> bytes:
    """Name an address by a hash: what is kept of a visitor is no address."""
    return sha256(b"points:guess-of:" + address.encode()).digest()


def window_of(now: datetime) -> datetime:
    """Give the beginning of the stretch that holds the instant."""
    return now - (now - _EPOCH) % WINDOW


def wait_before(mine: int, everyones: int, now: datetime) -> timedelta | None:
    """Tell how long to wait before the next code is tried; None where it may be tried now."""
    if mine < OF_EACH_MAX and everyones < OF_ALL_MAX:
        return None
    return window_of(now) + WINDOW - now


def is_alarming(everyones: int) -> bool:
    """Tell whether the guess that brings all to this number is the one that makes all wait."""
    return everyones == OF_ALL_MAX


def alarm(what: Guessed, now: datetime) -> NewCase:
    """Give the case that tells organisers; one a day, however long somebody goes on."""
    day = now.astimezone(UTC).date()
    return NewCase(
        kind=CaseKind.GUESSING,
        reference=f"guessing:{what}:{day}",
        device=PAGE,
        details={"what": what.value},
    )

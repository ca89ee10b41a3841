"""Residents' visits: a card that is shown opens its household's page in a browser, for a while.

The browser holds a token; the database holds its hash, and the card's code sealed under a key that
is made of the token. So the browser can show its own code again, while whoever has the database, or
the browser after the visit has ended, has nothing. A visit ends at once when its card is stopped.

No instant of a later visit is kept: nothing here needs it, and it would tell who looked when.
"""

import hmac
import logging
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from points.domain.cards import CardCode, code_fingerprint, read_card_code
from points.domain.checked_codes import CodeFault
from points.domain.facts import Card, CardState
from points.domain.guessing import (
    EVERYONE,
    Guessed,
    alarm,
    is_alarming,
    source_of,
    wait_before,
    window_of,
)
from points.domain.operations import card_by_code
from points.domain.sealing import Sealing, hkdf
from points.outside.sealed_records import NONCE_BYTES, seal, unseal
from points.service.cards import RandomBytes
from points.service.transactions import settle, snapshot
from points.storage.cases import open_cases
from points.storage.engine import Database
from points.storage.people import load_cards
from points.storage.sessions import (
    Holding,
    add_session,
    count_guesses,
    end_session,
    hold_card_state,
    load_holdings,
    note_guess,
)

LIVES = timedelta(days=30)
"""How long a browser is known."""

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY_OF_CODE = b"points:resident-code:v1"
_KEY_OF_FORMS = b"points:resident-forms:v1"
_KEY_BYTES = 32

_log = logging.getLogger(__name__)


class Unopened(StrEnum):
    """Why a card opened nothing. Each has its words on the page."""

    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    FROZEN = "frozen"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Too many codes were guessed; this one was not looked at."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class Opened:
    """A visit began. The token is for the browser alone and is told here once."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows to open a page: the text of a card's QR, from an address."""

    text: str = field(repr=False)
    address: str


def open_visit(
    database: Database, shown: Shown, *, now: datetime, random_bytes: RandomBytes
) -> Opened | Unopened | HeldBack:
    """Begin a visit with the code of a card."""
    code = read_card_code(shown.text)
    if isinstance(code, CodeFault):
        return Unopened.UNREADABLE
    source, ref = source_of(shown.address), card_by_code(code_fingerprint(code))
    with snapshot(database) as connection:
        guesses = count_guesses(connection, [source, EVERYONE], since=window_of(now))
        card = load_cards(connection, [ref]).get(ref)
    wait = wait_before(guesses.get(source, 0), guesses.get(EVERYONE, 0), now)
    if wait is not None:
        return HeldBack(wait)
    if card is None:
        _note_guess(database, source, now)
        return Unopened.UNKNOWN
    return _begin(database, card, code, now, random_bytes)


def end_visit(database: Database, token: str) -> None:
    """End a visit; one that has ended already stays so."""
    settle(database, lambda connection: end_session(connection, hash_of(token)))


def holdings_of(
    connection: Connection, tokens: Sequence[str], *, now: datetime
) -> list[Holding | None]:
    """Tell whose visits these are, in order; None where there is none, or not any more."""
    hashes = [hash_of(token) if _TOKEN.fullmatch(token) else b"" for token in tokens]
    found = load_holdings(connection, {one for one in hashes if one})
    return [_alive(found.get(one), now) for one in hashes]


def own_code(token: str, holding: Holding) -> CardCode | None:
    """Give the code of the visitor's own card, which nobody else can."""
    plain = unseal(_sealing(token), holding.sealed_code)
    return None if plain is None else CardCode(plain.decode("ascii"))


def form_seal(token: str) -> str:
    """Give what every form of a visit carries: another site cannot know it."""
    key = hkdf(token.encode("ascii"), salt=b"", info=_KEY_OF_FORMS, length=_KEY_BYTES)
    return _letters(key)


def is_form_seal(token: str, given: str) -> bool:
    """Tell whether a form is one of this visit's."""
    return hmac.compare_digest(form_seal(token).encode(), given.encode())


def hash_of(token: str) -> bytes:
    """Give what is kept of a token; it holds 256 random bits, so that one round is enough."""
    return sha256(token.encode("ascii")).digest()


def _alive(holding: Holding | None, now: datetime) -> Holding | None:
    if holding is None or holding.state is not CardState.ACTIVE:
        return None
    return holding if now < holding.made_at + LIVES else None


def _begin(
    database: Database, card: Card, code: CardCode, now: datetime, random_bytes: RandomBytes
) -> Opened | Unopened:
    token = _letters(random_bytes(_TOKEN_BYTES))
    sealed = seal(_sealing(token), code.encode("ascii"), random_bytes(NONCE_BYTES))

    def act(connection: Connection) -> Opened | Unopened:
        # Read once more, and held: a card that is being stopped must not leave a visit behind.
        state = hold_card_state(connection, card.id)
        if state is not CardState.ACTIVE:
            return Unopened(state)
        add_session(connection, hash_of(token), card=card.id, at=now, sealed_code=sealed)
        return Opened(token)

    return settle(database, act)


def _note_guess(database: Database, source: bytes, now: datetime) -> None:
    def act(connection: Connection) -> bool:
        window = window_of(now)
        note_guess(connection, [source, EVERYONE], began_at=window)
        alarms = is_alarming(count_guesses(connection, [EVERYONE], since=window)[EVERYONE])
        if alarms:
            open_cases(connection, [alarm(Guessed.CARDS, now)], at=now)
        return alarms

    if settle(database, act):
        _log.critical("somebody guesses at cards' codes: no card opens a page for some minutes")


def _sealing(token: str) -> Sealing:
    key = hkdf(token.encode("ascii"), salt=b"", info=_KEY_OF_CODE, length=_KEY_BYTES)
    return Sealing(tag=hash_of(token), key=key)


def _letters(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")

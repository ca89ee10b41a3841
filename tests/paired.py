"""Phones that were invited and came in, for tests: as many as are wanted."""

from dataclasses import replace
from itertools import count

from points.domain.access import Credential, Role
from points.domain.pairing import Pairing
from points.service.pairing import Invited, Paired, claim_invite, invite_phone
from points.service.posting import Book
from tests.desk import Dice
from tests.market import BOOTHS, MARKET, NOW

REDEEMING = Pairing(name="redeem 4", role=Role.REDEEM, event=MARKET.key, booth=BOOTHS[4].key)
EARNING = replace(REDEEMING, name="earn 1", role=Role.EARN, booth=BOOTHS[1].key)

_seeds = count(1000)


def invite(book: Book, pairing: Pairing = REDEEMING) -> str:
    """Invite a phone; give what its QR says."""
    made = invite_phone(book.database, pairing, now=NOW, random_bytes=Dice(next(_seeds)))
    assert isinstance(made, Invited), made
    return made.text


def claim(book: Book, pairing: Pairing = REDEEMING, *, token: str | None = None) -> Credential:
    """Let a phone in by an invite, with a token of its own."""
    own = token or f"pd_{next(_seeds):043}"
    paired = claim_invite(book, invite(book, pairing), own, now=NOW)
    assert isinstance(paired, Paired), paired
    return paired.credential

"""Give phones the balances that they need without a network, each readable with its card alone."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from points.domain.access import Credential
from points.domain.sealing import plain_balance
from points.outside.sealed_records import NONCE_BYTES, seal
from points.service.cards import RandomBytes
from points.service.posting import Book
from points.service.transactions import snapshot
from points.service.view import View
from points.storage.sealing import SealableCard, load_sealable

RECORDS_MAX = 20_000
"""Most records that a phone is given: three megabytes. Cards used most recently come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealable:
    """What there is to seal for a phone."""

    made_at: datetime
    version: bytes
    """Is another as soon as any record would tell anything else."""
    cards: tuple[SealableCard, ...] = field(repr=False)


def read_sealable(book: Book, caller: Credential, *, now: datetime) -> Sealable:
    """Find what a phone may carry: its community's cards, and those seen at the event."""
    with snapshot(book.database) as connection:
        event = View(book.catalogs.current(connection), caller, now).event
        cards = (
            load_sealable(connection, event.key, event.community, now=now, limit=RECORDS_MAX)
            if event is not None
            else []
        )
    return Sealable(made_at=now, version=_version(cards), cards=tuple(cards))


def seal_cards(sealable: Sealable, random_bytes: RandomBytes) -> list[tuple[bytes, bytes]]:
    """Seal every record, and give it behind the tag by which its card is found."""
    count = len(sealable.cards)
    nonces = random_bytes(count * NONCE_BYTES)
    return [
        (
            card.sealing.tag,
            seal(
                card.sealing,
                plain_balance(card.available, card.state, sealable.made_at),
                nonces[place * NONCE_BYTES : (place + 1) * NONCE_BYTES],
            ),
        )
        for place, card in enumerate(sealable.cards)
    ]


def _version(cards: list[SealableCard]) -> bytes:
    told = sha256()
    for card in cards:
        told.update(b"%b %d %b\n" % (card.sealing.tag, card.available, card.state.encode()))
    return told.digest()[:16]

"""Give a phone, in one piece, all that it works with: also when there is no network for hours."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import Credential
from points.domain.ids import RewardKey
from points.domain.notices import Notice, notice_of
from points.domain.programme import Activity, Booth, Community, Event, Programme
from points.service.posting import Book
from points.service.reading import Offer, load_offers
from points.service.transactions import snapshot
from points.service.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Goods that the phone itself answers for, and may hand out without a network."""

    reward: RewardKey
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a phone works with. No names of people, and nothing that a lost phone would tell."""

    programme: Programme
    event: Event | None
    booth: Booth | None
    communities: tuple[Community, ...]
    """Whose households a card may be bound to here."""
    activities: tuple[Activity, ...]
    offers: tuple[Offer, ...]
    leases: tuple[Lease, ...]
    notice: Notice


def read_bundle(book: Book, caller: Credential, *, now: datetime) -> Bundle:
    """Gather what the caller's phone works with, as it stands at the instant."""
    with snapshot(book.database) as connection:
        view = View(book.catalogs.current(connection), caller, now)
        offers = load_offers(connection, view)
        leases = _leases(connection, caller)
    programme = view.catalog.programme_at(now)
    return Bundle(
        programme=programme,
        event=view.event,
        booth=view.booth(),
        communities=tuple(view.communities()),
        activities=tuple(view.activities()),
        offers=tuple(offers),
        leases=leases,
        notice=notice_of(programme),
    )


def _leases(_connection: Connection, _caller: Credential) -> tuple[Lease, ...]:
    """Give the goods leased to the caller's phone. No shelf is a phone's yet."""
    return ()

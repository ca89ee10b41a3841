"""Give a phone, in one piece, all that it works with: also when there is no network for hours."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import Credential
from points.domain.ids import RewardKey, device_number
from points.domain.notices import Notice, notice_of
from points.domain.programme import (
    Activity,
    Booth,
    Catalog,
    Community,
    Event,
    PerCorrectAnswer,
    Programme,
)
from points.service.posting import Book
from points.service.reading import Offer, load_offers
from points.service.transactions import snapshot
from points.service.view import View
from points.storage.leases import load_leases
from points.storage.quizzes import newest_version


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
    quiz: str | None
    """The version of the sorting quiz's list, where right answers are paid and there is one."""


def read_bundle(book: Book, caller: Credential, *, now: datetime) -> Bundle:
    """Gather what the caller's phone works with, as it stands at the instant."""
    with snapshot(book.database) as connection:
        view = View(book.catalogs.current(connection), caller, now)
        offers = load_offers(connection, view)
        leases = _leases(connection, view.catalog, caller)
        activities = view.activities()
        asks = any(isinstance(one.rule, PerCorrectAnswer) for one in activities)
        quiz = newest_version(connection) if asks else None
    programme = view.catalog.programme_at(now)
    return Bundle(
        programme=programme,
        event=view.event,
        booth=view.booth(),
        communities=tuple(view.communities()),
        activities=tuple(activities),
        offers=tuple(offers),
        leases=leases,
        notice=notice_of(programme),
        quiz=quiz,
    )


def _leases(connection: Connection, catalog: Catalog, caller: Credential) -> tuple[Lease, ...]:
    """Give the goods that the caller's phone has with it."""
    phone = device_number(caller.id)
    if phone is None:
        return ()
    rewards = {number: shelf.reward for shelf, number in catalog.shelves.items()}
    found = load_leases(connection, device=phone)
    return tuple(Lease(reward=rewards[one.shelf], pieces=one.pieces) for one in found)

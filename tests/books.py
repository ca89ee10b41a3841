"""Whole books, for whoever reads, checks or restores them: everything that can be asked, posted."""

from datetime import datetime

from points.domain.access import OPERATOR
from points.domain.cases import Decision, Wish
from points.service.cases import Matter, Settling, read_cases, settle_case
from points.service.posting import Book, make_book, post
from points.service.transactions import transaction
from points.storage.access import add_credential
from points.storage.engine import Database
from tests.build import make_device
from tests.market import REDEEMING, SINCE_EVER
from tests.memory import Memory
from tests.save import WallClock, opening, save_catalog, save_household, save_people
from tests.walk import ANONYMOUS, CATALOG, Walk, facts_before

LATER = datetime.fromisoformat("2021-01-09T12:00:00+08:00")
"""Some hours after the last operation of the walk that is taken if not told otherwise."""


def fill(database: Database, *, seed: int = 0, steps: int = 120, leap_at: int = 100) -> Book:
    """Walk through everything that can be asked for, in an empty database; days leap once.

    Args:
        database: Migrated, without any row.
        seed: Tells walks apart; the same seed is the same walk.
        steps: Batches, of one to eight operations each.
        leap_at: The step before which all that was earned ends.
    """
    memory, clock = Memory(facts_before()), WallClock()
    walk = Walk(seed, memory)
    book = make_book(database, clock)
    with transaction(database) as connection:
        save_catalog(connection, CATALOG)
        save_people(connection)
        for owner in ANONYMOUS:
            save_household(connection, owner, fingerprint=bytes([owner]) * 32)
    batch = opening(CATALOG, {})
    for step in range(steps + 1):
        post(book, batch)
        memory.post(*batch)
        if step == leap_at:
            walk.leap()
        batch = walk.batch()
        clock.now = max(walk.now, memory.facts.now)
        memory.set(clock.now)
    settle_some(book, clock.now)
    return book


def settle_some(book: Book, now: datetime) -> None:
    """Settle a case in each way, if there is one that it is open to, and leave the others."""
    counter = make_device(booth=REDEEMING, number=3)
    with transaction(book.database) as connection:
        add_credential(connection, counter, name="3", token_hash=bytes(32), added_at=SINCE_EVER)
    for decision in (Decision.APPROVE, Decision.REJECT, Decision.FORGIVE):
        for matter in read_cases(book, OPERATOR, Wish(is_open=True)):
            settling = Settling(
                case=matter.case.id,
                key=f"settle {matter.case.id}",
                decision=decision,
                note="seen",
                by=OPERATOR,
                name="Chen",
            )
            if isinstance(settle_case(book, settling, now=now), Matter):
                break

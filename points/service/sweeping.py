"""Sweep: book the points whose time has come. What has ended cannot be spent, swept or not."""

from dataclasses import dataclass
from datetime import datetime

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked
from points.domain.operations import Expire, OperationKey
from points.service.posting import Book, post
from points.service.timekeeping import check_clock, vouch_for_clock
from points.service.transactions import snapshot
from points.storage.sweeping import DueLot, load_due_lots

PART = 256
"""Lots that share a transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did."""

    lots: int
    points: int


def sweep(book: Book, *, now: datetime, confirmed: bool = False) -> Swept:
    """Take what is left of every lot that has ended, once. Sweeping again changes nothing.

    Whoever sweeps every night vouches for the clock each time, so that a book in which nobody
    writes for months is no reason for doubt.

    Args:
        book: Swept.
        now: What the clock shows.
        confirmed: Whether somebody says that it is right.

    Raises:
        ClockInDoubt: Nothing was done: a clock set years ahead would end everybody's points.
    """
    if not confirmed:
        check_clock(book.database, now)
    vouch_for_clock(book.database, now)
    lots = points = 0
    last: DueLot | None = None
    while part := _load_part(book, now, last):
        outcomes = post(book, [_asked(lot) for lot in part])
        ended = [
            lot.points
            for lot, outcome in zip(part, outcomes, strict=True)
            if isinstance(outcome, Accepted)
        ]
        lots, points, last = lots + len(ended), points + sum(ended), part[-1]
    return Swept(lots=lots, points=points)


def _load_part(book: Book, now: datetime, last: DueLot | None) -> list[DueLot]:
    with snapshot(book.database) as connection:
        return load_due_lots(connection, now, after=last, most=PART)


def _asked(lot: DueLot) -> Asked:
    # It happened when the lot ended, whenever it is swept: so the same sweep asks the same thing.
    expire = Expire(lot=lot.lot, household=lot.household, occurred_at=lot.expires_at)
    return Asked(credential=OPERATOR, key=OperationKey(f"expire:{lot.lot}"), operation=expire)

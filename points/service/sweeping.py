"""Sweep: book the points whose time has come. What has ended cannot be spent, swept or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked
from points.domain.operations import Expire, OperationKey
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.storage.sweeping import DueLot, count_due_lots, load_due_lots, newest_instant

PART = 256
"""Lots that share a transaction."""

LEAP = timedelta(hours=36)
"""A clock this far past the book's newest instant may have leapt; points are not worth the risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did."""

    lots: int
    points: int
    left: int
    """Lots that are due and were left alone, because the clock seems to have leapt."""
    newest: datetime | None
    """When the book was last written to before the sweep."""


def sweep(book: Book, *, now: datetime, confirmed: bool = False) -> Swept:
    """Take what is left of every lot that has ended, once. Sweeping again changes nothing.

    A clock set years ahead would end everybody's points. Where the book has been silent for longer
    than `LEAP` and lots are due, nothing is done unless `confirmed`.
    """
    with snapshot(book.database) as connection:
        newest, due = newest_instant(connection), count_due_lots(connection, now)
    if due and not confirmed and newest is not None and now - newest > LEAP:
        return Swept(lots=0, points=0, left=due, newest=newest)
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
    return Swept(lots=lots, points=points, left=0, newest=newest)


def _load_part(book: Book, now: datetime, last: DueLot | None) -> list[DueLot]:
    with snapshot(book.database) as connection:
        return load_due_lots(connection, now, after=last, most=PART)


def _asked(lot: DueLot) -> Asked:
    # It happened when the lot ended, whenever it is swept: so the same sweep asks the same thing.
    expire = Expire(lot=lot.lot, household=lot.household, occurred_at=lot.expires_at)
    return Asked(credential=OPERATOR, key=OperationKey(f"expire:{lot.lot}"), operation=expire)

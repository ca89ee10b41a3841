"""Post a batch: lock, read, decide, write, commit. Every act that moves points goes this way."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from points.domain.batch import decide_batch
from points.domain.doubts import has_case, with_case
from points.domain.facts import Asked, Decided, Outcome, Refused
from points.domain.operations import Kind
from points.domain.outcomes import Refusal
from points.domain.programme import Catalog
from points.service.transactions import DatabaseUnavailable, settle
from points.storage.cases import cases_of
from points.storage.catalog import catalog_number, load_catalog
from points.storage.engine import Database
from points.storage.facts import load_facts
from points.storage.locks import lock_chain
from points.storage.posting import write_batch

Clock = Callable[[], datetime]
"""Tells the present instant; handed in from the doors."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Book:
    """What posting needs: the database, a clock, and the catalog as last read."""

    database: Database
    clock: Clock
    catalogs: "CatalogShelf"


class CatalogShelf:
    """Keeps the catalog between batches and reads it anew when its number has changed."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._catalog: Catalog | None = None
        self._lock = Lock()

    @property
    def kept(self) -> Catalog | None:
        """Give the catalog as it was last read, for what need not be the newest."""
        with self._lock:
            return self._catalog

    def current(self, connection: Connection) -> Catalog:
        """Give the catalog as this transaction sees it."""
        number = catalog_number(connection)
        with self._lock:
            kept = self._catalog
        if kept is not None and kept.number == number:
            return kept
        catalog = load_catalog(connection)
        with self._lock:
            self._catalog = catalog
        return catalog


def make_book(database: Database, clock: Clock) -> Book:
    """Make ready to post to a database."""
    return Book(database, clock, CatalogShelf())


def post(book: Book, batch: Sequence[Asked]) -> list[Outcome]:
    """Post a batch in one transaction and give one outcome per operation, in order.

    Should an operation break what nobody foresaw, the batch is halved until that one stands alone;
    it is refused and the alarm raised, the others go through.

    Raises:
        DatabaseUnavailable: Nobody knows it to be written; the same batch may be posted again.
    """
    if not batch:
        return []

    def act(connection: Connection) -> Sequence[Outcome]:
        return post_within(connection, book, batch)

    try:
        return list(settle(book.database, act, always_writes=True))
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if not _may_be_of_one(error):
            raise
        if len(batch) == 1:
            _log.critical("an operation breaks the book's own rules", exc_info=error)
            return [Refused(reason=Refusal.INTERNAL_INVARIANT)]
    middle = len(batch) // 2
    return post(book, batch[:middle]) + post(book, batch[middle:])


def _may_be_of_one(error: Exception) -> bool:
    """Tell whether an error may lie in what one operation says; else it would hit every one."""
    is_of_database = isinstance(error, DBAPIError)
    return not is_of_database or isinstance(error, IntegrityError | DataError)


def post_within(connection: Connection, book: Book, batch: Sequence[Asked]) -> Sequence[Outcome]:
    """Post a batch as part of a transaction that does more, such as naming a household.

    Whoever opened the transaction may still roll it back; then nothing was decided either, and not
    even a final refusal is frozen.

    Raises:
        HouseholdsMoved: To be left to `settle`, which begins again.
    """
    clock = book.clock()
    chain = lock_chain(connection)
    catalog = book.catalogs.current(connection)
    facts = load_facts(connection, batch, catalog=catalog, chain=chain, clock=clock)
    decided = decide_batch(facts, batch)
    check_balance(decided)
    write_batch(connection, chain, decided, at=facts.now)
    return _with_cases(connection, batch, decided.outcomes)


def _with_cases(
    connection: Connection, batch: Sequence[Asked], outcomes: Sequence[Outcome]
) -> Sequence[Outcome]:
    """Tell with each outcome the case that it has, if any has one."""
    refs = {place: batch[place].ref for place, it in enumerate(outcomes) if has_case(it)}
    if not refs:
        return outcomes
    numbers = cases_of(connection, set(refs.values()))
    return [
        with_case(outcome, numbers[refs[place]]) if place in refs else outcome
        for place, outcome in enumerate(outcomes)
    ]


def check_balance(decided: Decided) -> None:
    """Make sure, before anything is written, that a batch neither makes nor loses anything."""
    for account, now in decided.accounts.items():
        assert now.balance >= 0, f"account {account} would go below zero"
    for lot in decided.lots:
        assert 0 <= lot.remaining <= lot.amount, f"lot {lot.id} would hold what it cannot"
    accepted = sum(not isinstance(outcome, Refused) for outcome in decided.outcomes)
    asked_for = sum(one.kind is not Kind.GIFT_RECEIVED for one in decided.posted)
    assert asked_for <= accepted, "an operation without its answer"

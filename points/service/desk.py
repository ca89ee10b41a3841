"""What the acts at the desk share: all of an act is done, or none of it and a word why not."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from points.domain.desk import NotDone
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed
from points.service.posting import Book, post_within
from points.service.transactions import settle
from points.storage.engine import Database
from points.storage.facts import HouseholdsMoved

Result = TypeVar("Result")


class RolledBack(Exception):
    """A part of the act cannot be done, so all of it is taken back."""

    def __init__(self, not_done: NotDone) -> None:
        """Say why."""
        super().__init__(not_done.reason)
        self.not_done = not_done


def settle_whole(database: Database, act: Callable[[Connection], Result]) -> Result | NotDone:
    """Do an act in one transaction, or nothing of it where a part is refused.

    Raises:
        DatabaseUnavailable: Nothing was written; the same act may be done again.
    """
    try:
        return settle(database, act)
    except RolledBack as refused:
        return refused.not_done


def post_all(connection: Connection, book: Book, batch: Sequence[Asked]) -> list[Accepted]:
    """Post operations that stand or fall together, as part of the act's transaction.

    Raises:
        RolledBack: One was refused.
        HouseholdsMoved: Somebody else did the same meanwhile; begin again and find it done.
    """
    outcomes = post_within(connection, book, batch) if batch else ()
    return [_accepted(outcome) for outcome in outcomes]


def _accepted(outcome: Outcome) -> Accepted:
    verdict = outcome.first if isinstance(outcome, Replayed) else outcome
    match verdict:
        case Accepted():
            return verdict
        case Refused(reason=reason, details=details):
            raise RolledBack(NotDone(reason=reason, details=details))
        case Conflict():
            raise HouseholdsMoved

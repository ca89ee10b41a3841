"""The only place that commits."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from points.storage.engine import Database
from points.storage.facts import HouseholdsMoved
from points.storage.locks import NoChainFree

TRIES_MAX = 8

# PostgreSQL: serialization failure, deadlock, lock not available, and losing a race for a key.
_LOST_RACES = frozenset({"40001", "40P01", "55P03", "23505"})
_SQLITE_LOST_RACES = ("database is locked", "database table is locked")

_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class DatabaseUnavailable(Exception):
    """The database is locked, full or gone. Nothing was written; asking again later may help."""


@contextmanager
def transaction(database: Database) -> Iterator[Connection]:
    """Commit everything done inside, or nothing."""
    with database.turn(), database.writer.connect() as connection, connection.begin():
        yield connection


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Read one unchanging state of the database; nothing can be written.

    Raises:
        DatabaseUnavailable: The database cannot be read now.
    """
    reader = database.reader
    if not database.is_sqlite:
        reader = reader.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    try:
        with reader.connect() as connection, connection.begin():
            yield connection
    except NoConnectionFree as error:
        raise DatabaseUnavailable("every connection is in use") from error
    except DBAPIError as error:
        raise _unavailable(error) from error


def settle(database: Database, act: Callable[[Connection], Result]) -> Result:
    """Do an act in one transaction, again from the start when it lost a race.

    A connection that broke during COMMIT leaves open whether it was done. The act is then done
    again as well: it must recognise what it has already written (see `points.storage.requests`).

    Raises:
        DatabaseUnavailable: The database cannot write now, or the act lost every race.
        IntegrityError: The act breaks a rule of the tables every time.
    """
    last: Exception | None = None
    for attempt in range(1, TRIES_MAX + 1):
        try:
            with transaction(database) as connection:
                return act(connection)
        except (HouseholdsMoved, NoChainFree) as reason:
            _log.debug("try %d of an act: %r", attempt, reason)
            last = reason
        except DBAPIError as error:
            if not may_succeed_again(error):
                raise _unavailable(error) from error
            _log.info("try %d of an act lost a race or its connection: %s", attempt, error.orig)
            last = error
        except (OSError, NoConnectionFree) as error:  # its folder is gone, or its connections are
            raise DatabaseUnavailable("the database cannot be reached") from error
    if isinstance(last, IntegrityError):
        raise last
    raise DatabaseUnavailable("the act lost every race") from last


def may_succeed_again(error: DBAPIError) -> bool:
    """Tell whether the same act, done anew, can succeed at once."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in _LOST_RACES
    return str(error.orig).startswith(_SQLITE_LOST_RACES)


def _unavailable(error: DBAPIError) -> Exception:
    """See an error as the database's trouble, or as a fault of ours that must not be hidden."""
    from_server = getattr(error.orig, "sqlstate", None)
    # 53: out of space or connections; 57: shutting down; 25006: read-only after a failover.
    is_trouble = (
        str(from_server).startswith(("53", "57", "08", "25006"))
        if from_server is not None
        else type(error).__name__ == "OperationalError"
    )
    return DatabaseUnavailable("the database does not answer now") if is_trouble else error

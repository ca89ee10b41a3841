"""The only place that commits."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from points.storage.engine import Database, NoTurn
from points.storage.facts import HouseholdsMoved
from points.storage.postgresql import commit_as_writer

TRIES_MAX = 8

# PostgreSQL: serialization failure, deadlock, and losing a race for a key.
_LOST_RACES = frozenset({"40001", "40P01", "23505"})
# 08: connection; 40: rolled back; 53: out of space or connections; 55P03: lock not available;
# 57: shutting down; 25006: read-only after a failover.
_POSTGRESQL_TROUBLE = ("08", "40", "53", "55P03", "57", "25006")
_SQLITE_TROUBLE = frozenset({"BUSY", "LOCKED", "NOMEM", "READONLY", "IOERR", "FULL", "CANTOPEN"})

_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class DatabaseUnavailable(Exception):
    """The database is locked, full or gone; asking again later may help.

    Nothing was written, unless the connection broke during the commit: then nobody knows.
    """


@contextmanager
def transaction(database: Database) -> Iterator[Connection]:
    """Commit everything done inside, or nothing.

    Raises:
        DatabaseUnavailable: The database cannot write now.
    """
    with _telling_trouble(), _writing(database) as connection:
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
    with _telling_trouble(), reader.connect() as connection, connection.begin():
        yield connection


def settle(
    database: Database, act: Callable[[Connection], Result], *, always_writes: bool = False
) -> Result:
    """Do an act in one transaction, again from the start when it lost a race.

    A connection that broke during COMMIT leaves open whether it was done. The act is then done
    again as well: it must recognise what it has already written (see `points.storage.requests`).

    Args:
        database: Where.
        act: What.
        always_writes: Whether the act writes even if it finds all done, be it that it locks a row.

    Raises:
        DatabaseUnavailable: The database cannot write now, or the act lost every race. Where the
            connection broke each time it may have been done all the same.
        DBAPIError: The act breaks a rule of the tables, or another fault of ours.
    """
    with _telling_trouble():
        for attempt in range(1, TRIES_MAX):
            try:
                with _writing(database, always_writes=always_writes) as connection:
                    return act(connection)
            except HouseholdsMoved:
                _log.debug("try %d of an act: households moved", attempt)
            except DBAPIError as error:
                if not may_succeed_again(error):
                    raise
                _log.info("try %d of an act lost a race or its connection: %s", attempt, error.orig)
        with _writing(database, always_writes=always_writes) as connection:
            return act(connection)


def may_succeed_again(error: DBAPIError) -> bool:
    """Tell whether the same act, done anew, can succeed at once.

    A lock that was not to be had is not asked for again: it was waited for already.
    """
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _LOST_RACES


@contextmanager
def _writing(database: Database, *, always_writes: bool = False) -> Iterator[Connection]:
    with database.turn(), database.writer.connect() as connection, connection.begin():
        yield connection
        if not always_writes:
            commit_as_writer(connection)


@contextmanager
def _telling_trouble() -> Iterator[None]:
    """Tell the database's trouble from faults of ours, which must not be hidden behind it."""
    try:
        yield
    except (HouseholdsMoved, NoConnectionFree, NoTurn) as reason:
        raise DatabaseUnavailable("the database is too busy, or out of reach") from reason
    except DBAPIError as error:
        if not _is_trouble(error):
            raise
        raise DatabaseUnavailable("the database does not answer now") from error


def _is_trouble(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_POSTGRESQL_TROUBLE)
    on_sqlite = getattr(error.orig, "sqlite_errorname", None)
    if on_sqlite is not None:
        return str(on_sqlite).split("_")[1] in _SQLITE_TROUBLE
    # What has no code comes from the way to the server.
    return isinstance(error, OperationalError)

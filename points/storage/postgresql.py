"""What PostgreSQL needs beyond a URL: connections that break in time, and commits that are kept.

With synchronous replication a commit is answered once a standby has it, too. Three ways lead around
that, and each is closed here: somebody calls the wait off, and the server says "done" with a
warning; a transaction finds everything done and writes nothing, so that it waits for nobody; a
server freezes or vanishes, and is waited for while another one has long taken over.
"""

from functools import partial
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic
from psycopg.pq.abc import PGconn
from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    ExceptionContext,
    create_engine,
    event,
)
from sqlalchemy.pool import ConnectionPoolEntry

SILENCE_SECONDS_MAX = 70.0
"""Longer than the server's own limit for a statement, which does not end the wait of a commit."""

_CONNECTIONS_KEPT = 8
_LIMITS = (
    "-c lock_timeout=5000 -c statement_timeout=60000 "
    "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)
_WAY_THERE = {
    "connect_timeout": "10",
    # A machine that lost its power says no goodbye: left to itself, TCP would wait for two hours.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
_READ_ONLY = "25006"
# The number alone would be no reason to wait; it is asked for because a standby then says that it
# is one, and not that something is wrong with it.
_WRITE_TO_LOG = "SELECT pg_current_xact_id(), pg_logical_emit_message(true, 'points', '')"
_PAUSE_SECONDS = 0.1

Result = TypeVar("Result")


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that breaks where psycopg's would wait for ever, or take doubt for success.

    Whoever commits cannot tell then whether it was done, as with any connection that broke.
    """

    def __init__(self, pgconn: PGconn) -> None:
        """Take over what libpq has opened."""
        super().__init__(pgconn)
        self._patience: float | None = SILENCE_SECONDS_MAX
        self._warnings: list[str] = []
        self.add_notice_handler(partial(_heed, self._warnings))

    def be_patient(self, *, for_ever: bool) -> None:
        """Wait for as long as the server is silent, or no longer so."""
        self._patience = None if for_ever else SILENCE_SECONDS_MAX

    def commit(self) -> None:
        """Commit, and take a warning for what it is: a standby may not have it."""
        self._warnings.clear()
        super().commit()
        if self._warnings:
            self._break(f"the commit is in doubt: {self._warnings[0]}")

    def wait(
        self,
        gen: PQGen[Result],
        interval: float = _PAUSE_SECONDS,
        timeout: float | None = None,
    ) -> Result:
        """Wait as psycopg does, but not for ever."""
        return super().wait(self._while_heard_of(gen), interval, timeout)

    def _while_heard_of(self, gen: PQGen[Result]) -> PQGen[Result]:
        """Drive what psycopg does; it is told whenever the server speaks, and every pause long."""
        heard = monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard = monotonic()
                elif self._patience is not None and monotonic() > heard + self._patience:
                    self._break("the server has been silent for too long")
                wanted = gen.send(ready)
        except StopIteration as end:
            result: Result = end.value
            return result

    def _break(self, reason: str) -> None:
        self.close()
        raise psycopg.OperationalError(reason)


def _heed(warnings: list[str], notice: Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        warnings.append(notice.message_primary or "")


def connect_to_postgresql(url: URL) -> Engine:
    """Make an engine with watched connections. What the URL says goes before what is usual here."""
    said = url.normalized_query
    usual = dict(_WAY_THERE)
    if "," in ",".join(filter(None, [url.host, *said.get("host", ())])):
        usual["target_session_attrs"] = "read-write"  # of several servers the one that leads
    usual = {name: value for name, value in usual.items() if name not in said}
    options = " ".join((_LIMITS, *said.get("options", ())))
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={**usual, "options": options},
        pool_size=_CONNECTIONS_KEPT,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "do_connect")
    def _connect(
        _dialect: Dialect, _entry: ConnectionPoolEntry, args: list[Any], named: dict[str, Any]
    ) -> WatchedConnection:
        return WatchedConnection.connect(*args, **named)

    @event.listens_for(engine, "checkin")
    def _lose_patience(connection: WatchedConnection | None, _entry: ConnectionPoolEntry) -> None:
        if connection is not None:
            connection.be_patient(for_ever=False)

    @event.listens_for(engine, "handle_error")
    def _leave_who_only_reads(context: ExceptionContext) -> None:
        # After a failover the old server may still answer, but takes nothing any more: with several
        # hosts in the URL a new connection finds the right one.
        if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
            context.is_disconnect = True

    return engine


def be_patient(connection: Connection) -> None:
    """Wait for the server however long it is silent, until the connection is given back."""
    driver = connection.connection.driver_connection
    if isinstance(driver, WatchedConnection):
        driver.be_patient(for_ever=True)


def commit_as_writer(connection: Connection) -> None:
    """Let this transaction commit as one that writes, even if it found everything done already.

    What it found may still be waiting for a standby. Who writes nothing waits for nothing; who
    writes as much as a word to the log waits until all before it is safe.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_WRITE_TO_LOG)

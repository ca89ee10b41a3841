"""A cheat who may do everything to the database: no guard, key or rule stands in the way.

Afterwards the guards stand again, as such a cheat would leave them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, text

from points.domain.chain import record_hash, seal
from points.domain.findings import Code
from points.domain.notes import notes_marks
from points.domain.stored import HASHED
from points.domain.verifying import Result
from points.service.verifying import check_book
from points.service.verifying_run import Run
from points.storage import verifying as stored
from points.storage.engine import Database
from points.storage.triggers import EVERY, guard
from points.storage.verifying import Part
from tests.books import LATER


def cheats_engine(database: Database) -> Engine:
    """Open a way into a database past everything that this house sets up."""
    engine = create_engine(database.writer.url)
    if database.is_sqlite:

        @event.listens_for(engine, "connect")
        def _leave_begin_to_us(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA ignore_check_constraints = ON")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def guards_asleep(connection: Connection) -> Iterator[None]:
    """Write whatever one likes; the guards wake up afterwards."""
    if connection.dialect.name == "sqlite":
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.execute(triggers).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in EVERY:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text("ALTER TABLE request DROP CONSTRAINT IF EXISTS ck_request_status"))
    yield
    guard(connection, EVERY)


def do(connection: Connection, statement: str, **values: object) -> int:
    """Run a statement that must hit something; tell how many rows it hit."""
    count = connection.execute(text(statement), values).rowcount
    assert count, f"nothing was there to be changed: {statement}"
    return count


def seal_anew(connection: Connection, *, first: int, last: int, chain: int = 0) -> None:
    """Work out the hashes of these batches of a chain anew, each linked to the one before."""
    lines = {line.number: line for line in stored.read_batches(connection, Part(chain))}
    for number in range(first, last + 1):
        batch = lines[number]
        before = lines[number - 1].hash if number > 1 else bytes(32)
        numbers = range(batch.first_operation, batch.first_operation + batch.operations)
        hashed = seal(
            [*marks_of(connection, numbers), *notes_marks(batch.notes)],
            chain=chain,
            number=number,
            posted_at=batch.posted_at,
            previous=before,
        )
        lines[number] = batch._replace(previous=before, hash=hashed)
        do(
            connection,
            "UPDATE batch SET previous = :before, hash = :hash"
            " WHERE chain = :chain AND number = :n",
            before=before,
            hash=hashed,
            chain=chain,
            n=number,
        )


def marks_of(connection: Connection, numbers: range) -> list[bytes]:
    """Work out the hashes of operations as they now stand."""
    operations = stored.find_operations(connection, numbers)
    entries = stored.find_entries(connection, numbers)
    return [
        record_hash(
            (
                *operations[number][:HASHED],
                *(value for entry in entries.get(number, ()) for value in entry[1:]),
            )
        )
        for number in numbers
    ]


def codes(connection: Connection) -> set[Code]:
    """Check the book to its end, and give what is found; there must be something."""
    run = Run(now=LATER)
    check_book(run, connection)
    assert run.report().result is Result.FINDINGS
    return {finding.code for finding in run.report().findings}

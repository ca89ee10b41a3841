"""A cheat who may do everything to the database: no guard, key or rule stands in the way.

Afterwards the guards stand again, as such a cheat would leave them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text

from points.domain.chain import record_hash, seal
from points.domain.stored import HASHED
from points.storage import verifying as stored
from points.storage.engine import Database
from points.storage.triggers import GUARDED, guard
from points.storage.verifying import Part


@contextmanager
def cheating(database: Database) -> Iterator[Connection]:
    """Write whatever one likes."""
    engine = create_engine(database.writer.url)
    with engine.connect() as connection, connection.begin():
        _put_guards_to_sleep(connection)
        yield connection
        guard(connection, GUARDED)
    engine.dispose()


def do(connection: Connection, statement: str, **values: object) -> int:
    """Run a statement that must hit something; tell how many rows it hit."""
    count = connection.execute(text(statement), values).rowcount
    assert count, f"nothing was there to be changed: {statement}"
    return count


def seal_anew(connection: Connection, chain: int, first: int, last: int) -> None:
    """Work out the hashes of these batches of a chain anew, each linked to the one before."""
    lines = {line.number: line for line in stored.read_batches(connection, Part(chain))}
    for number in range(first, last + 1):
        batch = lines[number]
        previous = lines[number - 1].hash if number > 1 else bytes(32)
        numbers = range(batch.first_operation, batch.first_operation + batch.operations)
        operations = stored.find_operations(connection, numbers)
        entries = stored.find_entries(connection, numbers)
        marks = [
            record_hash(
                (
                    *operations[number][:HASHED],
                    *(value for entry in entries.get(number, ()) for value in entry[1:]),
                )
            )
            for number in numbers
        ]
        hashed = seal(
            marks, chain=chain, number=number, posted_at=batch.posted_at, previous=previous
        )
        lines[number] = batch._replace(previous=previous, hash=hashed)
        do(
            connection,
            "UPDATE batch SET previous = :previous, hash = :hash"
            " WHERE chain = :chain AND number = :number",
            previous=previous,
            hash=hashed,
            chain=chain,
            number=number,
        )


def _put_guards_to_sleep(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.execute(triggers).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    connection.execute(text("SET session_replication_role = replica"))
    for table in GUARDED:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    connection.execute(text("ALTER TABLE request DROP CONSTRAINT IF EXISTS ck_request_status"))

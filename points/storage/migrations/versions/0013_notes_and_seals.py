"""Let batches note refusals and allowances, and seal PINs and one-time codes.

What was refused or allowed before is noted in batches of its own, behind all that there are.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from points.domain.chain import record_hash, seal
from points.domain.notes import Note, NoteKind, note, notes_marks, write_notes
from points.storage.migrations.parts import BIG
from points.storage.triggers import guard

revision = "0013"
down_revision = "0012"

_AT_ONCE = 256
_CHAIN = "SELECT number, next_operation, head, last_at FROM chain WHERE id = 0"
_REFUSED = "SELECT key, scope, seal FROM request WHERE status = 'refused' ORDER BY key, scope"
_ALLOWED = (
    "SELECT id, number, fingerprint, household, points_max, last_day, is_confirmed, made_at,"
    " ended_at FROM allowance ORDER BY id"
)
_PIN = ("household", "salt", "hash", "set_at", "tries", "locked_until")
_CODE = ("hash", "card", "made_at", "is_confirmed")


def upgrade() -> None:
    """Change the tables, note and seal what is in them, and put their guards up again."""
    connection = op.get_bind()
    refused = connection.execute(sa.text(_REFUSED)).all()
    with _altering("request") as request:
        request.drop_column("seal")
        request.add_column(sa.Column("chain", BIG))
        request.add_column(sa.Column("batch", BIG))
    with _altering("batch") as batch:
        batch.add_column(sa.Column("notes", sa.Text))
    with _altering("chain") as chain:
        chain.drop_column("replays")
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE request DISABLE TRIGGER USER"))
    for some in _portions(refused):
        number = _close(connection, [_refusal(row) for row in some])
        names = [{"number": number, "key": row.key, "scope": row.scope} for row in some]
        place = "UPDATE request SET chain = 0, batch = :number WHERE key = :key AND scope = :scope"
        connection.execute(sa.text(place), names)
    for some in _portions(connection.execute(sa.text(_ALLOWED)).all()):
        _close(connection, [one for row in some for one in _allowance(row)])
    _seal("pin", _PIN)
    _seal("one_time_code", _CODE)
    guard(connection, ("request", "batch", "allowance", "one_time_code"))


def _altering(table: str) -> AbstractContextManager[Any]:
    """Change a table; SQLite makes it anew, so that it reads as one made with these columns."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return op.batch_alter_table(table, recreate="always" if is_sqlite else "never")


def _portions(rows: Any) -> Iterator[Any]:  # noqa: ANN401
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _refusal(row: Any) -> Note:  # noqa: ANN401
    return Note(NoteKind.REFUSAL.value, 0, bytes(row.seal).hex())


def _allowance(row: Any) -> list[Note]:  # noqa: ANN401
    terms = _plain(row)
    made = note(NoteKind.ALLOWANCE, (*terms[:-1], None), subject=row.id)
    ended = note(NoteKind.ALLOWANCE_ENDED, terms, subject=row.id)
    return [made] if row.ended_at is None else [made, ended]


def _close(connection: Connection, notes: list[Note]) -> int:
    """Close a batch of notes alone, at the end of the first chain; give its number."""
    chain = connection.execute(sa.text(_CHAIN)).one()
    number, at, head = int(chain.number) + 1, chain.last_at + 1, bytes(chain.head)
    noted = write_notes(notes)
    hashed = seal(notes_marks(noted), chain=0, number=number, posted_at=at, previous=head)
    connection.execute(
        sa.text("INSERT INTO batch VALUES (0, :number, :first, 0, :at, :head, :hashed, :noted)"),
        {
            "number": number,
            "first": chain.next_operation,
            "at": at,
            "head": head,
            "hashed": hashed,
            "noted": noted,
        },
    )
    connection.execute(
        sa.text("UPDATE chain SET number = :number, head = :head, last_at = :at WHERE id = 0"),
        {"number": number, "head": hashed, "at": at},
    )
    return number


def _seal(table: str, columns: tuple[str, ...]) -> None:
    connection = op.get_bind()
    with _altering(table) as altered:
        altered.add_column(sa.Column("seal", sa.LargeBinary))
    rows = sa.table(table, *(sa.column(name) for name in (*columns, "seal")))
    known = rows.c[columns[0]]
    for row in connection.execute(sa.select(*(rows.c[name] for name in columns))).all():
        values = _plain(row)
        sealed = sa.update(rows).where(known == values[0]).values(seal=record_hash(values))
        connection.execute(sealed)
    with _altering(table) as altered:
        altered.alter_column("seal", existing_type=sa.LargeBinary, nullable=False)


def _plain(row: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)

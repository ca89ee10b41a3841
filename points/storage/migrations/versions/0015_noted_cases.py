"""Let batches note cases and settlements.

Those that were there before are noted in batches of their own, behind all that there are.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from points.domain.chain import seal
from points.domain.notes import Note, NoteKind, notes_marks, write_notes

revision = "0015"
down_revision = "0014"

_AT_ONCE = 256
_CHAIN = "SELECT number, next_operation, head, last_at FROM chain WHERE id = 0"
_CASES = (
    "SELECT id, seal FROM cases WHERE kind IN ('review', 'overspent', 'limit_exceeded') ORDER BY id"
)
_SETTLEMENTS = "SELECT id, seal FROM settlement ORDER BY id"


def upgrade() -> None:
    """Note what is there, whatever its seals say: a case that was changed stays named."""
    connection = op.get_bind()
    notes = [
        Note(kind.value, row.id, bytes(row.seal).hex())
        for kind, rows in ((NoteKind.CASE, _CASES), (NoteKind.SETTLEMENT, _SETTLEMENTS))
        for row in connection.execute(sa.text(rows))
    ]
    for start in range(0, len(notes), _AT_ONCE):
        _close(connection, notes[start : start + _AT_ONCE])


def _close(connection: Connection, notes: list[Note]) -> None:
    """Close a batch of notes alone, at the end of the first chain."""
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

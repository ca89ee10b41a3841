"""Make residents' sessions, and the count of codes that were guessed wrong."""

from alembic import op

from points.storage.migrations.parts import key, make, number, raw, refers

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make both tables."""
    make(
        "resident_session",
        raw("hash"),
        number("card"),
        number("made_at"),
        raw("sealed_code"),
        key("resident_session", "hash"),
        refers("resident_session", "card", "card"),
    )
    op.create_index("ix_resident_session_card", "resident_session", ["card"])
    make(
        "guess",
        raw("source"),
        number("began_at"),
        number("count"),
        key("guess", "source", "began_at"),
    )

"""Make the codes by which households take cards in and let them go."""

from alembic import op

from points.storage.migrations.parts import counted, key, make, number, raw, refers, text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the codes, and the count of wrong ones."""
    make(
        "family_code",
        raw("hash"),
        number("card"),
        text("by"),
        number("ends_at"),
        key("family_code", "hash"),
        refers("family_code", "card", "card"),
    )
    make(
        "family_try",
        counted("id"),
        number("household"),
        number("at"),
        key("family_try", "id"),
        refers("family_try", "household", "household"),
    )
    op.create_index("ix_family_try_at", "family_try", ["at"])

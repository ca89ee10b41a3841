"""Make the lists of the sorting quiz."""

from points.storage.migrations.parts import counted, key, make, number, text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    make(
        "quiz_list",
        counted("id"),
        text("version"),
        text("body"),
        number("loaded_at"),
        key("quiz_list", "id"),
    )

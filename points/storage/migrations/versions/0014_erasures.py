"""Note erasures until nothing of them is left in the database's own files."""

from points.storage.migrations.parts import counted, key, make, number

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the notes."""
    make("erasure", counted("id"), number("at"), key("erasure", "id"))

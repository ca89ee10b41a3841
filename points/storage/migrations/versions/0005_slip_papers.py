"""Remember which slips were printed blank: booths give out no others."""

from points.storage.migrations.parts import key, make, number, text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    make("slip_paper", text("ref"), number("printed_at"), key("slip_paper", "ref"))

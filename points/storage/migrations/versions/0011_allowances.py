"""Make allowances: cards that spend some of a household's points, until a day."""

from alembic import op

from points.storage.migrations.parts import (
    check,
    counted,
    key,
    make,
    number,
    raw,
    refers,
    text,
    unique,
)

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table."""
    make(
        "allowance",
        counted("id"),
        text("number"),
        raw("fingerprint"),
        number("household"),
        text("label", nullable=True),
        number("points_max"),
        text("last_day"),
        *(number(name) for name in ("is_confirmed", "made_at")),
        number("ended_at", nullable=True),
        number("spent"),
        key("allowance", "id"),
        unique("allowance", "number"),
        unique("allowance", "fingerprint"),
        refers("allowance", "household", "household"),
        check("allowance", "confirmed", "is_confirmed in (0, 1)"),
        check("allowance", "points", "points_max > 0"),
    )
    op.create_index("ix_allowance_household", "allowance", ["household"])

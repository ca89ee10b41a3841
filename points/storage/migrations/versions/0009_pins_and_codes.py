"""Make what confirms a redemption beside a card: PINs of households, and one-time codes."""

from alembic import op

from points.storage.migrations.parts import check, key, make, number, raw, refers, unique

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make both tables."""
    make(
        "pin",
        number("household"),
        *(raw(name) for name in ("salt", "hash")),
        number("set_at"),
        number("tries"),
        number("locked_until", nullable=True),
        key("pin", "household"),
        refers("pin", "household", "household"),
    )
    make(
        "one_time_code",
        raw("hash"),
        number("card"),
        number("made_at"),
        number("is_confirmed"),
        number("used_by", nullable=True),
        key("one_time_code", "hash"),
        unique("one_time_code", "used_by"),
        refers("one_time_code", "card", "card"),
        refers("one_time_code", "used_by", "operation"),
        check("one_time_code", "confirmed", "is_confirmed in (0, 1)"),
    )
    op.create_index("ix_one_time_code_card", "one_time_code", ["card"])

"""Make what households agreed to, and what was done at booths and desks."""

from alembic import op

from points.storage.migrations.parts import (
    counted,
    key,
    make,
    number,
    raw,
    refers,
    text,
    unique,
)

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add a household's building, and make the tables."""
    with op.batch_alter_table("household", recreate="auto") as household:
        household.add_column(text("building", nullable=True))
    _make_consents()
    _make_desk()


def _make_consents() -> None:
    make("notice", text("version"), text("text"), text("text_en"), key("notice", "version"))
    make(
        "consent",
        counted("id"),
        number("household"),
        text("version"),
        number("agreed_at"),
        text("by"),
        number("withdrawn_at", nullable=True),
        key("consent", "id"),
        refers("consent", "household", "household"),
    )
    op.create_index("ix_consent_household", "consent", ["household"])


def _make_desk() -> None:
    make(
        "desk_act",
        counted("id"),
        text("by"),
        text("key", nullable=True),
        raw("fingerprint", nullable=True),
        text("act"),
        number("card", nullable=True),
        number("household"),
        number("at"),
        key("desk_act", "id"),
        unique("desk_act", "by", "key"),
        refers("desk_act", "card", "card"),
        refers("desk_act", "household", "household"),
    )
    op.create_index("ix_desk_act_household", "desk_act", ["household"])

"""Make the tables of cases and of how they were settled."""

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
from points.storage.triggers import guard

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables and their guards."""
    make(
        "cases",
        counted("id"),
        text("kind"),
        text("reference"),
        number("opened_at"),
        text("device"),
        text("event", nullable=True),
        text("booth", nullable=True),
        number("household", nullable=True),
        text("key", nullable=True),
        number("operation", nullable=True),
        text("body", nullable=True),
        number("is_offline"),
        text("details"),
        raw("seal"),
        key("cases", "id"),
        unique("cases", "reference"),
        check("cases", "body", "(kind = 'review') = (body is not null)"),
        check("cases", "operation", "operation is null or key is not null"),
        refers("cases", "operation", "operation"),
    )
    op.create_index("ix_cases_event", "cases", ["event"])
    op.create_index("ix_cases_key_device", "cases", ["key", "device"])
    make(
        "settlement",
        number("id"),
        text("key"),
        text("decision"),
        text("settled_by"),
        text("name"),
        text("note"),
        number("settled_at"),
        number("operation", nullable=True),
        raw("seal"),
        key("settlement", "id"),
        refers("settlement", "id", "cases"),
        refers("settlement", "operation", "operation"),
    )
    guard(op.get_bind(), ("cases", "settlement"))

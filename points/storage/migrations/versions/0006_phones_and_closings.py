"""Make what phones report, the journals that they keep, and how events were closed."""

from alembic import op

from points.storage.migrations.parts import check, counted, key, make, number, raw, refers, text
from points.storage.triggers import guard

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables, and the guards of those that are only ever added to."""
    _make_reports()
    _make_closings()
    guard(op.get_bind(), ("journal_line", "closing", "write_off"))


def _make_reports() -> None:
    make(
        "report",
        text("device"),
        *(number(name) for name in ("arrived_at", "said_at", "waiting", "attention")),
        number("oldest_waiting_at", nullable=True),
        number("journal_number"),
        raw("journal_hash"),
        text("app", nullable=True),
        key("report", "device"),
        refers("report", "device", "credential"),
    )
    make(
        "shift",
        counted("id"),
        text("device"),
        text("volunteer", nullable=True),
        number("began_at"),
        key("shift", "id"),
        refers("shift", "device", "credential"),
    )
    op.create_index("ix_shift_device", "shift", ["device"])
    make(
        "journal_line",
        text("device"),
        *(number(name) for name in ("life", "number")),
        *(raw(name) for name in ("hash", "previous")),
        number("at"),
        text("session"),
        number("ticked"),
        *(text(name) for name in ("kind", "subject", "digest")),
        number("arrived_at"),
        key("journal_line", "device", "life", "number"),
        refers("journal_line", "device", "credential"),
    )


def _make_closings() -> None:
    make(
        "closing",
        counted("id"),
        *(text(name) for name in ("event", "act")),
        number("at"),
        *(text(name) for name in ("name", "reason")),
        key("closing", "id"),
        check("closing", "act", "act in ('asked', 'closed', 'reopened')"),
    )
    op.create_index("ix_closing_event", "closing", ["event"])
    make(
        "write_off",
        number("closing"),
        text("device"),
        number("waiting", nullable=True),
        key("write_off", "closing", "device"),
        refers("write_off", "closing", "closing"),
        refers("write_off", "device", "credential"),
    )

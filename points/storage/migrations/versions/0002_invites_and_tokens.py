"""Make what phones pair by: invites, and tokens that come before or after the current one."""

from points.storage.migrations.parts import check, key, make, number, raw, refers, text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables."""
    make(
        "invite",
        raw("hash"),
        *(text(name) for name in ("name", "role", "event")),
        text("booth", nullable=True),
        *(number(name) for name in ("added_at", "ends_at", "wrong_claims")),
        text("device", nullable=True),
        raw("token_hash", nullable=True),
        number("claimed_at", nullable=True),
        key("invite", "hash"),
        check(
            "invite",
            "claimed",
            "(device is null) = (claimed_at is null) and (device is null) = (token_hash is null)",
        ),
        refers("invite", "device", "credential"),
    )
    make(
        "token",
        raw("hash"),
        text("credential"),
        text("state"),
        number("added_at"),
        key("token", "hash"),
        check("token", "state", "state in ('next', 'ended')"),
        refers("token", "credential", "credential"),
    )

"""Keep of each card what its sealed balance is found and opened by. Cards of old have neither."""

from alembic import op

from points.storage.migrations.parts import raw

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add both columns, filled or empty together."""
    with op.batch_alter_table("card", recreate="auto") as card:
        card.add_column(raw("sealed_tag", nullable=True))
        card.add_column(raw("sealing_key", nullable=True))
        card.create_check_constraint(
            "ck_card_sealing", "(sealed_tag is null) = (sealing_key is null)"
        )

"""What sponsors owe is found by when it was handed over, deeds by who agreed to them."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_redemption_payer_at", "redemption")
    op.create_index("ix_redemption_payer_ended_at", "redemption", ["payer", "ended_at"])
    op.create_index("ix_deed_verifier", "deed", ["verifier"])
    op.create_index("ix_deed_decided_by", "deed", ["decided_by"])


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

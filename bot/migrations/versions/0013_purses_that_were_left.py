"""Purses that accounts left for another: what was given of them counts on."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purse_left",
        sa.Column("account", BigId, nullable=False),
        sa.Column("purse", BigId, nullable=False),
        sa.Column("left_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account", "purse", name=op.f("pk_purse_left")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_purse_left_account_account")),
        sa.ForeignKeyConstraint(["purse"], ["account.id"], name=op.f("fk_purse_left_purse_account")),
    )


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

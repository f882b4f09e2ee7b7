"""Groups bound to areas, pseudonyms on boards, monthly boards turned off."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "binding",
        sa.Column("chat_id", BigId, autoincrement=False, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("area_id", BigId, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("bound_by", BigId, nullable=False),
        sa.Column("bound_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_binding")),
    )
    op.create_index(op.f("ix_binding_area_id"), "binding", ["area_id"], unique=False)
    op.add_column("resident", sa.Column("pseudonym", sa.String(), nullable=True))
    op.add_column("resident", sa.Column("board_news_off_at", Moment(), nullable=True))
    op.create_index(op.f("ix_stay_household_id"), "stay", ["household_id"], unique=False)


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

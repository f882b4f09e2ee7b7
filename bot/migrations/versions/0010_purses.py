"""Purses: accounts of residents whose points lie together in their household's account."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purse",
        sa.Column("account", BigId, nullable=False),
        sa.Column("purse", BigId, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_purse")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_purse_account_account")),
        sa.ForeignKeyConstraint(["purse"], ["account.id"], name=op.f("fk_purse_purse_account")),
    )
    op.create_index(op.f("ix_purse_purse"), "purse", ["purse"])

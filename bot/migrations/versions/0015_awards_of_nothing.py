"""Awards that came to nothing are remembered, and complaints of who was forgotten end as such."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ENDS = ("open", "given_back", "kept", "undone")


def upgrade() -> None:
    create_nothing_awarded()
    let_complaints_be_left()


def create_nothing_awarded() -> None:
    op.create_table(
        "nothing_awarded",
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("rule", Bytewise, nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("capped", sa.Boolean(), nullable=False),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_nothing_awarded_account_account")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_nothing_awarded")),
    )
    op.create_index(op.f("ix_nothing_awarded_account"), "nothing_awarded", ["account"])


def let_complaints_be_left() -> None:
    with op.batch_alter_table("dispute") as dispute:
        dispute.alter_column(
            "state",
            existing_type=words("disputestate", *_ENDS),
            type_=words("disputestate", *_ENDS, "left"),
            existing_nullable=False,
        )


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

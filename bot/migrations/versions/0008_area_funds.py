"""Area funds: what they are spent on, and by whose consent."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    states = words("spendingstate", "open", "agreed", "refused", "lapsed", "withdrawn")
    decided, paid = "(state = 'open') = (decided_at IS NULL)", "(state = 'agreed') = (transfer IS NOT NULL)"
    op.create_table(
        "fund_spending",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("fund", Bytewise, nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("proposed_by", BigId, nullable=True),
        sa.Column("household", Bytewise, nullable=True),
        sa.Column("kin", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("lapses_at", Moment(), nullable=False),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("hold", BigId, nullable=False),
        sa.Column("transfer", BigId, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_spending_amount_positive")),
        sa.CheckConstraint(decided, name=op.f("ck_fund_spending_decided_when_not_open")),
        sa.CheckConstraint(paid, name=op.f("ck_fund_spending_paid_when_agreed")),
        sa.ForeignKeyConstraint(["hold"], ["hold.id"], name=op.f("fk_fund_spending_hold_hold")),
        sa.ForeignKeyConstraint(
            ["transfer"], ["transfer.id"], name=op.f("fk_fund_spending_transfer_transfer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_spending")),
        sa.UniqueConstraint("hold", name=op.f("uq_fund_spending_hold")),
        sa.UniqueConstraint("key", name=op.f("uq_fund_spending_key")),
        sa.UniqueConstraint("transfer", name=op.f("uq_fund_spending_transfer")),
    )
    op.create_index("ix_fund_spending_fund", "fund_spending", ["fund", "id"])


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

"""Shops in full: terms and payers of rewards, waiting lists, complaints, settlements, rewritten messages."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    extend_reward()
    extend_redemption()
    create_sponsor()
    create_rewardwait()
    create_wrongcode()
    create_dispute()
    create_settlement()
    create_rewrite()


def extend_reward() -> None:
    json = sa.JSON(none_as_null=True)
    for name, kind in (
        ("listed_stock", BigId),
        ("paused_at", Moment()),
        ("min_age", sa.Integer()),
        ("areas", json),
        ("opening", json),
        ("certificate", Bytewise),
        ("cost_fen", BigId),
        ("payer", Bytewise),
    ):
        op.add_column("reward", sa.Column(name, kind, nullable=True))
    # What there is now is what the file said, for nobody else could change it until now.
    op.execute("UPDATE reward SET listed_stock = stock")


def extend_redemption() -> None:
    for name, kind in (
        ("payer", Bytewise),
        ("cost_fen", BigId),
        ("returned_at", Moment()),
        ("settlement", BigId),
        ("correction", BigId),
    ):
        op.add_column("redemption", sa.Column(name, kind, nullable=True))
    op.create_index("ix_redemption_merchant_ended_at", "redemption", ["merchant", "ended_at"])
    op.create_index("ix_redemption_payer_at", "redemption", ["payer", "at"])


def create_sponsor() -> None:
    op.create_table(
        "sponsor",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("budget_fen", BigId, nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.CheckConstraint("budget_fen > 0", name=op.f("ck_sponsor_budget_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor")),
        sa.UniqueConstraint("code", name=op.f("uq_sponsor_code")),
    )


def create_rewardwait() -> None:
    op.create_table(
        "rewardwait",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reward", BigId, nullable=False),
        sa.Column("account", BigId, nullable=False),
        sa.Column(
            "state", words("waitstate", "waiting", "offered", "taken", "passed", "left"), nullable=False
        ),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_rewardwait_account_account")),
        sa.ForeignKeyConstraint(["reward"], ["reward.id"], name=op.f("fk_rewardwait_reward_reward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewardwait")),
    )
    op.create_index(op.f("ix_rewardwait_account"), "rewardwait", ["account"])
    in_line = sa.text("state IN ('waiting', 'offered')")
    op.create_index(
        "uq_rewardwait_in_line",
        "rewardwait",
        ["reward", "account"],
        unique=True,
        sqlite_where=in_line,
        postgresql_where=in_line,
    )


def create_wrongcode() -> None:
    op.create_table(
        "wrongcode",
        sa.Column("id", BigId, nullable=False),
        sa.Column("resident", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrongcode")),
    )
    op.create_index("ix_wrongcode_resident_at", "wrongcode", ["resident", "at"])


def create_dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", BigId, nullable=False),
        sa.Column("redemption", BigId, nullable=False),
        sa.Column("transfer", BigId, nullable=False),
        sa.Column("state", words("disputestate", "open", "given_back", "kept", "undone"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_dispute_decided_when_not_open")
        ),
        sa.ForeignKeyConstraint(
            ["redemption"], ["redemption.id"], name=op.f("fk_dispute_redemption_redemption")
        ),
        sa.ForeignKeyConstraint(["transfer"], ["transfer.id"], name=op.f("fk_dispute_transfer_transfer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("transfer", name=op.f("uq_dispute_transfer")),
    )
    op.create_index(op.f("ix_dispute_redemption"), "dispute", ["redemption"])


def create_settlement() -> None:
    op.create_table(
        "settlement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("merchant", Bytewise, nullable=False),
        sa.Column("month", Bytewise, nullable=False),
        sa.Column("transfer", BigId, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["transfer"], ["transfer.id"], name=op.f("fk_settlement_transfer_transfer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("merchant", "month", name=op.f("uq_settlement_merchant_month")),
    )


def create_rewrite() -> None:
    op.create_table(
        "rewrite",
        sa.Column("id", BigId, nullable=False),
        sa.Column("delivery_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("buttons", sa.String(), nullable=False),
        sa.Column("otherwise", sa.String(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewrite")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_rewrite_delivery_id")),
    )


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

"""Rules for earning: terms of activities, inputs of awards, a month's budget and who waits for the next."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_VERIFY = ("automatic", "coordinator", "team-lead")


def upgrade() -> None:
    give_activities_terms()
    give_transfers_inputs()
    create_budget()
    create_waiting_award()


def give_activities_terms() -> None:
    with op.batch_alter_table("activity") as activity:
        activity.alter_column(
            "verify",
            existing_type=words("verify", *_VERIFY),
            type_=words("verify", *_VERIFY, "two-people"),
            existing_nullable=False,
        )
        activity.add_column(sa.Column("terms", sa.JSON(), nullable=True))
        activity.add_column(sa.Column("unit_names", sa.JSON(), nullable=True))


def give_transfers_inputs() -> None:
    """Nothing that rebuilds the table: it would lose the triggers that guard it."""
    op.add_column("transfer", sa.Column("inputs", sa.String(), nullable=True))
    op.create_index(
        "ix_transfer_household_rule",
        "transfer",
        ["household", "rule"],
        sqlite_where=sa.text("household IS NOT NULL"),
        postgresql_where=sa.text("household IS NOT NULL"),
    )


def create_budget() -> None:
    op.create_table(
        "budget",
        sa.Column("month", Bytewise, nullable=False),
        sa.Column("issued", BigId, nullable=False),
        sa.Column("promised", BigId, nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("issued >= 0", name=op.f("ck_budget_issued_not_negative")),
        sa.CheckConstraint("promised >= 0", name=op.f("ck_budget_promised_not_negative")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_budget")),
    )


def create_waiting_award() -> None:
    op.create_table(
        "waiting_award",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", BigId, nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("due", Bytewise, nullable=False),
        sa.Column("household", Bytewise, nullable=True),
        sa.Column("team", Bytewise, nullable=True),
        sa.Column("building", Bytewise, nullable=True),
        sa.Column("grid", Bytewise, nullable=True),
        sa.Column("rule", Bytewise, nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("transfer", BigId, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waiting_award_amount_positive")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_waiting_award_account_account")),
        sa.ForeignKeyConstraint(
            ["transfer"], ["transfer.id"], name=op.f("fk_waiting_award_transfer_transfer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_award")),
        sa.UniqueConstraint("key", name=op.f("uq_waiting_award_key")),
        sa.UniqueConstraint("transfer", name=op.f("uq_waiting_award_transfer")),
    )
    op.create_index("ix_waiting_award_account_rule", "waiting_award", ["account", "rule"])
    op.create_index("ix_waiting_award_household_rule", "waiting_award", ["household", "rule"])
    op.create_index(
        "ix_waiting_award_due",
        "waiting_award",
        ["due", "id"],
        sqlite_where=sa.text("transfer IS NULL"),
        postgresql_where=sa.text("transfer IS NULL"),
    )

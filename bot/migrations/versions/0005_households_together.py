"""Households together."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_home_invitation()
    create_stay()
    create_ward()


def create_home_invitation() -> None:
    op.create_table(
        "home_invitation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("household_id", BigId, nullable=False),
        sa.Column("inviter_id", BigId, nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_by", BigId, nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_home_invitation_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["resident.id"], name=op.f("fk_home_invitation_inviter_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["resident.id"], name=op.f("fk_home_invitation_used_by_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_home_invitation_code")),
    )
    with op.batch_alter_table("home_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_home_invitation_inviter_id"), ["inviter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_home_invitation_used_by"), ["used_by"], unique=False)


def create_stay() -> None:
    op.create_table(
        "stay",
        sa.Column("id", BigId, nullable=False),
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("household_id", BigId, nullable=False),
        sa.Column("left_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_stay_household_id_household")
        ),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("fk_stay_resident_id_resident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
    )
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stay_resident_id"), ["resident_id"], unique=False)


def create_ward() -> None:
    op.create_table(
        "ward",
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("keeper_id", BigId, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["keeper_id"], ["resident.id"], name=op.f("fk_ward_keeper_id_resident")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("fk_ward_resident_id_resident")),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_ward")),
    )
    with op.batch_alter_table("ward", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ward_keeper_id"), ["keeper_id"], unique=False)


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

"""Other ways than chat: addresses of residents, deliveries that go there, due things that fail less often."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OTHER_WAYS = sa.text("channel IS NOT NULL")


def upgrade() -> None:
    op.add_column("due", sa.Column("tries", sa.Integer(), nullable=True))
    op.add_column("delivery", sa.Column("channel", sa.String(), nullable=True))
    op.create_index(
        "ix_delivery_other_ways",
        "delivery",
        ["id"],
        sqlite_where=_OTHER_WAYS,
        postgresql_where=_OTHER_WAYS,
    )
    op.create_table(
        "contact",
        sa.Column("id", BigId, nullable=False),
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_contact_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_resident_id"), "contact", ["resident_id"])


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

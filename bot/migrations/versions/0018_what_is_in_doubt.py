"""What is in doubt is found without looking through everything that was ever sent."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("state = 'unknown'")
    op.create_index("ix_delivery_in_doubt", "delivery", ["id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

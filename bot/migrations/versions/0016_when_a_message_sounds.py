"""Whether a message sounds is decided when it is sent; a newer version sends before an older one."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import words

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcast", sa.Column("sound", words("sound", "always", "day", "never"), nullable=True))
    op.add_column("sender_lease", sa.Column("revision", sa.String(), nullable=True))


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

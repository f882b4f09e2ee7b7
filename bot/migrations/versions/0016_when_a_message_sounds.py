"""Whether a message sounds is decided when it is sent; a newer version sends before an older one."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import words

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # a batch would make the table anew for one column
        op.execute(
            "ALTER TABLE broadcast ADD COLUMN sound VARCHAR(24)"
            " CONSTRAINT ck_broadcast_sound CHECK (sound IN ('always', 'day', 'never'))"
        )
    else:
        op.add_column("broadcast", sa.Column("sound", words("sound", "always", "day", "never")))
    op.add_column("senderlease", sa.Column("revision", sa.String(), nullable=True))


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

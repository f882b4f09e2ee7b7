"""Seals over what was posted."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# A seal, once set, is never changed, removed or replaced: the database itself sees to it.
_SQLITE = (
    "CREATE TRIGGER seal_keeps_rows BEFORE UPDATE ON seal"
    " BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END",
    "CREATE TRIGGER seal_loses_none BEFORE DELETE ON seal"
    " BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END",
    # INSERT OR REPLACE removes the row it meets without asking the trigger above.
    "CREATE TRIGGER seal_replaces_none BEFORE INSERT ON seal"
    " WHEN EXISTS (SELECT 1 FROM seal WHERE id = NEW.id)"
    " OR EXISTS (SELECT 1 FROM seal WHERE month = NEW.month)"
    " OR EXISTS (SELECT 1 FROM seal WHERE previous = NEW.previous)"
    " OR EXISTS (SELECT 1 FROM seal WHERE hash = NEW.hash)"
    " BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION seal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'seals are append-only' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER seal_keeps_rows BEFORE UPDATE OR DELETE ON seal"
    " FOR EACH ROW EXECUTE FUNCTION seal_append_only()",
    "CREATE TRIGGER seal_loses_none BEFORE TRUNCATE ON seal"
    " FOR EACH STATEMENT EXECUTE FUNCTION seal_append_only()",
    # Also where a session plays replica, which skips ordinary triggers.
    "ALTER TABLE seal ENABLE ALWAYS TRIGGER seal_keeps_rows",
    "ALTER TABLE seal ENABLE ALWAYS TRIGGER seal_loses_none",
)


def upgrade() -> None:
    create_seal()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def create_seal() -> None:
    op.create_table(
        "seal",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("kind", words("sealkind", "hour", "month"), nullable=False),
        sa.Column("month", Bytewise, nullable=True),
        sa.Column("above", BigId, nullable=False),
        sa.Column("upto", BigId, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(kind = 'month') = (month IS NOT NULL)", name=op.f("ck_seal_month_named")),
        sa.CheckConstraint("upto >= above AND size >= 0", name=op.f("ck_seal_forward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
        sa.UniqueConstraint("hash", name=op.f("uq_seal_hash")),
        sa.UniqueConstraint("month", name=op.f("uq_seal_month")),
        sa.UniqueConstraint("previous", name=op.f("uq_seal_previous")),
    )


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

"""Transfers numbered from 1."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# A transfer's number begins at 1: the database itself sees to it.
_SQLITE = (
    "CREATE TRIGGER transfer_begins_at_one AFTER INSERT ON transfer WHEN NEW.id < 1"
    " BEGIN SELECT RAISE(ABORT, 'transfers are numbered from 1'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION transfer_from_one() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'transfers are numbered from 1' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER transfer_begins_at_one BEFORE INSERT ON transfer"
    " FOR EACH ROW WHEN (new.id < 1) EXECUTE FUNCTION transfer_from_one()",
    "ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_begins_at_one",
)


def upgrade() -> None:
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

"""Transfers numbered from 1, budgets of the months that began without one."""

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


# From now on a month begins with nothing, so that nobody adds up all transfers while others wait.
_BUDGETS = (
    "INSERT INTO budget (month, issued, promised, closed)"
    " SELECT month, sum(amount), 0, false FROM transfer WHERE kind = 'award' AND rule IS NOT NULL"
    " AND month NOT IN (SELECT month FROM budget) GROUP BY month"
)


def upgrade() -> None:
    op.execute(_BUDGETS)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

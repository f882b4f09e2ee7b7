"""What a transfer captures or reverses, unique only where there is something to be unique."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ONCE = ("hold", "reverses")
_GUARDS = (
    "CREATE TRIGGER transfer_keeps_rows BEFORE UPDATE ON transfer"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    "CREATE TRIGGER transfer_loses_none BEFORE DELETE ON transfer"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    "CREATE TRIGGER transfer_replaces_none BEFORE INSERT ON transfer"
    " WHEN EXISTS (SELECT 1 FROM transfer WHERE id = NEW.id)"
    " OR EXISTS (SELECT 1 FROM transfer WHERE key = NEW.key)"
    " OR (NEW.reverses IS NOT NULL AND EXISTS (SELECT 1 FROM transfer WHERE reverses = NEW.reverses))"
    " OR (NEW.hold IS NOT NULL AND EXISTS (SELECT 1 FROM transfer WHERE hold = NEW.hold))"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    "CREATE TRIGGER transfer_begins_at_one AFTER INSERT ON transfer WHEN NEW.id < 1"
    " BEGIN SELECT RAISE(ABORT, 'transfers are numbered from 1'); END",
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    (_on_sqlite if sqlite else _on_postgresql)()
    for column in _ONCE:
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"uq_transfer_{column}"),
            "transfer",
            [column],
            unique=True,
            sqlite_where=there,
            postgresql_where=there,
        )
    for guard in _GUARDS if sqlite else ():
        op.execute(guard)


def _on_postgresql() -> None:
    for column in _ONCE:
        op.drop_constraint(op.f(f"uq_transfer_{column}"), "transfer", type_="unique")


def _on_sqlite() -> None:
    """Make the table anew, word for word but for two constraints; its guards go with the old one."""
    kept = "SELECT sql FROM sqlite_master WHERE tbl_name = 'transfer' AND "
    made = str(op.get_bind().scalar(sa.text(kept + "type = 'table'")))
    for column in _ONCE:
        made, found = re.subn(rf"CONSTRAINT uq_transfer_{column} UNIQUE \({column}\),\s*", "", made)
        if found != 1:
            raise RuntimeError(f"transfer.{column} is not unique in the way that was expected")
    indexes = op.get_bind().scalars(sa.text(kept + "type = 'index' AND sql IS NOT NULL")).all()
    op.execute(made.replace("CREATE TABLE transfer", "CREATE TABLE transfer_anew", 1))
    op.execute("INSERT INTO transfer_anew SELECT * FROM transfer ORDER BY id")
    op.drop_table("transfer")
    op.rename_table("transfer_anew", "transfer")
    for index in indexes:
        op.execute(index)


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError

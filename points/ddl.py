"""Guards in the database itself: a transfer, once written, is never changed, removed or replaced."""

from typing import Any

from sqlalchemy import Connection, Table, event, text

from points.models import transfers

_SQLITE = (
    "CREATE TRIGGER transfer_keeps_rows BEFORE UPDATE ON transfer"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    "CREATE TRIGGER transfer_loses_none BEFORE DELETE ON transfer"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    # INSERT OR REPLACE removes the row it meets without asking the trigger above.
    "CREATE TRIGGER transfer_replaces_none BEFORE INSERT ON transfer"
    " WHEN EXISTS (SELECT 1 FROM transfer WHERE id = NEW.id)"
    " OR EXISTS (SELECT 1 FROM transfer WHERE key = NEW.key)"
    " OR EXISTS (SELECT 1 FROM transfer WHERE reverses = NEW.reverses)"
    " OR EXISTS (SELECT 1 FROM transfer WHERE hold = NEW.hold)"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION transfer_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'transfers are append-only' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER transfer_keeps_rows BEFORE UPDATE OR DELETE ON transfer"
    " FOR EACH ROW EXECUTE FUNCTION transfer_append_only()",
    "CREATE TRIGGER transfer_loses_none BEFORE TRUNCATE ON transfer"
    " FOR EACH STATEMENT EXECUTE FUNCTION transfer_append_only()",
    # Also where a session plays replica, which skips ordinary triggers.
    "ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_keeps_rows",
    "ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_loses_none",
)
_SQLITE_GUARDS = {"transfer_keeps_rows", "transfer_loses_none", "transfer_replaces_none"}
_POSTGRESQL_GUARDS = {"transfer_keeps_rows", "transfer_loses_none"}


def append_only(dialect: str) -> list[str]:
    """Give the statements that guard transfers on a database ("sqlite" or "postgresql"), for a migration."""
    return list(_SQLITE if dialect == "sqlite" else _POSTGRESQL)


def missing_guards(connection: Connection) -> list[str]:
    """Name the guards that are not there or are switched off."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'transfer'"
        expected = _SQLITE_GUARDS
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'transfer'::regclass AND tgenabled = 'A'"
        expected = _POSTGRESQL_GUARDS
    return sorted(expected - set(connection.execute(text(query)).scalars()))


def _guard(_table: Table, connection: Connection, **_: Any) -> None:
    for statement in append_only(connection.dialect.name):
        connection.execute(text(statement))


event.listen(transfers, "after_create", _guard)

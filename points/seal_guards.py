"""Guards in the database itself: a seal, once set, is never changed, removed or replaced."""

from typing import Any

from sqlalchemy import Connection, Table, event, text

from points.seals import seals

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
_SQLITE_GUARDS = {"seal_keeps_rows", "seal_loses_none", "seal_replaces_none"}
_POSTGRESQL_GUARDS = {"seal_keeps_rows", "seal_loses_none"}


def append_only(dialect: str) -> list[str]:
    """Give the statements that guard seals on a database ("sqlite" or "postgresql"), for a migration."""
    return list(_SQLITE if dialect == "sqlite" else _POSTGRESQL)


def missing_guards(connection: Connection) -> list[str]:
    """Name the guards that are not there or are switched off."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'seal'"
        expected = _SQLITE_GUARDS
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'seal'::regclass AND tgenabled = 'A'"
        expected = _POSTGRESQL_GUARDS
    return sorted(expected - set(connection.execute(text(query)).scalars()))


def _guard(_table: Table, connection: Connection, **_: Any) -> None:
    for statement in append_only(connection.dialect.name):
        connection.execute(text(statement))


event.listen(seals, "after_create", _guard)

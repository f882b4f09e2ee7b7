"""Guards in the database itself: a seal, once set, is never changed, removed or replaced."""

from typing import Any

from sqlalchemy import Connection, Table, event, text

from points.guards import Guards
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
    "CREATE TRIGGER seal_keeps_rows BEFORE DELETE OR UPDATE ON seal"
    " FOR EACH ROW EXECUTE FUNCTION seal_append_only()",
    "CREATE TRIGGER seal_loses_none BEFORE TRUNCATE ON seal"
    " FOR EACH STATEMENT EXECUTE FUNCTION seal_append_only()",
)
_REFUSING = " BEGIN RAISE EXCEPTION 'seals are append-only' USING ERRCODE = 'restrict_violation'; END "
_GUARDS = Guards(
    "seal",
    _SQLITE,
    _POSTGRESQL,
    {"seal_append_only": _REFUSING},
)


def append_only(dialect: str) -> list[str]:
    """Give the statements that guard seals on a database ("sqlite" or "postgresql")."""
    return _GUARDS.statements(dialect)


def missing_guards(connection: Connection) -> list[str]:
    """Name the guards that are not there, are switched off, or are others by the same name."""
    return _GUARDS.missing(connection)


def _guard(_table: Table, connection: Connection, **_: Any) -> None:
    for statement in append_only(connection.dialect.name):
        connection.execute(text(statement))


event.listen(seals, "after_create", _guard)

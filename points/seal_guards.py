"""Guards in the database itself: a seal, once set, is never changed, removed or replaced."""

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


_GUARDS.made_with(seals)

append_only = _GUARDS.statements
missing_guards = _GUARDS.missing

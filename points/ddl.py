"""Guards in the database itself: no transfer is ever changed, removed or replaced, or numbered below 1."""

from points.guards import Guards
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
    " OR (NEW.reverses IS NOT NULL AND EXISTS (SELECT 1 FROM transfer WHERE reverses = NEW.reverses))"
    " OR (NEW.hold IS NOT NULL AND EXISTS (SELECT 1 FROM transfer WHERE hold = NEW.hold))"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    # Below 1 nobody reads: sealing and exporting begin there. Before the insert a number to come reads -1.
    "CREATE TRIGGER transfer_begins_at_one AFTER INSERT ON transfer WHEN NEW.id < 1"
    " BEGIN SELECT RAISE(ABORT, 'transfers are numbered from 1'); END",
)
_POSTGRESQL = (
    "CREATE TRIGGER transfer_keeps_rows BEFORE DELETE OR UPDATE ON transfer"
    " FOR EACH ROW EXECUTE FUNCTION transfer_append_only()",
    "CREATE TRIGGER transfer_loses_none BEFORE TRUNCATE ON transfer"
    " FOR EACH STATEMENT EXECUTE FUNCTION transfer_append_only()",
    "CREATE TRIGGER transfer_begins_at_one BEFORE INSERT ON transfer"
    " FOR EACH ROW WHEN (new.id < 1) EXECUTE FUNCTION transfer_from_one()",
)
_REFUSING = " BEGIN RAISE EXCEPTION '{}' USING ERRCODE = 'restrict_violation'; END "
_GUARDS = Guards(
    "transfer",
    _SQLITE,
    _POSTGRESQL,
    {
        "transfer_append_only": _REFUSING.format("transfers are append-only"),
        "transfer_from_one": _REFUSING.format("transfers are numbered from 1"),
    },
)


_GUARDS.made_with(transfers)

append_only = _GUARDS.statements
missing_guards = _GUARDS.missing

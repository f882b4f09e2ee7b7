"""Guards in the database itself: a table's triggers, made, and compared with what they should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, event, text

_KEPT = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{}'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true) || prosrc FROM pg_trigger"
    " JOIN pg_proc ON tgfoid = pg_proc.oid WHERE tgrelid = '{}'::regclass AND tgenabled = 'A'",
}


@dataclass(frozen=True)
class Guards:
    """A table's triggers, as the database itself gives them back, and for PostgreSQL what they call."""

    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]
    functions: Mapping[str, str]

    def statements(self, dialect: str) -> list[str]:
        """Give the statements that make them on a database ("sqlite" or "postgresql")."""
        if dialect == "sqlite":
            return list(self.sqlite)
        made = [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
            for name, body in self.functions.items()
        ]
        # Also where a session plays replica, which skips ordinary triggers.
        always = [
            f"ALTER TABLE {self.table} ENABLE ALWAYS TRIGGER {_name(trigger)}" for trigger in self.postgresql
        ]
        return [*made, *self.postgresql, *always]

    def made_with(self, table: Table) -> None:
        """Make them wherever the table is made."""

        def make(_table: Table, connection: Connection, **_: Any) -> None:
            for statement in self.statements(connection.dialect.name):
                connection.execute(text(statement))

        event.listen(table, "after_create", make)

    def missing(self, connection: Connection) -> list[str]:
        """Name the guards that are not there, are switched off, or are others by the same name."""
        dialect = connection.dialect.name
        query = text(_KEPT[dialect].format(self.table))
        kept: dict[str, str] = dict(connection.execute(query).all())
        expected = self.sqlite if dialect == "sqlite" else self.postgresql
        return sorted(_name(one) for one in expected if kept.get(_name(one)) != self._whole(one, dialect))

    def _whole(self, trigger: str, dialect: str) -> str:
        """Give a trigger with what it calls."""
        if dialect == "sqlite":
            return trigger
        return trigger + self.functions[trigger.rpartition(" ")[2].removesuffix("()")]


def _name(trigger: str) -> str:
    return trigger.split(maxsplit=3)[2]

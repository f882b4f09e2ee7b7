"""How the models are compared with a database, and how what differs is written down."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Column, Enum
from sqlalchemy.schema import SchemaItem
from sqlmodel import AutoString, SQLModel

from bot.migrations import kinds


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names."""
    written = _written(item) if kind == "type" else None
    if written is None:
        return False
    name = written.split("(")[0]
    if not name.startswith("sa."):
        autogen.imports.add(f"from bot.migrations.kinds import {name}")
    return written


def _written(item: Any) -> str | None:
    if item in {kinds.BigId, kinds.Bytewise}:
        return "BigId" if item is kinds.BigId else "Bytewise"
    if isinstance(item, kinds.Moment):
        return "Moment()"
    if isinstance(item, Enum):
        return f"words({', '.join(map(repr, (item.name, *item.enums)))})"
    return "sa.String()" if isinstance(item, AutoString) else None


def options(dialect: str) -> dict[str, Any]:
    """Give what Alembic is told on a kind of database."""
    told: dict[str, Any] = {
        "compare_type": True,
        "compare_server_default": True,
        "render_item": render_item,
    }
    return told | {"include_object": shown_by_sqlite} if dialect == "sqlite" else told


def shown_by_sqlite(_item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:
    """Leave out indexes over expressions, which SQLite does not show; a step for one is written by hand."""
    return kind != "index" or name not in _over_expressions()


def _over_expressions() -> set[str]:
    return {
        str(index.name)
        for table in SQLModel.metadata.tables.values()
        for index in table.indexes
        if not all(isinstance(part, Column) for part in index.expressions)
    }

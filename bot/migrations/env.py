"""Where Alembic starts: the connection comes from outside, in a transaction that already holds the lock."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum, MetaData
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


def run() -> None:
    """Take the steps that were asked for; models are only needed to write a new step."""
    given = context.config.attributes
    unmodelled = MetaData(naming_convention=SQLModel.metadata.naming_convention)
    context.configure(
        connection=given["connection"],
        target_metadata=given.get("metadata", unmodelled),
        render_as_batch=given.get("batch", True),
        compare_type=True,
        compare_server_default=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run()

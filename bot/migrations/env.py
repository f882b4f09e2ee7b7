"""Where Alembic starts: the connection comes from outside, in a transaction that already holds the lock."""

from alembic import context
from sqlalchemy import MetaData
from sqlmodel import SQLModel

from bot.migrations.comparing import options


def run() -> None:
    """Take the steps that were asked for; models are only needed to write a new step."""
    given = context.config.attributes
    unmodelled = MetaData(naming_convention=SQLModel.metadata.naming_convention)
    context.configure(
        connection=given["connection"],
        target_metadata=given.get("metadata", unmodelled),
        render_as_batch=True,
        **options(given["connection"].dialect.name),
    )
    with context.begin_transaction():
        context.run_migrations()


run()

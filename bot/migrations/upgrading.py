"""The one door to Alembic, which takes half a second to import: opened only when there is something to do."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configuration(steps: Path, **given: Any) -> Config:
    """Tell Alembic where the steps lie and what to work on; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    config.attributes.update(given)
    return config


def upgrade(connection: Connection, steps: Path, revision: str = "head") -> None:
    """Take all steps up to a revision in the transaction that the connection has begun."""
    command.upgrade(configuration(steps, connection=connection), revision)

"""Writes the step from the last migration to what the models say now: `make migration m="what changed"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from bot import tables
from bot.database import writing_engine
from bot.migrating import configuration, latest, migrate


def write_step(message: str) -> Path:
    """Compare a database of the last migration with the models and write what differs as a new one."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/linli.db"
        if latest() is not None:
            migrate(url)
        engine = writing_engine(url)
        with engine.begin() as connection:
            steps = configuration(connection=connection, metadata=tables.metadata)
            number = f"{int(latest() or 0) + 1:04}"
            script = command.revision(steps, message, autogenerate=True, rev_id=number)
        engine.dispose()
    assert script is not None and not isinstance(script, list)  # noqa: S101, PT018
    return Path(script.path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say in a few words what changed: make migration m="…"')
    sys.stdout.write(f"{write_step(sys.argv[1])}\n")

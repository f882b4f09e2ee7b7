"""Writes the step from the last migration to what the models say now: `make migration m="what changed"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from bot import migrating, tables
from bot.database import writing_engine
from bot.migrations.upgrading import configuration


def write_step(message: str) -> Path:
    """Compare a database of the last migration with the models and write what differs as a new one."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/linli.db"
        if migrating.latest() is not None:
            migrating.migrate(url)
        engine = writing_engine(url)
        with engine.begin() as connection:
            steps = configuration(migrating.STEPS, connection=connection, metadata=tables.metadata)
            number = f"{int(migrating.latest() or 0) + 1:04}"
            script = command.revision(steps, message, autogenerate=True, rev_id=number)
        engine.dispose()
    assert script is not None and not isinstance(script, list)  # noqa: S101, PT018
    return Path(script.path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say in a few words what changed: make migration m="…"')
    sys.stdout.write(f"{write_step(sys.argv[1])}\n")

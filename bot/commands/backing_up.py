"""`linli backup`: everything in one archive that knows no database, while the bot goes on."""

from pathlib import Path

import typer

from bot.clock import SystemClock
from bot.commands.failing import say
from bot.commands.opening import configured, looking, watching
from bot.keeping import Saved, save
from bot.keeping.forgotten import forgotten_in, highest_in, memory_beside, remember, remember_highest
from points.counting import counted


def back_up(file: Path, *, env_file: Path | None) -> None:
    """Write the archive and print its name; beside it, by number, who was forgotten by now."""
    settings = configured(env_file).settings
    with looking(settings) as session, watching("Writing the backup") as watch:
        connection = session.connection()
        done = save(connection, file, now=SystemClock().now(), watch=watch)
        memory = memory_beside(file.parent, done.manifest.community)
        remember(memory, forgotten_in(connection))
        remember_highest(memory, highest_in(connection))
    typer.echo(done.file)
    say(told(done))


def told(done: Saved) -> str:
    """Say what an archive holds, and by what its file is told from a changed one."""
    manifest = done.manifest
    rows, tables = counted(manifest.rows, "row"), counted(len(manifest.tables), "table")
    return f"{rows} in {tables}, revision {manifest.revision}; SHA-256 {done.sha256}"

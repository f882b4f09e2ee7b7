"""`linli migrate`: the database brought to this version."""

from pathlib import Path

import typer

from bot.commands.failing import say
from bot.commands.opening import configured, working
from bot.migrating import NoBackup, Standing, migrate, standing

_STANDINGS = {
    Standing.EMPTY: "The database is empty; `linli migrate` would fill it.",
    Standing.CURRENT: "The database is of this version.",
    Standing.OLDER: "The database is older than this version; `linli migrate` brings it up to date.",
    Standing.NEWER: "The database is newer than this version; install the newer Linli.",
}


def check_version(env_file: Path | None) -> int:
    """Say whether the database is of this version; 1 if it is not."""
    found = standing(configured(env_file).settings.database_url)
    typer.echo(_STANDINGS[found])
    return 0 if found is Standing.CURRENT else 1


def migrate_now(env_file: Path | None) -> int:
    """Bring the database to this version; a database that holds something is backed up first."""
    settings = configured(env_file).settings
    with working("Bringing the database to this version"):
        done = migrate(settings.database_url, archives=settings.backup_folder)
    if isinstance(done.backup, Path):
        typer.echo(f"The database as it was before is kept in {done.backup}.")
    elif done.backup is NoBackup.NO_FOLDER:
        say("Nothing keeps the database as it was before: set LINLI_BACKUP_FOLDER, and an upgrade does.")
    typer.echo("The database is of this version now." if done.changed else _STANDINGS[Standing.CURRENT])
    return 0

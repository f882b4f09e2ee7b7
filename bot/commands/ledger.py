"""`linli ledger …`: the books of the points, checked."""

import asyncio
from pathlib import Path

import typer

from bot.commands.failing import mark, say
from bot.commands.opening import configured, in_database
from points import verify


def verify_books(env_file: Path | None) -> int:
    """Check sums and that nothing was changed afterwards; 1 if something does not hold."""
    settings = configured(env_file).settings
    found = asyncio.run(in_database(settings, verify))
    for problem in found.problems:
        say(problem)
    count = len(found.problems)
    told = f"{count} things do not hold" if count else "everything adds up"
    typer.echo(f"{mark(good=not count)} {found.transfers} entries checked: {told}")
    return 1 if count else 0

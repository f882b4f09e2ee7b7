"""What most commands begin with: the settings, and the database if it fits this version."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from rich.console import Console
from rich.progress import Progress
from sqlmodel import Session

from bot.commands.failing import Failed
from bot.database import Database, reading_engine
from bot.migrating import prepare
from bot.secrecy import keep_secret
from bot.settings import Configuration, Settings, read_settings
from points.misfits import UNREADABLE, misfits

P = ParamSpec("P")
T = TypeVar("T")


def configured(env_file: Path | None) -> Configuration:
    """Read the settings and hide the secrets among them from now on.

    Raises:
        WrongSettings: they cannot be read or used.
    """
    configuration = read_settings(env_file)
    keep_secret(configuration.settings.secrets)
    return configuration


async def in_database(
    settings: Settings, unit: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do one unit of work in the database; an empty one is made where there is none.

    Raises:
        OlderDatabase, NewerDatabase: it is of another version.
    """
    with working("Working in the database"):
        prepare(settings.database_url)
        async with Database(settings.database_url) as database:
            return await database.write(unit, *args, **kwargs)


@contextmanager
def looking(settings: Settings) -> Iterator[Session]:
    """Read the database at one moment, for as long as it takes: a running bot goes on writing beside it.

    Raises:
        OlderDatabase, NewerDatabase: it is of another version.
    """
    prepare(settings.database_url)
    engine = reading_engine(settings.database_url, connections=1)
    try:
        with engine.connect() as connection, Session(connection) as session, _naming_rows(session):
            yield session
    finally:
        engine.dispose()


@contextmanager
def _naming_rows(session: Session) -> Iterator[None]:
    """Name the rows of the points' books that cannot be read, where that is why something failed.

    Raises:
        Failed: it is.
    """
    try:
        yield
    except UNREADABLE as met:
        rows = tuple(misfits(session))
        if not rows:
            raise
        raise Failed("\n".join(rows)) from met


@contextmanager
def watching(text: str, *, when: bool = True) -> Iterator[Callable[[int, int], None] | None]:
    """Give who hears how many of how many are done and draws a bar of it, while a terminal watches."""
    console = Console(stderr=True)
    if not (when and console.is_terminal):
        yield None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show that something goes on, while a terminal watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(f"{text} …"):
        yield

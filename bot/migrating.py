"""Brings a database to the tables this version knows, after a backup, and refuses those it does not know."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.clock import SystemClock
from bot.database import address, writing_engine

VERSION_TABLE = "alembic_version"
STEPS = Path(__file__).parent / "migrations"
_LOCK = 0x4C_69_6E_6C_69  # "Linli": one upgrade at a time on a PostgreSQL server


class Standing(StrEnum):
    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


class NoBackup(StrEnum):
    """Why there is no backup file."""

    NOT_NEEDED = "nothing was there to lose"
    NO_FOLDER = "a PostgreSQL database is kept only where a folder for backups is set"


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """From which revision (None: an empty database) to which, and where the backup lies."""

    before: str | None
    after: str
    backup: Path | NoBackup

    @property
    def changed(self) -> bool:
        return self.before != self.after


class DatabaseRefused(RuntimeError):
    """Linli cannot work on this database; the text is one sentence for whoever runs it."""


class NewerDatabase(DatabaseRefused):
    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database comes from a newer version of Linli (its revision {revision} is unknown here):"
            " update Linli, or restore the backup that was made before the newer version first ran."
        )
        self.revision = revision


class OlderDatabase(DatabaseRefused):
    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database comes from an older version of Linli (revision {revision}, now {latest()}):"
            " run `linli migrate` first, which makes a backup."
        )
        self.revision = revision


class StrangeDatabase(DatabaseRefused):
    def __init__(self) -> None:
        super().__init__("The database holds tables that are not Linli's: give Linli a database of its own.")


class UnreadableDatabase(DatabaseRefused):
    def __init__(self, error: Exception) -> None:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = " ".join(str(cause).split())
        super().__init__(f"The database cannot be opened: {reason}.")


class BrokenReferences(DatabaseRefused):
    def __init__(self, table_names: list[str]) -> None:
        super().__init__(
            f"The upgrade was taken back: rows of {', '.join(table_names)} would refer to rows that are gone."
        )


def latest() -> str | None:
    """Name the revision that this version of Linli knows as its last."""
    return max(_known(), default=None)


def standing(url: str) -> Standing:
    """Say how a database stands to this version, without changing or creating anything.

    Raises:
        StrangeDatabase, UnreadableDatabase: it is not ours, or cannot be opened.
    """
    return _compared(_revision_at(url))


def prepare(url: str) -> None:
    """Make a database ready for a command that works beside a running bot: create it where there is none.

    Raises:
        NewerDatabase, OlderDatabase, StrangeDatabase, UnreadableDatabase: it cannot be worked on.
    """
    revision = _revision_at(url)
    match _compared(revision):
        case Standing.EMPTY:
            migrate(url)
        case Standing.OLDER:
            raise OlderDatabase(str(revision))
        case Standing.NEWER:
            raise NewerDatabase(str(revision))
        case Standing.CURRENT:
            """Nothing to do."""


def migrate(url: str, *, backup_folder: Path | None = None, archives: Path | None = None) -> Migrated:
    """Bring a database to the latest revision, all or nothing, while nobody else writes.

    An SQLite file that holds something is first copied into the backup folder (or beside itself), PostgreSQL
    written into an archive where there is a folder for `archives`.

    Raises:
        NewerDatabase, StrangeDatabase, UnreadableDatabase, BrokenReferences: nothing was changed.
    """
    _revision_at(url)  # says plainly why a database cannot be worked on, before anything touches it
    with alone(url) as connection:
        before = revision_of(connection)
        if _compared(before) is Standing.NEWER:
            raise NewerDatabase(str(before))
        if before == latest():
            return Migrated(before=before, after=str(before), backup=NoBackup.NOT_NEEDED)
        backup = _backed_up(connection, address(url), before, backup_folder, archives)
        upgrade_to(connection, "head")
        check_references(connection)
        return Migrated(before=before, after=str(latest()), backup=backup)


def is_known(revision: str) -> bool:
    """Tell whether this version has that revision among its steps."""
    return revision in _known()


def _known() -> set[str]:
    """Read the revisions from the names of their files: steps follow each other by number."""
    return {file.name[:4] for file in STEPS.glob("versions/[0-9][0-9][0-9][0-9]_*.py")}


def _compared(revision: str | None) -> Standing:
    if revision is None:
        return Standing.EMPTY
    if revision == latest():
        return Standing.CURRENT
    return Standing.OLDER if revision in _known() else Standing.NEWER


def _revision_at(url: str) -> str | None:
    where = address(url)
    if where.drivername == "sqlite" and not Path(where.database or "").exists():
        return None
    engine = _looking_engine(where)
    try:
        with _opening(), engine.connect() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()


def _looking_engine(where: URL) -> Engine:
    """Open without changing anything, not even the journal mode of a file that may not be ours."""
    if where.drivername != "sqlite":
        return create_engine(where, poolclass=NullPool)
    file = Path(where.database or "").absolute().as_uri()
    return create_engine(
        where, poolclass=NullPool, creator=lambda: sqlite3.connect(f"{file}?mode=ro", uri=True)
    )


@contextmanager
def _opening() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as error:
        raise UnreadableDatabase(error) from error


def _upgrading_engine(url: str) -> Engine:
    engine = writing_engine(url)
    if engine.dialect.name == "sqlite":
        # Rebuilding a table drops it, which would take along what refers to it; inside BEGIN this is ignored.
        event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA foreign_keys = OFF").close())
        return engine
    # Who waited for the lock must see what its holder has changed.
    return engine.execution_options(isolation_level="READ COMMITTED")


@contextmanager
def alone(url: str) -> Iterator[Connection]:
    """Give a transaction that keeps out every other upgrade and, on SQLite, every other writer."""
    with _opening():
        engine = _upgrading_engine(url)
        connection = engine.connect()
    try:
        with connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """Read a database's revision; nothing where there is no table.

    Raises:
        StrangeDatabase: there are tables, which are not ours.
    """
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if VERSION_TABLE not in names:
        raise StrangeDatabase
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()  # noqa: S608


def _backed_up(
    connection: Connection, where: URL, revision: str | None, copies: Path | None, archives: Path | None
) -> Path | NoBackup:
    if revision is None:
        return NoBackup.NOT_NEEDED
    if where.drivername == "sqlite":
        return _copied(where, revision, copies)
    return NoBackup.NO_FOLDER if archives is None else _archived(connection, revision, archives)


def _archived(connection: Connection, revision: str, folder: Path) -> Path:
    """Write everything into an archive while nobody else gets in, so that it is of one moment."""
    from bot.keeping.emptying import lock_everything  # noqa: PLC0415 - keeping knows this module
    from bot.keeping.saving import save  # noqa: PLC0415

    lock_everything(connection)
    folder.mkdir(parents=True, exist_ok=True)
    now = SystemClock().now()
    return save(connection, folder / f"before-upgrade-{revision}-{now:%Y%m%dT%H%M%S.%fZ}.zip", now=now).file


def _copied(where: URL, revision: str, folder: Path | None) -> Path:
    """Copy the file as it is at this moment; a copy that did not end well never bears a backup's name."""
    file = Path(where.database or "").absolute()
    folder = folder or file.parent
    folder.mkdir(parents=True, exist_ok=True)
    backup = folder / f"{file.stem}-{revision}-{SystemClock().now():%Y%m%dT%H%M%S.%fZ}.db"
    unfinished = backup.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    return unfinished.rename(backup)


def upgrade_to(connection: Connection, revision: str) -> None:
    """Take the steps up to a revision in the transaction that the connection has begun."""
    from bot.migrations.upgrading import upgrade  # noqa: PLC0415

    upgrade(connection, STEPS, revision)


def check_references(connection: Connection) -> None:
    """See on SQLite that nothing refers to rows that are gone: while tables are rebuilt it does not look.

    Raises:
        BrokenReferences: something does.
    """
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise BrokenReferences(sorted({str(row[0]) for row in broken}))

"""Reading an archive into a database of either kind: all of it in one transaction, or nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.delivery.lease import refuse_living_senders
from bot.keeping.archive import AT_ONCE, Archive, BrokenArchive, Manifest, NewerArchive, TableKept, reading
from bot.keeping.emptying import drop_everything, is_lived_in, lock_everything
from bot.keeping.forgotten import Forgotten, forgotten_in, highest_in
from bot.keeping.saving import Saved, Watch, kept_tables, save
from bot.keeping.values import Column, changed, columns_of, readers
from bot.migrating import alone, check_references, is_known, revision_of, upgrade_to

After = Callable[[Session, Manifest, frozenset[Forgotten], int], None]
"""What is done in the same transaction once everything is there.

It is told who the old database forgot, and the highest number a resident had there.
"""


class NotEmpty(Exception):
    def __init__(self) -> None:
        super().__init__(
            "The database is not empty, somebody lives in it: give an empty one,"
            " or add --replace, which first backs up what is there."
        )


@dataclass(frozen=True)
class Replaced:
    """What was restored, and the backup of what was there before."""

    manifest: Manifest
    before: Saved | None


def restore(
    url: str,
    file: Path,
    *,
    now: datetime,
    after: After,
    keep_old_in: Path | None = None,
    watch: Watch | None = None,
) -> Replaced:
    """Fill an empty database from an archive; one that is lived in is backed up into a file and replaced.

    Raises:
        ArchiveRefused: the file cannot be restored.
        NotEmpty: the database is lived in, and no file was named for what it holds.
        SenderLives: a bot works on it.
        DatabaseRefused: it cannot be worked on. Whatever is raised, nothing was changed.
    """
    with reading(file) as archive:
        manifest = archive.manifest
        if not is_known(manifest.revision):
            raise NewerArchive(file, manifest.revision)
        with alone(url) as connection:
            forgotten, highest, before = frozenset[Forgotten](), 0, None
            if revision_of(connection) is not None:
                before = _make_room(connection, keep_old_in, now)
                forgotten, highest = forgotten_in(connection), highest_in(connection)
                drop_everything(connection)
            upgrade_to(connection, manifest.revision)
            _load(connection, archive, watch)
            upgrade_to(connection, "head")
            with Session(connection) as session:
                after(session, manifest, forgotten, highest)
                session.flush()
            _go_on_numbering(connection, "resident", columns_of(connection, "resident"))
            check_references(connection)
    return Replaced(manifest, before)


def _make_room(connection: Connection, keep_old_in: Path | None, now: datetime) -> Saved | None:
    lock_everything(connection)
    with Session(connection) as session:
        refuse_living_senders(session, now)
    if not is_lived_in(connection):
        return None
    if keep_old_in is None:
        raise NotEmpty
    return save(connection, keep_old_in, now=now)


def _load(connection: Connection, archive: Archive, watch: Watch | None) -> None:
    kept = {one.name: one for one in archive.manifest.tables}
    names = kept_tables(connection)
    if set(names) != kept.keys():
        raise BrokenArchive(archive.file, "the list of tables")
    done = 0
    for name in names:
        own = columns_of(connection, name)
        _load_table(connection, own, kept[name], archive, _counted(watch, done, archive.manifest.rows))
        done += kept[name].rows
        _go_on_numbering(connection, name, own)


def _load_table(
    connection: Connection,
    own: tuple[Column, ...],
    table: TableKept,
    archive: Archive,
    seen: Callable[[int], None],
) -> None:
    if {one.name for one in own} != {one.name for one in table.columns}:
        raise BrokenArchive(archive.file, table.name)
    # The database says what a column holds: an archive's word for it could only be wrong.
    kinds = {one.name: one.kind for one in own}
    columns = tuple(Column(one.name, kinds[one.name]) for one in table.columns)
    rows = _rows(archive, table, columns, connection.dialect.name, seen)
    names = ", ".join(f'"{one.name}"' for one in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f'COPY "{table.name}" ({names}) FROM STDIN', rows)
    else:
        places = ", ".join("?" for _ in columns)
        _insert(connection, f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)  # noqa: S608


def _rows(
    archive: Archive,
    table: TableKept,
    columns: tuple[Column, ...],
    dialect: str,
    seen: Callable[[int], None],
) -> Iterator[list[Any]]:
    changes = readers(columns, dialect)
    for number, row in enumerate(archive.rows(table), 1):
        try:
            yield changed(row, changes)
        except (TypeError, ValueError) as error:
            raise BrokenArchive(archive.file, table.name) from error
        if number % AT_ONCE == 0:
            seen(number)


def _copy(connection: Connection, statement: str, rows: Iterator[list[Any]]) -> None:
    # One statement a table: rows of a table that refer to each other are looked at when it ends.
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: Connection, statement: str, rows: Iterator[list[Any]]) -> None:
    driver: Any = connection.connection.driver_connection
    while some := list(islice(rows, AT_ONCE)):
        driver.executemany(statement, some).close()


def _go_on_numbering(connection: Connection, table: str, columns: tuple[Column, ...]) -> None:
    """Let PostgreSQL number the next row after the last one; SQLite sees it by itself."""
    if connection.dialect.name != "postgresql" or not any(one.name == "id" for one in columns):
        return
    sequence = connection.execute(
        text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table}"'}
    ).scalar_one()
    if sequence:
        newest = f'SELECT setval(:sequence, max(id)) FROM "{table}" HAVING max(id) IS NOT NULL'  # noqa: S608
        connection.execute(text(newest), {"sequence": sequence})


def _counted(watch: Watch | None, done: int, total: int) -> Callable[[int], None]:
    return lambda number: watch(done + number, total) if watch else None

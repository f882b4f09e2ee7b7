"""Writing an archive: every table as it is at one moment, while the bot goes on."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from bot.keeping.archive import MANIFEST, Manifest, TableKept, add_table
from bot.keeping.values import Column, Kind, changed, columns_of, writers
from bot.migrating import VERSION_TABLE

# Which process sends is nothing to keep.
LEFT_OUT = frozenset({VERSION_TABLE, "senderlease"})
# Secrets are made anew where they are missing; each ends like this (`webhook_secret`).
_WITHOUT_SECRETS = {"remembered": " WHERE name NOT LIKE '%secret' AND name NOT LIKE '%token'"}
PAGE = 1000  # rows that are in memory at a time

Watch = Callable[[int, int], None]


@dataclass(frozen=True)
class Saved:
    """An archive that was written: where, what is in it, and the SHA-256 of the whole file."""

    file: Path
    manifest: Manifest
    sha256: str


def save(connection: Connection, file: Path, *, now: datetime, watch: Watch | None = None) -> Saved:
    """Write everything to a file, as a whole or not at all; the connection sees one moment of the database.

    Raises:
        FileExistsError: the name is taken; a backup never takes the place of another.
        OSError: the file cannot be written.
    """
    if file.exists():
        raise FileExistsError(17, "is there already and stays as it is", str(file))
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        unfinished.touch(mode=0o600)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            manifest = _write(connection, archive, now, watch)
        sha256 = _digest(unfinished)
        unfinished.rename(file)
    except OSError as error:
        error.filename = error.filename or str(file)
        raise
    finally:
        unfinished.unlink(missing_ok=True)
    return Saved(file, manifest, sha256)


def kept_tables(connection: Connection) -> list[str]:
    """Name the tables that go into an archive, each after those it refers to."""
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in ordered if name is not None and name not in LEFT_OUT]


def rows_of(connection: Connection, table: str) -> tuple[tuple[Column, ...], Iterator[list[Any]]]:
    """Give a table's columns and its rows as an archive has them, as they are read."""
    columns = columns_of(connection, table)
    return columns, _rows(connection, table, columns)


def _write(connection: Connection, archive: zipfile.ZipFile, now: datetime, watch: Watch | None) -> Manifest:
    names = kept_tables(connection)
    total = sum(_count(connection, name) for name in names) if watch else 0
    tables: list[TableKept] = []
    for name in names:
        columns, done = columns_of(connection, name), sum(one.rows for one in tables)
        rows = _watched(_rows(connection, name, columns), watch, done, total)
        tables.append(add_table(archive, name, columns, rows))
    revision = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()  # noqa: S608
    manifest = Manifest(str(revision), now, _community(connection), tuple(tables))
    archive.writestr(MANIFEST, manifest.written())
    return manifest


def _rows(connection: Connection, table: str, columns: Sequence[Column]) -> Iterator[list[Any]]:
    key = inspect(connection).get_pk_constraint(table)["constrained_columns"]
    order = ", ".join(f'"{one}"' for one in key)
    names = ", ".join(_selected(connection, one) for one in columns)
    statement = f'SELECT {names} FROM "{table}"{_WITHOUT_SECRETS.get(table, "")} ORDER BY {order}'  # noqa: S608
    changes = writers(columns)
    with connection.execute(text(statement), execution_options={"yield_per": PAGE}) as found:
        for row in found:
            yield changed(row, changes)


def _selected(connection: Connection, column: Column) -> str:
    # Left to itself the driver would read JSON and lose how it was written.
    as_text = column.kind is Kind.JSON and connection.dialect.name == "postgresql"
    return f'CAST("{column.name}" AS text)' if as_text else f'"{column.name}"'


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())  # noqa: S608


def _watched(rows: Iterator[list[Any]], watch: Watch | None, done: int, total: int) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, done + 1):
        if watch and number % PAGE == 0:
            watch(number, total)
        yield row


def _community(connection: Connection) -> str:
    found = connection.execute(text("SELECT code FROM area WHERE parent_id IS NULL ORDER BY id"))
    return str(found.scalars().first() or "linli")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""`linli export`: everything as CSV that a spreadsheet opens, and in which it computes nothing."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection

from bot.chat.statement_words import COMPUTED
from bot.commands.failing import Failed
from bot.commands.opening import configured, looking, watching
from bot.keeping import kept_tables, rows_of
from bot.keeping.values import Column, Kind
from points.counting import counted

LONGEST_CELL = 32_000  # a spreadsheet takes 32,767 characters


def export_everything(folder: Path, *, env_file: Path | None) -> None:
    """Write a file for each table into a folder that is new or empty, all of one moment."""
    settings = configured(env_file).settings
    if folder.exists() and any(folder.iterdir()):
        raise Failed(f"{folder} is not empty: name a new folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with looking(settings) as session, watching("Writing") as watch:
        connection = session.connection()
        names = kept_tables(connection)
        for number, name in enumerate(names, 1):
            _write(connection, name, folder / f"{name}.csv")
            if watch:
                watch(number, len(names))
    typer.echo(f"{counted(len(names), 'file')} in {folder}")


def _write(connection: Connection, table: str, file: Path) -> None:
    columns, rows = rows_of(connection, table)
    file.touch(mode=0o600)
    # The mark in front tells a spreadsheet that it is UTF-8.
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow([one.name for one in columns])
        writer.writerows(_cells(columns, rows))


def _cells(columns: Sequence[Column], rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [_cell(one.kind, value) for one, value in zip(columns, row, strict=True)]


def _cell(kind: Kind, value: Any) -> Any:
    """Give a cell as it can only be read: what begins like a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    if kind is Kind.BYTES and len(value) > LONGEST_CELL:
        return f"({len(value) * 3 // 4} bytes)"
    text = value if len(value) <= LONGEST_CELL else f"{value[:LONGEST_CELL]}…"
    return f"'{text}" if text.startswith(COMPUTED) else text

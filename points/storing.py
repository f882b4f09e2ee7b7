"""The few things that two databases say in different words."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, String, Table, case, func, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

T = TypeVar("T")
_KEYS = 0x4B_65_79_73  # tells these locks from any other
_MOST_VALUES = 10_000  # in one IN list; PostgreSQL takes 65,535 parameters, SQLite 32,766


def upsert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Start an INSERT that can say what happens on a conflict."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def lock_keys(session: Session, keys: Iterable[str]) -> None:
    """Keep others from the same keys until the end of the unit, where no row stands for what is shared.

    Always in one order, so that two units never wait for each other. SQLite has one writer and needs none.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    for number in sorted({zlib.crc32(key.encode()) - 2**31 for key in keys}):
        session.connection().execute(select(func.pg_advisory_xact_lock(_KEYS, number)))


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut values into lists short enough for one statement."""
    for first in range(0, len(values), _MOST_VALUES):
        yield values[first : first + _MOST_VALUES]


def iso_text(column: Column[Any], dialect: str) -> ColumnElement[str]:
    """Give a moment as text in UTC, such as 2026-03-10T04:00:00.000000Z, written by the database."""
    if dialect == "sqlite":
        kept = type_coerce(column, String())
        end = case((func.length(kept) == len("2026-03-10 04:00:00"), ".000000Z"), else_="Z")
        return func.replace(kept, " ", "T", type_=String()) + end
    pattern = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    return func.to_char(func.timezone("UTC", column), pattern, type_=String())


def hex_text(column: Column[Any], dialect: str) -> ColumnElement[str]:
    """Give bytes as hexadecimal digits, written by the database."""
    if dialect == "sqlite":
        return func.lower(func.hex(column), type_=String())
    return func.encode(column, "hex", type_=String())

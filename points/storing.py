"""The few things that two databases say in different words."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, String, Table, func, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

T = TypeVar("T")
_MOST_VALUES = 10_000  # in one IN list; PostgreSQL takes 65,535 parameters, SQLite 32,766


def upsert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Start an INSERT that can say what happens on a conflict."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut values into lists short enough for one statement."""
    for first in range(0, len(values), _MOST_VALUES):
        yield values[first : first + _MOST_VALUES]


def iso_text(column: Column[Any], dialect: str) -> ColumnElement[str]:
    """Give a moment as text in UTC, such as 2026-03-10T04:00:00.000000Z, written by the database."""
    if dialect == "sqlite":
        return type_coerce(func.replace(type_coerce(column, String()), " ", "T"), String()) + "Z"
    pattern = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    return func.to_char(func.timezone("UTC", column), pattern, type_=String())


def hex_text(column: Column[Any], dialect: str) -> ColumnElement[str]:
    """Give bytes as hexadecimal digits, written by the database."""
    if dialect == "sqlite":
        return func.lower(func.hex(column), type_=String())
    return func.encode(column, "hex", type_=String())

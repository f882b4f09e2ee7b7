"""The few things that two databases say in different words."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Table
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

"""Values that SQLite keeps though they are none of their column: a word for a number, bytes for a word.

Also words that are no UTF-8: SQLite takes any bytes for text, and only reading them fails.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Enum,
    Integer,
    LargeBinary,
    String,
    Table,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.exc import OperationalError
from sqlmodel import AutoString, Session

from points.columns import Moment
from points.earnings import budgets, nothing_awarded, waiting_awards
from points.models import accounts, balances, holds, monthly_totals, transfers
from points.seals import seals
from points.shelf import activities, redemptions, rewards

UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, OperationalError, sqlite3.Error)
"""What reading such a value, or reckoning with it, raises."""

_TABLES = (
    *(transfers, accounts, balances, monthly_totals, holds, seals),
    *(activities, rewards, redemptions, budgets, waiting_awards, nothing_awarded),
)
_KEPT_AS: tuple[tuple[type[Any], str], ...] = (
    (Boolean, "integer"),
    (Integer, "integer"),
    (LargeBinary, "blob"),
    (String, "text"),
    (AutoString, "text"),
    (Moment, "text"),
    (JSON, "text"),
)
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] *"


def misfits(session: Session) -> Iterator[str]:
    """Name the rows that keep what nobody can read. PostgreSQL keeps nothing of the kind."""
    if session.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            yield from _of_table(session, table)


def named_or_raised(session: Session, met: Exception) -> tuple[str, ...]:
    """Name the rows that cannot be read; where there are none, what was met is another error."""
    problems = tuple(misfits(session))
    if not problems:
        raise met
    return problems


def _of_table(session: Session, table: Table) -> Iterator[str]:
    keys = [_bytes(column) for column in table.primary_key]
    for column in table.columns:
        wrong = _wrong(column)
        if wrong is not None:
            query = select(*keys).select_from(table).where(column.is_not(None), wrong)
            for row in session.connection().execute(query):
                yield _named(table, row, column)
    yield from _garbled(session, table, keys)


def _garbled(session: Session, table: Table, keys: Sequence[ColumnElement[bytes]]) -> Iterator[str]:
    """Name text that is no UTF-8; SQLite itself has no word for it, so it is decoded here."""
    words = [column for column in table.columns if _is_words(column)]
    kept = (case((func.typeof(_as_kept(column)) == "text", _bytes(column))) for column in words)
    query = select(*keys, *kept).select_from(table).execution_options(yield_per=1000)
    for row in session.connection().execute(query) if words else ():
        for column, value in zip(words, row[len(keys) :], strict=True):
            if value is not None and not _is_utf8(value):
                yield _named(table, row[: len(keys)], column)


def _is_words(column: Column[Any]) -> bool:
    """Tell whether a column keeps text that its other checks let pass; names and moments say what may be."""
    return isinstance(column.type, (String, AutoString, JSON)) and not isinstance(column.type, Enum)


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_kept(column: Column[Any]) -> ColumnElement[Any]:
    """Give what is there: the column's own type would read it, and fail."""
    return literal_column(f'"{column.name}"')


def _bytes(column: Column[Any]) -> ColumnElement[bytes]:
    return cast(_as_kept(column), LargeBinary)


def _named(table: Table, key: Sequence[bytes], column: Column[Any]) -> str:
    row = " ".join(part.decode(errors="replace") for part in key)
    return f"{table.name} {row} keeps no {column.name} that can be read"


def _wrong(column: Column[Any]) -> ColumnElement[bool] | None:
    """Say what is in a column that should not be."""
    kind = next((name for type_, name in _KEPT_AS if isinstance(column.type, type_)), None)
    if kind is None:
        return None
    as_kept = _as_kept(column)
    wrong = func.typeof(as_kept) != kind
    if isinstance(column.type, Enum):
        return or_(wrong, as_kept.not_in(column.type.enums))
    if isinstance(column.type, Moment):
        return or_(wrong, func.datetime(as_kept).is_(None), ~as_kept.op("GLOB")(_DAY))
    if isinstance(column.type, JSON):
        return or_(wrong, func.json_valid(as_kept) == 0)
    return wrong

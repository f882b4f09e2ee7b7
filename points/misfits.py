"""Values that SQLite keeps though they are none of their column: a word for a number, bytes for a word."""

import sqlite3
from collections.abc import Iterator
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
    keys: list[ColumnElement[Any]] = [literal_column(f'"{column.name}"') for column in table.primary_key]
    for column in table.columns:
        wrong = _wrong(column)
        if wrong is not None:
            query = select(*keys).select_from(table).where(column.is_not(None), wrong)
            for row in session.connection().execute(query):
                yield f"{table.name} {' '.join(map(str, row))} keeps no {column.name} that can be read"


def _wrong(column: Column[Any]) -> ColumnElement[bool] | None:
    """Say what is in a column that should not be."""
    kind = next((name for type_, name in _KEPT_AS if isinstance(column.type, type_)), None)
    if kind is None:
        return None
    as_kept: ColumnElement[Any] = literal_column(
        f'"{column.name}"'
    )  # the column's own type would read it, and fail
    wrong = func.typeof(as_kept) != kind
    if isinstance(column.type, Enum):
        return or_(wrong, as_kept.not_in(column.type.enums))
    if isinstance(column.type, Moment):
        return or_(wrong, func.datetime(as_kept).is_(None), ~as_kept.op("GLOB")(_DAY))
    if isinstance(column.type, JSON):
        return or_(wrong, func.json_valid(as_kept) == 0)
    return wrong

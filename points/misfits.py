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
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.exc import OperationalError
from sqlmodel import AutoString, Session

from points.columns import Moment
from points.common_goods import spendings
from points.counter import disputes, settlements, sponsors, waits
from points.earnings import budgets, nothing_awarded, waiting_awards
from points.models import accounts, balances, holds, monthly_totals, purses, purses_left, transfers
from points.seals import seals
from points.shelf import activities, merchants, redemptions, rewards

UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, OperationalError, sqlite3.Error)
"""What reading such a value, or reckoning with it, raises."""

_TABLES = (
    *(transfers, accounts, balances, monthly_totals, holds, seals, purses, purses_left),
    *(activities, rewards, redemptions, budgets, waiting_awards, nothing_awarded, merchants),
    *(sponsors, waits, disputes, settlements, spendings),
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
_SECONDS = "%Y-%m-%d %H:%M:%S"
_LONG = len("2026-03-10 04:00:00")
_SPLIT_SECOND = ".[0-9][0-9][0-9][0-9][0-9][0-9]"


def misfits(session: Session) -> Iterator[str]:
    """Name the rows that keep what nobody can read. PostgreSQL keeps nothing of the kind."""
    yield from _misfits(session, true())


def misfits_unsealed(session: Session) -> Iterator[str]:
    """Name them as `misfits` does, but among transfers only those no seal covers: the others have a hash."""
    sealed = select(func.max(seals.c.upto)).where(func.typeof(seals.c.upto) == "integer").scalar_subquery()
    yield from _misfits(session, transfers.c.id > func.coalesce(sealed, 0))


def _misfits(session: Session, among_transfers: ColumnElement[bool]) -> Iterator[str]:
    if session.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            yield from _of_table(session, table, among_transfers if table is transfers else true())


def named_or_raised(session: Session, met: Exception) -> tuple[str, ...]:
    """Name the rows that cannot be read; where there are none, what was met is another error."""
    problems = tuple(misfits(session))
    if not problems:
        raise met
    return problems


def _of_table(session: Session, table: Table, among: ColumnElement[bool]) -> Iterator[str]:
    keys = [_bytes(column) for column in table.primary_key]
    wrong = {column: found for column in table.columns if (found := _wrong(column)) is not None}
    checks = [and_(_as_kept(column).is_not(None), found) for column, found in wrong.items()]
    query = select(*keys, *(cast(check, Integer) for check in checks)).select_from(table)
    for row in session.connection().execute(query.where(among, or_(*checks))):
        for column, is_wrong in zip(wrong, row[len(keys) :], strict=True):
            if is_wrong:
                yield _named(table, row[: len(keys)], column)
    yield from _garbled(session, table, keys, among)


def _garbled(
    session: Session, table: Table, keys: Sequence[ColumnElement[bytes]], among: ColumnElement[bool]
) -> Iterator[str]:
    """Name text that is no UTF-8; SQLite itself has no word for it, so it is decoded here."""
    words = [column for column in table.columns if _is_words(column)]
    if not words:
        return
    kept = (case((func.typeof(_as_kept(column)) == "text", _bytes(column))) for column in words)
    query = select(*keys, *kept).select_from(table).where(among, or_(*map(_is_not_plain, words)))
    for row in session.connection().execute(query.execution_options(yield_per=1000)):
        for column, value in zip(words, row[len(keys) :], strict=True):
            if value is not None and not _is_utf8(value):
                yield _named(table, row[: len(keys)], column)


def _is_words(column: Column[Any]) -> bool:
    """Tell whether a column keeps text that its other checks let pass; names and moments say what may be."""
    return isinstance(column.type, (String, AutoString, JSON)) and not isinstance(column.type, Enum)


def _is_not_plain(column: Column[Any]) -> ColumnElement[bool]:
    """Tell text that is more than printable ASCII, so that little is decoded; GLOB ends at a 0."""
    as_kept = _as_kept(column)
    return or_(as_kept.op("GLOB")("*[^ -~]*"), func.length(_bytes(column)) != func.length(as_kept))


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
        return or_(wrong, *_no_moment(as_kept))
    if isinstance(column.type, JSON):
        return or_(wrong, func.json_valid(as_kept) == 0)
    return wrong


def _no_moment(as_kept: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    """Say what is no moment as it is written here; SQLite itself takes 30 February for 2 March."""
    seconds, split = func.substr(as_kept, 1, _LONG), func.substr(as_kept, _LONG + 1)
    return (
        func.coalesce(func.strftime(_SECONDS, seconds, "+0 days"), "") != seconds,
        and_(split != "", ~split.op("GLOB")(_SPLIT_SECOND)),
        seconds < "0001",
    )

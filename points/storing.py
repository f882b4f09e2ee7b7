"""The few things that two databases say in different words, and rows kept in line with a list of codes."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    String,
    Table,
    case,
    func,
    insert,
    literal_column,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

T = TypeVar("T")
_KEYS = 0x4B_65_79_73  # tells these locks from any other
_BYTES: ColumnElement[Any] = literal_column("x''")  # on SQLite bytes are more, all else is less
CHANGED = "changed"  # in a connection's info: who speaks to the driver itself notes there that rows changed
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
    """Give a moment as text in UTC, such as 2026-03-10T04:00:00.000000Z, written by the database.

    On SQLite what is no text is given as it is, and a T that somebody put there does not pass for a blank.
    """
    if dialect == "sqlite":
        kept = type_coerce(column, String())
        end = case((func.length(kept) == len("2026-03-10 04:00:00"), ".000000Z"), else_="Z")
        plain = func.replace(func.replace(kept, "T", "t"), " ", "T", type_=String()) + end
        return case((kept < _BYTES, plain), else_=kept)
    pattern = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
    return func.to_char(func.timezone("UTC", column), pattern, type_=String())


def hex_text(column: Column[Any], dialect: str) -> ColumnElement[str]:
    """Give bytes as hexadecimal digits, written by the database; on SQLite null where they are no bytes."""
    if dialect == "sqlite":
        return case((type_coerce(column, String()) >= _BYTES, func.lower(func.hex(column), type_=String())))
    return func.encode(column, "hex", type_=String())


def keep_listed(session: Session, table: Table, code: str, values: Mapping[str, Any]) -> None:
    """Change the row of a code, retired or not, or add it."""
    kept = update(table).where(table.c.code == code).values(retired_at=None, **values)
    if not session.connection().execute(kept).rowcount:
        session.connection().execute(insert(table), {"code": code, **values})


def retire_others(session: Session, table: Table, codes: set[str], now: datetime) -> None:
    """Retire every row whose code is not listed."""
    others = update(table).where(table.c.code.not_in(codes), table.c.retired_at.is_(None))
    session.connection().execute(others.values(retired_at=now))

"""Transfers as the leaves of seals: read page by page, each as its canonical JSON, and hashed."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Integer,
    LargeBinary,
    Select,
    String,
    case,
    or_,
    select,
    type_coerce,
)
from sqlmodel import Session

from points.columns import Moment
from points.models import transfers
from points.proofs import canonical, leaf_hashes
from points.storing import hex_text, iso_text

PAGE = 2_000
COLUMNS: tuple[Column[Any], ...] = tuple(sorted(transfers.c, key=lambda column: column.name))
NULLABLE = tuple(column for column in COLUMNS if column.nullable)
NAMES = tuple(column.name for column in COLUMNS)
_CONTROLS = bytes(range(32))


Values = tuple[Any, ...]
"""A transfer as the driver gives it: each column in the order of `NAMES`, then the number of its shape."""


class _Shape(NamedTuple):
    """How transfers with certain columns and no others are written."""

    template: str
    pick: Callable[[Values], tuple[Any, ...]]
    quotes: int


def pages(
    session: Session, *, above: int | None = None, upto: int | None = None, only: tuple[str, ...] = NAMES
) -> Iterator[Sequence[Values]]:
    """Read transfers with `above` < id <= `upto` in the order of ids, a page at a time, or some columns only.

    Without `above` from the lowest there is, also where none should be. Moments and bytes are read as text.
    """
    connection, number = session.connection(), only.index("id")
    while True:
        query = _query(connection.dialect.name, only)
        if above is not None:
            query = query.where(transfers.c.id > above)
        if upto is not None:
            query = query.where(transfers.c.id <= upto)
        rows = plain_rows(connection.execute(query))
        if rows:
            yield rows
        if len(rows) < PAGE or rows[-1][number] == upto:
            return
        above = rows[-1][number]


def of_account(session: Session, account: int) -> list[Values]:
    """Read every transfer of an account, in the order of ids."""
    connection = session.connection()
    mine = or_(transfers.c.debit == account, transfers.c.credit == account)
    return plain_rows(connection.execute(_query(connection.dialect.name).where(mine).limit(None)))


def plain_rows(result: CursorResult[Any]) -> list[Values]:
    """Take the driver's own tuples: nothing in them is to be converted, and a row costs a third less."""
    cursor = result.cursor
    rows = [] if cursor is None else list(cursor.fetchall())
    result.close()
    return rows


def texts(rows: Sequence[Values]) -> list[bytes]:
    """Write each transfer as its canonical JSON."""
    numbers = [row[-1] for row in rows]
    counts = Counter(numbers)
    shapes = {number: _shape(number) for number in counts}
    of_rows = zip(map(shapes.__getitem__, numbers), rows, strict=True)
    written = [(template % pick(row)).encode() for (template, pick, _), row in of_rows]
    # Almost always no value holds a sign that JSON writes in another way; looked at once for all of them.
    together = b"".join(written)
    plain = (
        b"\\" not in together
        and together.count(b'"') == sum(shapes[number].quotes * count for number, count in counts.items())
        and len(together.translate(None, _CONTROLS)) == len(together)
    )
    return written if plain else [canonical(facts(row)) for row in rows]


def hashes(rows: Sequence[Values]) -> list[bytes]:
    """Hash each transfer."""
    return leaf_hashes(texts(rows))


def facts(row: Values) -> dict[str, Any]:
    """Give what a transfer's leaf says: its columns that are not null."""
    return {name: value for name, value in zip(NAMES, row, strict=False) if value is not None}


@cache
def _query(dialect: str, only: tuple[str, ...] = NAMES) -> Select[Any]:
    columns = [readable(transfers.c[name], dialect).label(name) for name in only]
    if only is NAMES:
        missing = [case((column.is_(None), 1 << bit), else_=0) for bit, column in enumerate(NULLABLE)]
        columns.append(sum(missing[1:], start=missing[0]).label("shape"))
    return select(*columns).order_by(transfers.c.id).limit(PAGE)


def readable(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    """Give a column as a leaf says it: moments and bytes as text."""
    if isinstance(column.type, Moment):
        return iso_text(column, dialect)
    if isinstance(column.type, LargeBinary):
        return hex_text(column, dialect)
    return column if isinstance(column.type, Integer) else type_coerce(column, String())


@cache
def _shape(number: int) -> _Shape:
    missing = {column.name for bit, column in enumerate(NULLABLE) if number >> bit & 1}
    present = [place for place, name in enumerate(NAMES) if name not in missing]
    template = f"{{{','.join(_template(COLUMNS[place]) for place in present)}}}"
    return _Shape(template, itemgetter(*present), template.count('"'))


def _template(column: Column[Any]) -> str:
    """Give a column's part of the JSON; whatever stands where a number should is hashed as it is."""
    return f'"{column.name}":%s' if isinstance(column.type, Integer) else f'"{column.name}":"%s"'

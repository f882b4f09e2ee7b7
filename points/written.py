"""Transfers read with their canonical JSON written by SQLite itself, which costs half of writing it here."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

from points.leaves import COLUMNS, NAMES, NULLABLE, PAGE, Values, pages, plain_rows, readable, texts

Missing = frozenset[str]
"""The columns in which a transfer has nothing."""

_MOST = 16  # kinds of transfers, by what is missing, that are written without a further look
_WORTH = 20  # a kind is worth knowing when one in so many is of it
_NOTHING = re.compile(rb',"([a-z_]+)":null')  # within a text each of its quotes would follow a backslash
_BITS = {column.name: 1 << bit for bit, column in enumerate(NULLABLE)}
_DIALECT = sqlite.dialect()
_MARK = b" "  # stands before what still has its nulls


class Writing:
    """Reads transfers a page at a time: `only` some columns, of which the id is first, and their texts."""

    def __init__(self, session: Session, only: tuple[str, ...]) -> None:
        self._session, self._only = session, only
        self._kinds: tuple[Missing, ...] = ()  # learnt from those that came with their nulls

    def pages(self, *, above: int, upto: int) -> Iterator[tuple[Sequence[Values], list[bytes]]]:
        """Read transfers with `above` < id <= `upto` in the order of ids.

        SQLite quotes as JSON asks for, and raises an error where bytes are instead of a word or a number.
        """
        if self._session.connection().dialect.name == "sqlite":
            yield from self._written_there(above, upto)
            return
        columns = [itemgetter(NAMES.index(name)) for name in self._only]
        for rows in pages(self._session, above=above, upto=upto):
            yield list(zip(*(map(column, rows) for column in columns), strict=True)), texts(rows)

    def _written_there(self, above: int, upto: int) -> Iterator[tuple[Sequence[Values], list[bytes]]]:
        connection = self._session.connection()
        while above < upto:
            query = _query(self._only, self._kinds)
            rows = plain_rows(connection.exec_driver_sql(query, (above, upto)))
            if rows:
                yield rows, self._finished([row[-1] for row in rows])
            if len(rows) < PAGE:
                return
            above = rows[-1][0]

    def _finished(self, written: list[bytes]) -> list[bytes]:
        """Take the nulls out of the texts that have them."""
        marked = [place for place, text in enumerate(written) if text.startswith(_MARK)]
        if len(marked) * _WORTH > len(written) and len(self._kinds) < _MOST:
            self._learn([written[place] for place in marked])
        for place in marked:
            written[place] = _NOTHING.sub(b"", written[place][len(_MARK) :])
        return written

    def _learn(self, marked: Sequence[bytes]) -> None:
        kinds = Counter(frozenset(name.decode() for name in _NOTHING.findall(text)) for text in marked)
        often = (kind for kind, count in kinds.most_common() if count * _WORTH > len(marked))
        worth = [kind for kind in often if kind <= _BITS.keys()]  # no other column should have nothing
        self._kinds = (*self._kinds, *worth)[:_MOST]


@cache
def _query(only: tuple[str, ...], kinds: tuple[Missing, ...]) -> str:
    text = f"'{_MARK.decode()}' || {_json(Missing())}"
    if kinds:
        missing = " + ".join(f'("{name}" IS NULL) * {bit}' for name, bit in _BITS.items())
        known = (f"WHEN {sum(_BITS[name] for name in kind)} THEN {_json(kind)}" for kind in kinds)
        text = f"CASE {missing} {' '.join(known)} ELSE {text} END"
    columns = ", ".join(f'"{name}"' for name in only)
    return (
        f"SELECT {columns}, CAST({text} AS BLOB) FROM transfer"  # noqa: S608 - our own names and numbers
        f" WHERE id > ? AND id <= ? ORDER BY id LIMIT {PAGE}"
    )


def _json(missing: Missing) -> str:
    there = (f"'{column.name}', {_value(column)}" for column in COLUMNS if column.name not in missing)
    return f"json_object({', '.join(there)})"


def _value(column: Column[Any]) -> str:
    value = readable(column, "sqlite").compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return str(value)

"""How values of each kind are written in an archive, whichever database they come from or go to."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, DateTime, LargeBinary, Time, inspect


class Kind(StrEnum):
    """What a column holds; moments are in UTC, bytes in base64, JSON is kept as the text it was."""

    MOMENT = "moment"
    TIME = "time"
    BOOLEAN = "boolean"
    BYTES = "bytes"
    JSON = "json"
    PLAIN = "plain"


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind


Change = Callable[[Any], Any]
_KINDS = (
    (DateTime, Kind.MOMENT),
    (Time, Kind.TIME),
    (Boolean, Kind.BOOLEAN),
    (LargeBinary, Kind.BYTES),
    (JSON, Kind.JSON),
)


def columns_of(connection: Connection, table: str) -> tuple[Column, ...]:
    """Read the columns as the database has them: it may be of an older version than the models."""
    found = inspect(connection).get_columns(table)
    return tuple(Column(one["name"], _kind(one["type"])) for one in found)


def _kind(column_type: object) -> Kind:
    return next((kind for one, kind in _KINDS if isinstance(column_type, one)), Kind.PLAIN)


def writers(columns: Sequence[Column]) -> list[tuple[int, Change]]:
    """Give what must be done to which values of a row from either driver before they are JSON."""
    return [(at, _WRITTEN[one.kind]) for at, one in enumerate(columns) if one.kind in _WRITTEN]


def readers(columns: Sequence[Column], dialect: str) -> list[tuple[int, Change]]:
    """Give what must be done to which values of an archive's row before a driver takes them."""
    known = _FOR_SQLITE if dialect == "sqlite" else _FOR_POSTGRESQL
    return [(at, known[one.kind]) for at, one in enumerate(columns) if one.kind in known]


def changed(row: Sequence[Any], changes: Sequence[tuple[int, Change]]) -> list[Any]:
    """Give a row with its changes; what is nothing stays nothing."""
    values = list(row)
    for at, change in changes:
        if values[at] is not None:
            values[at] = change(values[at])
    return values


def _moment_written(value: str | datetime) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    elif len(value) != 26:
        value = datetime.fromisoformat(value).isoformat(" ", "microseconds")
    return f"{value[:10]}T{value[11:]}Z"


def _time_written(value: str | time) -> str:
    return (time.fromisoformat(value) if isinstance(value, str) else value).isoformat("microseconds")


def _moment_for_sqlite(value: str) -> str:
    return f"{value[:10]} {value[11:26]}"


_WRITTEN: dict[Kind, Change] = {
    Kind.MOMENT: _moment_written,
    Kind.TIME: _time_written,
    Kind.BOOLEAN: bool,
    Kind.BYTES: lambda value: b64encode(value).decode(),
}
_FOR_SQLITE: dict[Kind, Change] = {Kind.MOMENT: _moment_for_sqlite, Kind.BYTES: b64decode}
_FOR_POSTGRESQL: dict[Kind, Change] = {Kind.BYTES: b64decode}

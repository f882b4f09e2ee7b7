"""Seals: the Merkle root over what was posted since the last one, chained to it; each month's end has one."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, LargeBinary, Row, Table, insert, select, text
from sqlmodel import Field, Session, SQLModel

from points.columns import BigId, Bytewise, Moment, words
from points.leaves import NAMES, PAGE, Values, hashes, pages
from points.proofs import NOTHING_BEFORE, Header, moment_text, root_of


class SealKind(StrEnum):
    HOUR = "hour"
    MONTH = "month"


class Seal(SQLModel, table=True):
    """A seal over the `size` transfers with `above` < id <= `upto`, for ever.

    `previous` is the hash of the seal before, so that there is one chain and no fork of it; `leaves` are the
    hashes under the root, one after the other, by which a changed transfer is told from its neighbours.
    """

    __table_args__ = (
        CheckConstraint("(kind = 'month') = (month IS NOT NULL)", name="month_named"),
        CheckConstraint("upto >= above AND size >= 0", name="forward"),
    )

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    kind: SealKind = Field(sa_type=words(SealKind))
    month: str | None = Field(default=None, unique=True, sa_type=Bytewise)
    above: int = Field(sa_type=BigId)
    upto: int = Field(sa_type=BigId)
    size: int
    root: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(unique=True, sa_type=LargeBinary)
    hash: bytes = Field(unique=True, sa_type=LargeBinary)
    at: datetime = Field(sa_type=Moment)
    leaves: bytes = Field(sa_type=LargeBinary)


seals: Table = SQLModel.metadata.tables["seal"]
HASH = 32
_AT_ONCE = 100
_ID = NAMES.index("id")
_HEADER = [column for column in seals.c if column is not seals.c.leaves]


@dataclass(frozen=True)
class _End:
    """Where the chain ends: the number, range and hash of the last seal."""

    id: int = 0
    upto: int = 0
    hash: bytes = NOTHING_BEFORE


@dataclass(frozen=True)
class Sealed:
    """What one step of sealing came to; `more` says that transfers, or the month's own seal, still wait."""

    size: int
    more: bool


def hold_posters(session: Session) -> None:
    """Wait for whoever is posting and keep others from it until the end of the unit.

    On PostgreSQL a transfer may become visible after one with a higher id, and would slip below what is
    sealed. So this comes before the unit's first read, which fixes the moment that the unit sees. SQLite has
    one writer, and its unit begins when the one before has ended.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("LOCK TABLE transfer IN SHARE MODE"))


def seal(session: Session, *, now: datetime, month: str | None = None) -> Sealed:
    """Seal what was posted since the last seal, a page of it at a time; with a month, end that month.

    Where nothing was posted there is no seal, but a month always gets its own, once. A unit does this first
    (see `hold_posters`).
    """
    hold_posters(session)
    if month is not None and month_root(session, month) is not None:
        return Sealed(0, more=False)
    last = _last(session)
    rows = next(pages(session, above=last.upto), [])
    more = len(rows) == PAGE
    if rows or month:
        _write(session, last, rows, month=None if more else month, now=now)
    return Sealed(len(rows), more=more)


def headers(session: Session, *, covering: int = 0) -> Iterator[Header]:
    """Give the chain of seals without their leaves, from the one that covers a transfer on."""
    return (header_of(row) for row in in_order(session, *_HEADER, covering=covering))


def in_order(session: Session, *columns: Column[Any], covering: int = 0) -> Iterator[Row[Any]]:
    """Read seals in their order, a few at a time."""
    query = select(*columns).where(seals.c.upto >= covering).order_by(seals.c.id).limit(_AT_ONCE)
    last = 0
    while rows := session.connection().execute(query.where(seals.c.id > last)).all():
        yield from rows
        last = rows[-1].id


def header_of(row: Row[Any]) -> Header:
    """Give the header of a seal's row."""
    return Header(
        id=row.id,
        kind=row.kind.value,
        month=row.month,
        above=row.above,
        upto=row.upto,
        size=row.size,
        root=row.root.hex(),
        previous=row.previous.hex(),
        at=moment_text(row.at),
    )


def month_root(session: Session, month: str) -> str | None:
    """Give what is published of a month's end: the hash of its seal, by which all before it holds."""
    query = select(seals.c.hash).where(seals.c.month == month)
    found = session.connection().execute(query).scalar_one_or_none()
    return None if found is None else found.hex()


def leaves_of(session: Session, seal_id: int) -> list[bytes]:
    """Give the hashes under a seal's root."""
    kept = session.connection().execute(select(seals.c.leaves).where(seals.c.id == seal_id)).scalar_one()
    return split(kept)


def split(kept: bytes) -> list[bytes]:
    """Cut hashes that were written one after the other."""
    return [kept[start : start + HASH] for start in range(0, len(kept), HASH)]


def _last(session: Session) -> _End:
    query = select(seals.c.id, seals.c.upto, seals.c.hash).order_by(seals.c.id.desc()).limit(1)
    row = session.connection().execute(query).one_or_none()
    return _End() if row is None else _End(*row)


def _write(session: Session, last: _End, rows: Sequence[Values], *, month: str | None, now: datetime) -> None:
    leaves = hashes(rows)
    header = Header(
        id=last.id + 1,
        kind=SealKind.HOUR if month is None else SealKind.MONTH,
        month=month,
        above=last.upto,
        upto=rows[-1][_ID] if rows else last.upto,
        size=len(rows),
        root=root_of(leaves).hex(),
        previous=last.hash.hex(),
        at=moment_text(now),
    )
    written = asdict(header) | {
        "root": bytes.fromhex(header.root),
        "previous": last.hash,
        "hash": bytes.fromhex(header.hash),
        "at": now,
        "leaves": b"".join(leaves),
    }
    session.connection().execute(insert(seals), written)

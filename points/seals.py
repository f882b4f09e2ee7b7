"""Seals: the Merkle root over what was posted since the last one, chained to it; each month's end has one."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, LargeBinary, Row, Table, func, insert, select, text
from sqlmodel import Field, Session, SQLModel

from points.columns import BigId, Bytewise, Moment, words
from points.leaves import NAMES, PAGE, Values, hashes, pages
from points.models import transfers
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


def settled_upto(session: Session) -> int:
    """Give an id at or below which no transfer can appear any more, for units that begin after this one.

    On PostgreSQL a transfer may become visible after one with a higher id. So this waits for whoever is
    posting and keeps others from it until its commit: who took a lower id before has ended by then, and
    whoever posts later takes a higher one. What this unit itself sees may be older than that, so the answer
    is for the next one, and is taken from the counter of ids, which nobody's view holds back.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":  # one writer, whose unit begins when the one before has ended
        return int(connection.execute(select(func.coalesce(func.max(transfers.c.id), 0))).scalar_one())
    connection.execute(text("LOCK TABLE transfer IN SHARE MODE"))
    counter = "pg_sequence_last_value(pg_get_serial_sequence('transfer', 'id')::regclass)"
    return int(connection.execute(text(f"SELECT coalesce({counter}, 0)")).scalar_one())


def sealed_upto(session: Session) -> int:
    """Give the id up to which everything is sealed."""
    return _last(session).upto


def seal(session: Session, *, upto: int, now: datetime, month: str | None = None) -> Sealed:
    """Seal a page of what was posted since the last seal, up to what an earlier unit found settled.

    Where nothing was posted there is no seal; but a month gets its own, once, when the rest is sealed.
    """
    if month is not None and month_root(session, month) is not None:
        return Sealed(0, more=False)
    last = _last(session)
    rows = next(pages(session, above=last.upto, upto=upto), [])
    more = len(rows) == PAGE
    if rows or month:
        _write(session, last, rows, month=None if more else month, now=now)
    return Sealed(len(rows), more=more)


def headers(session: Session, *, covering: int = 0) -> Iterator[Header]:
    """Give the chain of seals without their leaves, from the one that covers a transfer on."""
    return (header_of(row) for row in in_order(session, *_HEADER, covering=covering))


def in_order(session: Session, *columns: Column[Any], covering: int = 0) -> Iterator[Row[Any]]:
    """Read seals in their order, a few at a time: all there are, whatever their numbers."""
    query = select(*columns).where(seals.c.upto >= covering).order_by(seals.c.id).limit(_AT_ONCE)
    rows = session.connection().execute(query).all()
    while rows:
        yield from rows
        rows = session.connection().execute(query.where(seals.c.id > rows[-1].id)).all()


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

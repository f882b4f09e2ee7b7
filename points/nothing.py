"""Awards that came to nothing: remembered, so that the same key says the same and pays for nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlmodel import Session

from points.activities import activity_names
from points.earnings import nothing_awarded
from points.storing import chunks

_n = nothing_awarded.c


def remember_nothing(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remember awards that came to nothing, each under its key."""
    if rows:
        session.connection().execute(insert(nothing_awarded), list(rows))


def nothing_under(session: Session, keys: Iterable[str]) -> dict[str, Row[Any]]:
    """Give what came to nothing under these keys."""
    found: dict[str, Row[Any]] = {}
    for some in chunks(sorted(set(keys))):
        rows = session.connection().execute(select(nothing_awarded).where(_n.key.in_(some)))
        found |= {row.key: row for row in rows}
    return found


def nothing_for(session: Session, account: int) -> list[dict[str, Any]]:
    """Give an account's awards that came to nothing, ready for JSON, the newest first."""
    query = select(nothing_awarded).where(_n.account == account).order_by(_n.at.desc(), _n.key)
    rows = session.connection().execute(query).all()
    names = activity_names(session) if rows else {}
    return [
        {"at": row.at.isoformat(), "names": dict(names.get(row.rule, {})), "minutes": row.minutes}
        for row in rows
    ]


def drop_nothing(session: Session, account: int) -> None:
    """Forget them: their owner asked for it, and no sum depends on them."""
    session.connection().execute(delete(nothing_awarded).where(_n.account == account))

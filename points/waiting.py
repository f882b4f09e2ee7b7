"""Awards that wait for the first day of a later month: queued, looked up, dropped with who is forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlmodel import Session

from points.activities import activity_names
from points.budget import take_off
from points.earnings import waiting_awards
from points.models import transfers
from points.storing import chunks

_w = waiting_awards.c


@dataclass(frozen=True)
class Waiting:
    """Points that were earned and come on the first day of a month."""

    amount: int
    month: str
    names: Mapping[str, str]


def queue(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let awards wait, each for the month it is due in."""
    if rows:
        session.connection().execute(insert(waiting_awards), list(rows))


def kept(session: Session, keys: Iterable[str]) -> tuple[dict[str, Row[Any]], dict[str, Row[Any]]]:
    """Give what is there under these keys: the transfers that paid them, and who waits without one."""
    paid: dict[str, Row[Any]] = {}
    waiting: dict[str, Row[Any]] = {}
    for some in chunks(sorted(set(keys))):
        for row in session.connection().execute(select(transfers).where(transfers.c.key.in_(some))):
            paid[row.key] = row
        unpaid = select(waiting_awards).where(_w.key.in_(some), _w.transfer.is_(None))
        for row in session.connection().execute(unpaid):
            waiting[row.key] = row
    return paid, waiting


def waiting_for(session: Session, account: int) -> tuple[Waiting, ...]:
    """Give what waits for an account, the next first."""
    query = select(waiting_awards).where(_w.account == account, _w.transfer.is_(None))
    rows = session.connection().execute(query.order_by(_w.due, _w.id)).all()
    names = activity_names(session) if rows else {}
    return tuple(Waiting(row.amount, row.due, names.get(row.rule, {})) for row in rows)


def drop_waiting(session: Session, account: int) -> None:
    """Let nothing wait for an account any more: its owner asked to be forgotten."""
    unpaid = (_w.account == account, _w.transfer.is_(None))
    dropping = delete(waiting_awards).where(*unpaid).returning(_w.due, _w.amount)
    for due, amount in sorted(tuple(row) for row in session.connection().execute(dropping)):
        take_off(session, promised=due, amount=amount)

"""Checking that no month was sealed before it was over, as by a clock that ran ahead."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlmodel import Session

from points.counting import counted
from points.models import TransferKind, transfers
from points.seals import seals

CLOSE = timedelta(minutes=10)  # who posts while the month is sealed may have begun before it ended

_t = transfers.c
# These count by design in a month that may be over: that of what they reverse, or of the points they pass on,
# also to a purse; and what is repaid as a hold ends is dated without asking where midnight is.
_COUNTS_NOW = _t.kind.not_in((TransferKind.REVERSAL, TransferKind.GIFT, TransferKind.SETTLEMENT))


def early_seals(session: Session) -> Iterator[str]:
    """Name the months' seals after which something was posted that counts in that month or before."""
    connection = session.connection()
    ended = select(seals.c.id, seals.c.month, seals.c.upto, seals.c.at).where(seals.c.month.is_not(None))
    monthly = connection.execute(ended.order_by(seals.c.id)).all()
    if not any(connection.execute(query).first() for query in _any_late(monthly)):
        return
    newest = select(_t.month, func.max(_t.id).label("last")).where(_COUNTS_NOW).group_by(_t.month)
    lasts = connection.execute(newest).all()
    for seal in monthly:
        if any(last > seal.upto for month, last in lasts if month <= seal.month):
            yield from _late(session, seal)


def _any_late(monthly: Sequence[Any]) -> Iterator[Select[Any]]:
    """Ask for one late transfer, in steps that each read what was posted between two of these seals only."""
    in_order = sorted(monthly, key=attrgetter("upto"))
    for number, seal in enumerate(in_order):
        last_month = max(earlier.month for earlier in in_order[: number + 1])
        query = select(_t.id).where(_t.id > seal.upto, _t.month <= last_month, _COUNTS_NOW).limit(1)
        after = in_order[number + 1 :]
        yield query.where(_t.id <= after[0].upto) if after else query


def _late(session: Session, seal: Any) -> Iterator[str]:
    after = and_(_t.id > seal.upto, _t.month <= seal.month, _COUNTS_NOW)
    rows = session.connection().execute(select(_t.id, _t.at).where(after).order_by(_t.id))
    late = [row.id for row in rows if abs(row.at - seal.at) > CLOSE]
    if late:
        many = counted(len(late), "transfer that counts", "transfers that count")
        yield (
            f"seal {seal.id} ended {seal.month} too early: {many} in that month or before"
            f" came after it, the first is transfer {late[0]}"
        )

"""A month's budget that is raised: its months open again, and who waited longest comes first."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session

from points.budget import promise, reopen, take_off
from points.earnings import waiting_awards
from points.months import month_of

_w = waiting_awards.c


def raise_budget(session: Session, *, budget: int | None, now: datetime, zone: ZoneInfo) -> bool:
    """Promise anew what waits, in the order it came, from this month on; tell whether this month pays some.

    Whoever waits is served before whoever earns from now on: what is promised to them is entered first.
    """
    month = month_of(now, zone)
    later = select(_w.id, _w.due, _w.amount).where(_w.transfer.is_(None), _w.due > month)
    waiting = session.connection().execute(later.order_by(_w.due, _w.id).with_for_update()).all()
    reopen(session, month=month)
    for row in waiting:
        take_off(session, promised=row.due, amount=row.amount)
    sooner = False
    for row in waiting:
        due = promise(session, month=month, amount=row.amount, budget=budget)
        session.connection().execute(update(waiting_awards).where(_w.id == row.id).values(due=due))
        sooner |= due == month
    return sooner

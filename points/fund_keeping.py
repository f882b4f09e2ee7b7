"""What is kept of a person as one who proposed to spend from a fund, or decided on it (law 11)."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlmodel import Session

from points.common_goods import SpendingState, spendings
from points.funds import Spending, lapse, withdraw

_KEPT = ("fund", "amount", "purpose", "state", "at", "decided_at")


def exported_spendings(session: Session, resident_id: int) -> list[dict[str, Any]]:
    """Give what somebody proposed and what they decided, ready for JSON."""
    by, decided = spendings.c.proposed_by == resident_id, spendings.c.decided_by == resident_id
    query = select(spendings).where(or_(by, decided)).order_by(spendings.c.id)
    return [
        {name: _plain(row._mapping[name]) for name in _KEPT}
        | {"act": "proposed" if row.proposed_by == resident_id else "decided"}
        for row in session.execute(query)
    ]


def forget_spendings(session: Session, *, resident_id: int, now: datetime) -> tuple[Spending, ...]:
    """Take a person out of all proposals; give those of theirs that waited and are taken back."""
    mine = spendings.c.proposed_by == resident_id
    waiting = select(spendings.c.id).where(mine, spendings.c.state == SpendingState.OPEN)
    ended = tuple(
        lapse(session, spending_id=number, now=now)
        or withdraw(session, spending_id=number, by=resident_id, now=now)
        for number in session.execute(waiting.order_by(spendings.c.id)).scalars().all()
    )
    session.execute(update(spendings).where(mine).values(proposed_by=None, household=None, kin=[]))
    decided = update(spendings).where(spendings.c.decided_by == resident_id)
    session.execute(decided.values(decided_by=None))
    _leave_kin(session, resident_id)
    return ended


def _leave_kin(session: Session, resident_id: int) -> None:
    for row in session.execute(select(spendings.c.id, spendings.c.kin)).all():
        if resident_id in row.kin:
            others = [number for number in row.kin if number != resident_id]
            session.execute(update(spendings).where(spendings.c.id == row.id).values(kin=others))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

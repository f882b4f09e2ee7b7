"""Checking area funds: each proposal's points are where its state says."""

from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from points.common_goods import SpendingState, spendings
from points.models import HoldState, holds, transfers

_ENDED = (SpendingState.REFUSED, SpendingState.LAPSED, SpendingState.WITHDRAWN)


def fund_problems(session: Session) -> Iterator[str]:
    """Say which proposal does not agree with its hold, or with what was paid for it."""
    s = spendings.c
    fits = and_(
        holds.c.amount == s.amount,
        or_(
            and_(s.state == SpendingState.OPEN, holds.c.state == HoldState.OPEN),
            and_(s.state.in_(_ENDED), holds.c.state == HoldState.RELEASED),
            and_(
                *(s.state == SpendingState.AGREED, holds.c.state == HoldState.CAPTURED),
                *(transfers.c.hold == s.hold, transfers.c.amount == s.amount),
            ),
        ),
    )
    query = (
        select(s.id, s.state, s.hold, holds.c.state.label("hold_state"))
        .join(holds, holds.c.id == s.hold)
        .outerjoin(transfers, transfers.c.id == s.transfer)
        .where(fits.is_not(True))
        .order_by(s.id)
    )
    for row in session.connection().execute(query):
        yield f"spending {row.id} is {row.state}, but its hold {row.hold} is {row.hold_state}"

"""Checking settlements: each moved the points that its handovers say."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlmodel import Session

from points.counter import settlements
from points.models import transfers
from points.shelf import redemptions


def settlement_problems(session: Session) -> Iterator[str]:
    """Say which settlement does not agree with what was handed over."""
    said = func.coalesce(func.sum(redemptions.c.price), 0)
    query = (
        select(settlements.c.id, func.coalesce(transfers.c.amount, 0).label("moved"), said.label("said"))
        .outerjoin(transfers, transfers.c.id == settlements.c.transfer)
        .outerjoin(redemptions, redemptions.c.settlement == settlements.c.id)
        .group_by(settlements.c.id, transfers.c.amount)
        .having(func.coalesce(transfers.c.amount, 0) != said)
        .order_by(settlements.c.id)
    )
    for row in session.connection().execute(query):
        yield f"settlement {row.id} moved {row.moved}, its handovers say {row.said}"

"""Who of those asked is still unreached, and who was reached by another way than chat."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from bot.callouts.marks import keep_steps, mark_delivered
from bot.callouts.models import asks
from bot.callouts.states import AskState


def unreached(session: Session, callout_id: int) -> tuple[int, ...]:
    """Give who was asked and could not be reached, in the order they were asked."""
    mine = (asks.c.callout_id == callout_id) & (asks.c.state == AskState.UNREACHABLE)
    found = select(asks.c.resident_id).where(mine, asks.c.resident_id.is_not(None)).order_by(asks.c.id)
    return tuple(session.execute(found).scalars())


def mark_reached(session: Session, *, callout_id: int, resident_ids: Sequence[int], at: datetime) -> int:
    """Note that these people heard of it by another way, and give how many had been unreached."""
    mine = (asks.c.callout_id == callout_id) & asks.c.resident_id.in_(resident_ids)
    move = update(asks).where(mine, asks.c.state == AskState.UNREACHABLE).values(state=AskState.DELIVERED)
    moved = list(session.execute(move.returning(asks.c.id)).scalars())
    keep_steps(session, moved, AskState.DELIVERED, at)
    mark_delivered(session, callout_id=callout_id, resident_ids=resident_ids, at=at)
    return len(moved)

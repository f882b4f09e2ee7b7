"""Sending again what nobody can say arrived, because a person decided so: each doubt is resolved once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlmodel import Session, col

from bot.delivery.models import Broadcast, Delivery, Rendering, State


@dataclass(frozen=True, slots=True)
class Doubt:
    """One message that may or may not have arrived; `possible` says that it can still be sent again."""

    delivery_id: int
    chat_id: int
    tag: int | None
    reason: str | None
    possible: bool


def in_doubt(session: Session, about: str, now: datetime) -> tuple[Doubt, ...]:
    """List what is unknown about this, in the order it was promised."""
    rows = session.execute(
        select(
            col(Delivery.id),
            col(Delivery.chat_id),
            col(Delivery.tag),
            col(Delivery.reason),
            _possible(now),
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(col(Broadcast.about) == about, col(Delivery.state) == State.UNKNOWN)
        .order_by(col(Delivery.id))
    )
    return tuple(Doubt(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows)


def send_again(
    session: Session, *, about: str, now: datetime, only: Collection[int] | None = None
) -> tuple[int, ...]:
    """Let wait again what is unknown about this, and give the deliveries; a second call finds nothing to do.

    What is too late, was withdrawn or whose words were erased stays unknown. `only` names some deliveries.
    """
    ids = [
        one.delivery_id
        for one in in_doubt(session, about, now)
        if one.possible and (only is None or one.delivery_id in only)
    ]
    doubtful = update(Delivery).where(col(Delivery.id).in_(ids), col(Delivery.state) == State.UNKNOWN)
    fresh = doubtful.values(state=State.QUEUED, attempts=0, not_before=None, reason=None)
    return tuple(sorted(session.execute(fresh.returning(col(Delivery.id))).scalars())) if ids else ()


def _possible(now: datetime) -> ColumnElement[bool]:
    """Say that there is time left, that nobody took it back, and that there is something to send."""
    words = select(col(Rendering.id)).where(
        col(Rendering.broadcast_id) == col(Delivery.broadcast_id),
        col(Rendering.language) == col(Delivery.language),
    )
    in_time = or_(col(Delivery.expires_at).is_(None), col(Delivery.expires_at) > now)
    return in_time & col(Broadcast.withdrawn_at).is_(None) & words.exists()

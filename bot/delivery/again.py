"""Sending again what nobody can say arrived, because a person decided so: each doubt is resolved once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, literal_column, or_, select, update
from sqlmodel import Session, col

from bot.delivery.models import Broadcast, Delivery, Rendering, State

SHOWN_FOR = timedelta(days=7)
# As a literal, so that SQLite too finds the small index of what is in doubt.
_UNKNOWN = col(Delivery.state) == literal_column("'unknown'")


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


@dataclass(frozen=True, slots=True)
class Lost:
    """One message of any kind that is in doubt: under which key it was promised, to whom, when."""

    delivery_id: int
    key: str
    chat_id: int
    tag: int | None
    channel: str | None
    at: datetime
    possible: bool


def all_in_doubt(session: Session, now: datetime) -> tuple[Lost, ...]:
    """List everything that is unknown, the newest first; what is too late is shown for a week."""
    possible = _possible(now)
    fresh = or_(possible, col(Broadcast.created_at) > now - SHOWN_FOR)
    rows = session.execute(
        select(
            col(Delivery.id),
            col(Broadcast.key),
            col(Delivery.chat_id),
            col(Delivery.tag),
            col(Delivery.channel),
            col(Broadcast.created_at),
            possible,
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(_UNKNOWN, fresh)
        .order_by(col(Delivery.id).desc())
    )
    return tuple(Lost(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6])) for row in rows)


def send_one_again(session: Session, *, delivery_id: int, now: datetime) -> bool:
    """Let one message wait again, and say whether it was in doubt until now."""
    mine = select(col(Broadcast.about)).join(Delivery, col(Delivery.broadcast_id) == col(Broadcast.id))
    doubtful = mine.where(col(Delivery.id) == delivery_id, _UNKNOWN, _possible(now))
    if session.execute(doubtful).first() is None:
        return False
    this = update(Delivery).where(col(Delivery.id) == delivery_id, col(Delivery.state) == State.UNKNOWN)
    fresh = this.values(state=State.QUEUED, attempts=0, not_before=None, reason=None)
    return session.execute(fresh.returning(col(Delivery.id))).first() is not None

"""How the outbox stands in numbers: what waits, what is in doubt, what failed and why; no names, no texts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from bot.delivery.messages import Lane
from bot.delivery.models import Broadcast, Delivery, State
from bot.delivery.outbox import underway, waiting

_Counted = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits or is on its way now, by lane, and since when the oldest of them was promised."""

    queued: Mapping[Lane, int]
    sending: Mapping[Lane, int]
    oldest: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.queued.values()) + sum(self.sending.values())

    def ahead_of(self, lane: Lane) -> int:
        """Count what goes before a message that would be put into this lane now."""
        return sum(count for each, count in (*self.queued.items(), *self.sending.items()) if each <= lane)

    def age(self, now: datetime) -> float:
        """Give the seconds for which the oldest has been waiting; 0 when nothing waits."""
        return 0.0 if self.oldest is None else max(0.0, (now - self.oldest).total_seconds())


@dataclass(frozen=True, slots=True)
class End:
    """So many deliveries of a lane ended in one way, for one reason."""

    state: State
    lane: Lane
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Ends:
    """How deliveries ended, the most frequent first."""

    all: tuple[End, ...]

    def __getitem__(self, state: State) -> int:
        return sum(end.count for end in self.all if end.state is state)

    def reasons(self, state: State) -> Mapping[str, int]:
        """Count by reason, whatever the lane."""
        found: dict[str, int] = {}
        for end in self.all:
            if end.state is state and end.reason is not None:
                found[end.reason] = found.get(end.reason, 0) + end.count
        return found


def queue(session: Session, *, about: str | None = None) -> Queue:
    """Look at what waits, of everything or of one thing; reads only the small indexes of open rows."""
    queued = _by_lane(session, _about(select(col(Delivery.lane), func.count()).where(waiting()), about))
    sending = _by_lane(session, _about(select(col(Delivery.lane), func.count()).where(underway()), about))
    first = (
        select(func.min(col(Broadcast.created_at))).select_from(Delivery).where(or_(waiting(), underway()))
    )
    if about is None:
        first = first.join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
    return Queue(queued, sending, session.execute(_about(first, about)).scalar_one())


def ends(session: Session, *, about: str | None = None, since: datetime | None = None) -> Ends:
    """Count how deliveries ended, of everything or of one thing, of what was promised since a moment."""
    counted: _Counted = (
        select(col(Delivery.state), col(Delivery.lane), col(Delivery.reason), func.count())
        .where(col(Delivery.state).not_in([State.QUEUED, State.SENDING]))
        .group_by(col(Delivery.state), col(Delivery.lane), col(Delivery.reason))
    )
    if since is not None and about is None:
        counted = counted.join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
    counted = _about(counted, about)
    if since is not None:
        counted = counted.where(col(Broadcast.created_at) >= since)
    found = [End(row[0], Lane(row[1]), row[2], row[3]) for row in session.execute(counted)]
    return Ends(tuple(sorted(found, key=lambda end: (-end.count, end.lane, end.reason or ""))))


def seconds_left(count: int, *, per_second: float, paused_for: float = 0.0) -> int:
    """Say honestly how long so many messages take at this pace: 5,000 at 30 a second are 167 seconds."""
    return math.ceil(paused_for + count / per_second) if count else 0


def _by_lane(session: Session, counted: _Counted) -> Mapping[Lane, int]:
    rows = session.execute(counted.group_by(col(Delivery.lane)))
    return {Lane(lane): count for lane, count in rows}


def _about(statement: _Counted, about: str | None) -> _Counted:
    if about is None:
        return statement
    joined = statement.join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
    return joined.where(col(Broadcast.about) == about)

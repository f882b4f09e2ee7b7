"""Wrong codes at a shop: five within ten minutes, and its handovers pause for a quarter of an hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from points.counter import wrong_codes

TOLERATED = 5
WITHIN = timedelta(minutes=10)
PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class WrongCodeNoted:
    """Somebody at a shop tried a code that is none of theirs."""

    resident_id: int


@dataclass(frozen=True)
class HandoversStopped:
    """It was one too many: until then this person hands nothing over."""

    resident_id: int
    count: int
    until: datetime


def note_wrong_code(
    session: Session, *, resident_id: int, now: datetime
) -> WrongCodeNoted | HandoversStopped:
    """Note that somebody tried a wrong code, and say when that stops them for a while."""
    session.connection().execute(insert(wrong_codes), {"resident": resident_id, "at": now})
    until = paused_until(session, resident_id, now)
    if until is None:
        return WrongCodeNoted(resident_id)
    return HandoversStopped(resident_id, TOLERATED, until)


def paused_until(session: Session, resident_id: int, now: datetime) -> datetime | None:
    """Say until when somebody hands nothing over, because of wrong codes."""
    mine = wrong_codes.c.resident == resident_id, wrong_codes.c.at > now - PAUSE - WITHIN
    query = select(wrong_codes.c.at).where(*mine).order_by(wrong_codes.c.at, wrong_codes.c.id)
    until = _pause(session.connection().execute(query).scalars().all())
    return until if until is not None and now < until else None


def forget_wrong_codes(
    session: Session, *, before: datetime | None = None, resident_id: int | None = None
) -> None:
    """Erase what counts no more, or what somebody tried who is forgotten."""
    if before is not None:
        session.connection().execute(delete(wrong_codes).where(wrong_codes.c.at < before))
    if resident_id is not None:
        session.connection().execute(delete(wrong_codes).where(wrong_codes.c.resident == resident_id))


def _pause(tried: Sequence[datetime]) -> datetime | None:
    """Give the end of the latest pause; what is tried while it lasts is never noted."""
    ends = [
        last + PAUSE
        for first, last in zip(tried, tried[TOLERATED - 1 :], strict=False)
        if last - first <= WITHIN
    ]
    return max(ends, default=None)

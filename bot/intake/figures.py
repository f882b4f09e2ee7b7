"""How much of what Telegram brought still waits, and since when the oldest does."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.intake.store import Intake, State


@dataclass(frozen=True)
class Unfinished:
    count: int
    oldest: datetime | None


def unfinished(session: Session) -> Unfinished:
    """Count the updates that were stored and not dealt with yet."""
    waiting = select(func.count(), func.min(col(Intake.taken_at))).where(col(Intake.state) == State.WAITING)
    count, oldest = session.execute(waiting).one()
    return Unfinished(count, oldest)

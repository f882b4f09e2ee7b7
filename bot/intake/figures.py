"""How intake stands in numbers: what waits in the table and since when, by kind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.intake.store import Intake, State


@dataclass(frozen=True)
class Waiting:
    """So many updates are stored and not dealt with, the oldest since then."""

    count: int
    oldest: datetime | None

    def age(self, now: datetime) -> float:
        """Give the seconds for which the oldest has been waiting; 0 when nothing waits."""
        return 0.0 if self.oldest is None else max(0.0, (now - self.oldest).total_seconds())


def waiting_now(session: Session, *, bot_id: int | None = None) -> Waiting:
    """Count what is stored and not dealt with; also from another process, such as `linli doctor`."""
    rows = select(func.count(), func.min(col(Intake.taken_at))).where(col(Intake.state) == State.WAITING)
    if bot_id is not None:
        rows = rows.where(col(Intake.bot_id) == bot_id)
    count, oldest = session.execute(rows).one()
    return Waiting(count, oldest)

"""Updates as they were stored: taken once, erased when they were dealt with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, delete, insert, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.intake.heard import Heard
from points.columns import BigId, Moment, words

AT_ONCE = 100
KEPT_FOR = timedelta(hours=48)
BODY_KEPT_FOR = timedelta(hours=24)


class State(StrEnum):
    WAITING = "waiting"
    DONE = "done"


class Intake(SQLModel, table=True):
    __table_args__ = (
        Index("ix_intake_state_id", "state", "id"),
        Index("ix_intake_taken_at", "taken_at"),
        # Who is forgotten leaves a number behind that must not be somebody's next update.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    bot_id: int = Field(sa_type=BigId)
    update_id: int = Field(sa_type=BigId)
    user_id: int | None = Field(default=None, sa_type=BigId, index=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: State = Field(sa_type=words(State))
    taken_at: datetime = Field(sa_type=Moment)


Index("uq_intake_bot_id_update_id", col(Intake.bot_id), col(Intake.update_id), unique=True)


def take(
    session: Session, *, bot_id: int, updates: Sequence[Heard], now: datetime
) -> tuple[tuple[int, Heard], ...]:
    """Store updates and give those that were new, with the number each is stored under."""
    known = _known(session, bot_id, [update.update_id for update in updates])
    fresh = {update.update_id: update for update in updates if update.update_id not in known}
    if not fresh:
        return ()
    rows = [
        {
            "bot_id": bot_id,
            "update_id": update_id,
            "user_id": update.user_id,
            "body": update.body,
            "state": State.WAITING,
            "taken_at": now,
        }
        for update_id, update in fresh.items()
    ]
    added = session.execute(insert(Intake).returning(col(Intake.id), col(Intake.update_id)), rows)
    numbers = {update_id: int(row_id) for row_id, update_id in added}
    return tuple((numbers[update_id], update) for update_id, update in fresh.items())


def _known(session: Session, bot_id: int, update_ids: Sequence[int]) -> frozenset[int]:
    seen = select(col(Intake.update_id)).where(
        col(Intake.bot_id) == bot_id, col(Intake.update_id).in_(update_ids)
    )
    return frozenset(session.execute(seen).scalars())


def waiting(session: Session, *, bot_id: int, after: int) -> tuple[tuple[int, bytes, datetime], ...]:
    """Give the next of what was taken and not finished before the last stop, in the order it came."""
    rows = select(col(Intake.id), col(Intake.body), col(Intake.taken_at)).where(
        col(Intake.bot_id) == bot_id, col(Intake.state) == State.WAITING, col(Intake.id) > after
    )
    found = session.execute(rows.order_by(col(Intake.id)).limit(AT_ONCE))
    return tuple((int(row_id), body, since) for row_id, body, since in found if body is not None)


def finish(session: Session, row_ids: Sequence[int]) -> None:
    """Note that updates were dealt with, and erase what they said."""
    session.execute(update(Intake).where(col(Intake.id).in_(row_ids)).values(state=State.DONE, body=None))


def erase_old(session: Session, *, now: datetime) -> None:
    """Erase bodies after a day and numbers after two, whatever became of them."""
    session.execute(delete(Intake).where(col(Intake.taken_at) <= now - KEPT_FOR))
    session.execute(
        update(Intake)
        .where(col(Intake.taken_at) <= now - BODY_KEPT_FOR, col(Intake.body).is_not(None))
        .values(body=None, state=State.DONE)
    )


def forget_person(session: Session, *, bot_id: int, user_id: int) -> None:
    """Erase everything that somebody ever said to the bot."""
    session.execute(delete(Intake).where(col(Intake.bot_id) == bot_id, col(Intake.user_id) == user_id))

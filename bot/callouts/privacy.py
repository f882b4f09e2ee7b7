"""What call-outs keep about one person: given out on request, and made nameless when they leave."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from bot.callouts.models import ask_changes, asks, boards, callouts
from bot.callouts.states import RELEASABLE, AskState


def exported(session: Session, resident_id: int) -> dict[str, Any]:
    """Give what is kept about this person's part in call-outs, for their own export."""
    told = (
        "callout_id",
        "team",
        "state",
        "answer",
        "delivered_at",
        "answered_at",
        "eta_at",
        "arrived_at",
        "done_at",
    )
    mine = (
        select(*(asks.c[name] for name in told)).where(asks.c.resident_id == resident_id).order_by(asks.c.id)
    )
    made = select(callouts.c.id).where(callouts.c.created_by == resident_id).order_by(callouts.c.id)
    return {
        "asked": [_plain(dict(one)) for one in session.execute(mine).mappings()],
        "called_out": list(session.execute(made).scalars()),
    }


def forget(session: Session, *, resident_id: int, now: datetime, chat_id: int | None = None) -> None:
    """Take this person out of every call-out: nobody waits for them any more, and only counts remain."""
    session.execute(delete(boards).where(boards.c.chat_id == chat_id))
    mine = asks.c.resident_id == resident_id
    awaited = update(asks).where(mine, asks.c.state.in_((*RELEASABLE, AskState.ARRIVED)))
    gone = session.execute(awaited.values(state=AskState.RELEASED).returning(asks.c.id)).scalars().all()
    steps = [{"ask_id": ask_id, "state": AskState.RELEASED, "at": now} for ask_id in gone]
    if steps:
        session.execute(insert(ask_changes), steps)
    touched = select(asks.c.callout_id).where(mine)
    session.execute(update(callouts).where(callouts.c.id.in_(touched)).values(version=callouts.c.version + 1))
    session.execute(update(asks).where(mine).values(resident_id=None))
    for column in ("created_by", "decided_by", "closed_by"):
        session.execute(update(callouts).where(callouts.c[column] == resident_id).values({column: None}))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}

"""What delivery tells of many at once: the message came through, or it could not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from bot.callouts.models import ask_changes, asks, callouts
from bot.callouts.states import AskState
from points.storing import chunks

# While a call-out goes out these run thirty times a second, so they are made once.
_MINE = (asks.c.callout_id == bindparam("callout")) & asks.c.resident_id.in_(
    bindparam("residents", expanding=True)
)
_MOVE = (
    update(asks)
    .where(_MINE, asks.c.state.in_((AskState.CHOSEN, AskState.QUEUED)))
    .values(state=bindparam("reached"))
    .returning(asks.c.id)
)
_ARRIVED = update(asks).where(_MINE, asks.c.delivered_at.is_(None)).values(delivered_at=bindparam("moment"))
_STEPS = select(
    asks.c.id,
    bindparam("reached", type_=asks.c.state.type),
    asks.c.eta_at,
    bindparam("moment", type_=ask_changes.c.at.type),
).where(asks.c.id.in_(bindparam("ids", expanding=True)))
_KEEP = insert(ask_changes).from_select(("ask_id", "state", "eta_at", "at"), _STEPS)
_SHOW = update(callouts).where(callouts.c.id == bindparam("callout")).values(version=callouts.c.version + 1)


def mark_delivered(session: Session, *, callout_id: int, resident_ids: Sequence[int], at: datetime) -> None:
    """Note that these people's messages came through; who has answered meanwhile keeps the answer."""
    for some in chunks(resident_ids):
        _move(session, callout_id, some, AskState.DELIVERED, at)
        arrived = {"callout": callout_id, "residents": some, "moment": at}
        session.connection().execute(_ARRIVED, arrived)
    session.connection().execute(_SHOW, {"callout": callout_id})


def mark_unreachable(session: Session, *, callout_id: int, resident_ids: Sequence[int], at: datetime) -> None:
    """Note that these people's messages cannot come through; an answer still counts."""
    for some in chunks(resident_ids):
        _move(session, callout_id, some, AskState.UNREACHABLE, at)
    session.connection().execute(_SHOW, {"callout": callout_id})


def _move(session: Session, callout_id: int, some: Sequence[int], state: AskState, at: datetime) -> None:
    """Move those whose message was on its way, keeping each step."""
    mine = {"callout": callout_id, "residents": some, "reached": state}
    keep_steps(session, list(session.connection().execute(_MOVE, mine).scalars()), state, at)


def keep_steps(session: Session, ask_ids: Sequence[int], state: AskState, at: datetime) -> None:
    """Keep the same step for many asks."""
    for some in chunks(ask_ids):
        session.connection().execute(_KEEP, {"ids": some, "reached": state, "moment": at})

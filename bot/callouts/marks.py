"""What delivery tells of many at once: the message came through, or it could not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, literal, select, update
from sqlmodel import Session

from bot.callouts.models import ask_changes, asks, callouts
from bot.callouts.states import AskState
from points.storing import chunks


def mark_delivered(session: Session, *, callout_id: int, resident_ids: Sequence[int], at: datetime) -> None:
    """Note that these people's messages came through; who has answered meanwhile keeps the answer."""
    for some in chunks(resident_ids):
        mine = _of(callout_id, some)
        _move(session, mine, AskState.DELIVERED, at)
        arrived = update(asks).where(mine, asks.c.delivered_at.is_(None)).values(delivered_at=at)
        session.execute(arrived)
    _show(session, callout_id)


def mark_unreachable(session: Session, *, callout_id: int, resident_ids: Sequence[int], at: datetime) -> None:
    """Note that these people's messages cannot come through; an answer still counts."""
    for some in chunks(resident_ids):
        _move(session, _of(callout_id, some), AskState.UNREACHABLE, at)
    _show(session, callout_id)


def _of(callout_id: int, resident_ids: Sequence[int]) -> ColumnElement[bool]:
    return (asks.c.callout_id == callout_id) & asks.c.resident_id.in_(resident_ids)


def _move(session: Session, which: ColumnElement[bool], state: AskState, at: datetime) -> None:
    """Move those whose message was on its way, keeping each step."""
    waiting = which & asks.c.state.in_((AskState.CHOSEN, AskState.QUEUED))
    moved = session.execute(update(asks).where(waiting).values(state=state).returning(asks.c.id)).scalars()
    keep_steps(session, list(moved), state, at)


def keep_steps(session: Session, ask_ids: Sequence[int], state: AskState, at: datetime) -> None:
    """Keep the same step for many asks."""
    kept = ("ask_id", "state", "eta_at", "at")
    values = (literal(state, asks.c.state.type), asks.c.eta_at, literal(at, ask_changes.c.at.type))
    for some in chunks(ask_ids):
        steps = select(asks.c.id, *values).where(asks.c.id.in_(some))
        session.execute(insert(ask_changes).from_select(kept, steps))


def _show(session: Session, callout_id: int) -> None:
    changed = update(callouts).where(callouts.c.id == callout_id).values(version=callouts.c.version + 1)
    session.execute(changed)

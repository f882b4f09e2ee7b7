"""Who of those asked is still unreached: told by another way, or by a human who goes through a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from bot.callouts.errors import NotAsked
from bot.callouts.events import CallOutView
from bot.callouts.marks import keep_steps, mark_delivered
from bot.callouts.models import asks
from bot.callouts.reaching import about_people, show_anew
from bot.callouts.recording import record_act
from bot.callouts.states import AskState, CallOutState
from bot.callouts.views import closed, row, view
from bot.community import Act, require
from bot.delivery.fallback import note_by_hand

TOLD_BY_PHONE = "told-by-phone"


@dataclass(frozen=True)
class ToldByPhone:
    """Somebody was told by a human; `changed` is false when they were reached before."""

    callout: CallOutView
    resident_id: int
    by: int
    changed: bool


def unreached(session: Session, callout_id: int) -> tuple[int, ...]:
    """Give who was asked and could not be reached, in the order they were asked."""
    mine = (asks.c.callout_id == callout_id) & (asks.c.state == AskState.UNREACHABLE)
    found = select(asks.c.resident_id).where(mine, asks.c.resident_id.is_not(None)).order_by(asks.c.id)
    return tuple(session.execute(found).scalars())


def mark_reached(session: Session, *, callout_id: int, resident_ids: Sequence[int], at: datetime) -> int:
    """Note that these people heard of it by another way, and give how many had been unreached."""
    mine = (asks.c.callout_id == callout_id) & asks.c.resident_id.in_(resident_ids)
    move = update(asks).where(mine, asks.c.state == AskState.UNREACHABLE).values(state=AskState.DELIVERED)
    moved = list(session.execute(move.returning(asks.c.id)).scalars())
    keep_steps(session, moved, AskState.DELIVERED, at)
    mark_delivered(session, callout_id=callout_id, resident_ids=resident_ids, at=at)
    return len(moved)


def call_list(session: Session, *, callout_id: int, reader_id: int) -> tuple[CallOutView, tuple[int, ...]]:
    """Give a call-out and whom a human has to tell of it, to somebody who may call out there.

    Raises:
        UnknownCallOut: there is none with this number.
        NotAllowed: no role of this person reaches the area.
        Closed: it is not open any more.
    """
    callout = row(session, callout_id)
    require(session, resident_id=reader_id, act=Act.CALL_OUT, area_id=callout.area_id)
    if callout.state != CallOutState.OPEN:
        raise closed(callout)
    return view(session, callout), unreached(session, callout_id)


def told_by_phone(
    session: Session, *, callout_id: int, resident_id: int, by: int, now: datetime
) -> ToldByPhone:
    """Note that a human told somebody; a second time changes nothing.

    Raises:
        UnknownCallOut, NotAllowed, Closed: as for `call_list`.
        NotAsked: this person was never asked.
    """
    seen, left = call_list(session, callout_id=callout_id, reader_id=by)
    asked = select(asks.c.id).where(asks.c.callout_id == callout_id, asks.c.resident_id == resident_id)
    if session.execute(asked).first() is None:
        raise NotAsked(callout_id=callout_id, resident_id=resident_id, exercise=seen.exercise)
    if resident_id not in left:
        return ToldByPhone(seen, resident_id, by, changed=False)
    mark_reached(session, callout_id=callout_id, resident_ids=(resident_id,), at=now)
    key = f"callout:{callout_id}:by-hand:{resident_id}"
    note_by_hand(session, key=key, about=about_people(callout_id), tag=resident_id, now=now)
    callout = row(session, callout_id)
    record_act(session, callout, actor=by, act=TOLD_BY_PHONE, now=now, more={"resident": resident_id})
    show_anew(session, callout_id)
    return ToldByPhone(seen, resident_id, by, changed=True)

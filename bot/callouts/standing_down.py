"""The end of a call-out: who is on the spot is done and paid, who was awaited is let go, all are told."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlmodel import Session

from bot.callouts.events import Served, StillThere, StoodDown
from bot.callouts.marks import keep_steps
from bot.callouts.models import CallOut, asks, callouts
from bot.callouts.paying import minutes_between, pay
from bot.callouts.recording import record_act
from bot.callouts.states import RELEASABLE, AskState, CallOutState
from bot.callouts.views import closed, number, row, view
from bot.community import Act, PersonAddress, addresses, require


def stand_down(
    session: Session,
    *,
    callout_id: int,
    coordinator_id: int,
    confirmed: bool,
    now: datetime,
    zone: ZoneInfo,
    budget: int | None = None,
) -> StoodDown | StillThere:
    """End a call-out; unless `confirmed`, not while anyone is coming or on the spot.

    Whoever is on the spot is done and paid for the minutes until now. A second stand-down changes nothing.

    Raises:
        UnknownCallOut: there is none with this number.
        NotAllowed: no role of this person reaches the area.
        Closed: it was never open.
    """
    callout = row(session, callout_id)
    require(session, resident_id=coordinator_id, act=Act.STAND_DOWN, area_id=callout.area_id)
    if callout.state == CallOutState.STOOD_DOWN:
        return StoodDown(callout=view(session, callout), by=callout.closed_by, already=True)
    if callout.state != CallOutState.OPEN:
        raise closed(callout)
    if not confirmed and (there := _still_there(session, callout)):
        return there
    ended = close(session, callout, by=coordinator_id, now=now)
    if ended.already or callout.exercise:
        return ended
    awards = pay(session, callout_id=callout_id, served=ended.served, now=now, zone=zone, budget=budget)
    return replace(ended, awards=awards)


def close(session: Session, callout: CallOut, *, by: int | None, now: datetime) -> StoodDown:
    """End an open call-out without paying; nobody (`by` none) ends an exercise when a real one begins.

    The asks come first and the call-out last, the order in which an answer locks them, too.
    """
    served = _finish_all(session, callout, now)
    awaited = _on_the_way(session, callout)
    released = _release_all(session, callout, now)
    this = (callouts.c.id == number(callout)) & (callouts.c.state == CallOutState.OPEN)
    values = {"state": CallOutState.STOOD_DOWN, "closed_by": by, "closed_at": now}
    ending = update(callouts).where(this).values(version=callouts.c.version + 1, **values)
    ended = session.execute(ending.returning(callouts.c.id)).one_or_none()
    callout = row(session, number(callout))
    if ended is None:
        return StoodDown(callout=view(session, callout), by=callout.closed_by, already=True)
    record_act(session, callout, actor=by, act=Act.STAND_DOWN, now=now, more={"served": len(served)})
    told = _told(session, callout)
    return StoodDown(
        callout=view(session, callout), by=by, told=told, served=served, released=released, awaited=awaited
    )


def _still_there(session: Session, callout: CallOut) -> StillThere | None:
    there = (asks.c.callout_id == number(callout)) & asks.c.state.in_((AskState.COMING, AskState.ARRIVED))
    counting = select(asks.c.state, func.count()).where(there).group_by(asks.c.state)
    counts = dict(session.execute(counting).all())
    coming, arrived = counts.get(AskState.COMING, 0), counts.get(AskState.ARRIVED, 0)
    return StillThere(view(session, callout), coming, arrived) if coming or arrived else None


def _on_the_way(session: Session, callout: CallOut) -> tuple[int, ...]:
    coming = (asks.c.callout_id == number(callout)) & (asks.c.state == AskState.COMING)
    found = session.execute(select(asks.c.resident_id).where(coming, asks.c.resident_id.is_not(None)))
    return tuple(found.scalars())


def _finish_all(session: Session, callout: CallOut, now: datetime) -> tuple[Served, ...]:
    there = (asks.c.callout_id == number(callout)) & (asks.c.state == AskState.ARRIVED)
    values = {"state": AskState.DONE, "done_at": now}
    columns = (asks.c.id, asks.c.resident_id, asks.c.team, asks.c.arrived_at)
    done = session.execute(update(asks).where(there).values(values).returning(*columns)).all()
    keep_steps(session, [ask_id for ask_id, *_ in done], AskState.DONE, now)
    return tuple(
        Served(resident_id, team, minutes_between(arrived_at, now))
        for _, resident_id, team, arrived_at in done
        if resident_id is not None
    )


def _release_all(session: Session, callout: CallOut, now: datetime) -> tuple[int, ...]:
    awaited = (asks.c.callout_id == number(callout)) & asks.c.state.in_(RELEASABLE)
    letting_go = update(asks).where(awaited).values(state=AskState.RELEASED)
    released = session.execute(letting_go.returning(asks.c.id, asks.c.resident_id)).all()
    keep_steps(session, [ask_id for ask_id, _ in released], AskState.RELEASED, now)
    return tuple(resident_id for _, resident_id in released if resident_id is not None)


def _told(session: Session, callout: CallOut) -> tuple[PersonAddress, ...]:
    reached = (asks.c.callout_id == number(callout)) & (asks.c.state != AskState.UNREACHABLE)
    asked = session.execute(
        select(asks.c.resident_id).where(reached, asks.c.resident_id.is_not(None))
    ).scalars()
    found = addresses(session, asked.all())
    return tuple(found[one] for one in sorted(found))

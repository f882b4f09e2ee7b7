"""The moment a call-out opens: people are asked, and a real emergency ends what is only rehearsed."""

from datetime import datetime

from sqlalchemy import insert, literal, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from bot.callouts import people
from bot.callouts.errors import RealEmergency
from bot.callouts.events import AskedPerson, Opened, StoodDown
from bot.callouts.models import CallOut, ask_changes, asks, callouts
from bot.callouts.people import Reach
from bot.callouts.recording import record_act
from bot.callouts.standing_down import close
from bot.callouts.states import AskState, CallOutState, Level
from bot.callouts.views import row, view
from bot.community import Asked, PersonAddress


def open_callout(
    session: Session,
    callout_id: int,
    found: Reach,
    *,
    by: int,
    act: str,
    now: datetime,
    coordinators: tuple[PersonAddress, ...] = (),
) -> Opened:
    """Ask these people, end exercises where this is real (law 8), and write down whose act it was.

    `coordinators` are those who are told that it went out, where a second person had been needed.

    Raises:
        RealEmergency: it is an exercise, and a real orange or red call-out is open (law 8).
    """
    _refuse_beside_an_emergency(session, row(session, callout_id))
    session.execute(
        update(callouts)
        .where(callouts.c.id == callout_id)
        .values(state=CallOutState.OPEN, opened_at=now, version=callouts.c.version + 1)
    )
    _ask(session, callout_id, found, now)
    callout = row(session, callout_id)
    record_act(session, callout, actor=by, act=act, now=now, more={"people": found.everybody})
    return Opened(
        callout=view(session, callout),
        asked=found.people,
        unreachable=len(found.unreachable),
        coordinator=people.address(session, callout.created_by),
        decided_by=people.address(session, callout.decided_by),
        coordinators=coordinators,
        ended_exercises=_end_exercises(session, callout, now),
    )


def _refuse_beside_an_emergency(session: Session, callout: CallOut) -> None:
    if not callout.exercise:
        return
    loud = [level for level in Level if level.is_urgent]
    real = (callouts.c.state == CallOutState.OPEN) & callouts.c.exercise.is_(False)
    found = session.execute(select(callouts.c.id).where(real, callouts.c.level.in_(loud)).limit(1))
    if (emergency := found.scalar_one_or_none()) is not None:
        raise RealEmergency(emergency)


def _ask(session: Session, callout_id: int, found: Reach, now: datetime) -> None:
    """Ask everyone at once; who has no chat is unreachable from the start, and counted as such."""
    rows = [_row(callout_id, one, AskState.QUEUED) for one in found.people]
    rows += [_row(callout_id, one, AskState.UNREACHABLE) for one in found.unreachable]
    session.execute(insert(asks), rows)
    moment = literal(now, ask_changes.c.at.type)
    queued = select(asks.c.id, asks.c.state, moment).where(asks.c.callout_id == callout_id)
    session.execute(insert(ask_changes).from_select(["ask_id", "state", "at"], queued))


def _row(callout_id: int, one: AskedPerson | Asked, state: AskState) -> dict[str, object]:
    asked = {"callout_id": callout_id, "resident_id": one.resident_id, "team": one.team}
    return {**asked, "state": state, "wave": 1}


def _end_exercises(session: Session, callout: CallOut, now: datetime) -> tuple[StoodDown, ...]:
    if callout.exercise or not callout.level.is_urgent:
        return ()
    running = select_rows(CallOut).where(CallOut.state == CallOutState.OPEN, col(CallOut.exercise).is_(True))
    return tuple(close(session, one, by=None, now=now) for one in session.exec(running).all())

"""What one person says to being asked: coming, later, cannot, arrived, done; each change is kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from bot.callouts.errors import BadMinutes, Closed, NotArrived, NotAsked
from bot.callouts.events import Answered, Finished, OpenAsk, Served
from bot.callouts.models import ask_changes, asks, callouts
from bot.callouts.paying import minutes_between, pay
from bot.callouts.states import Answer, AskState, CallOutState, Level
from bot.callouts.views import closed, row

LONGEST_ETA = 24 * 60
SAME_TAP = timedelta(minutes=1)  # the same minutes tapped again change nothing

# A thousand people may answer within a second: these statements are made once, and each answer runs four.
_READ = select(
    *(asks.c.id, asks.c.callout_id, asks.c.resident_id, asks.c.team, asks.c.state, asks.c.answer),
    *(asks.c.eta_at, asks.c.answered_at, asks.c.arrived_at, asks.c.done_at),
    *(callouts.c.state, callouts.c.level, callouts.c.exercise),
).join(callouts, callouts.c.id == asks.c.callout_id)
# On PostgreSQL the ask is held against others who change it at the same time.
_READ_ONE = _READ.where(
    asks.c.callout_id == bindparam("callout"), asks.c.resident_id == bindparam("resident")
).with_for_update(of=asks)
_CHANGE = update(asks).where(asks.c.id == bindparam("ask"))
_KEEP = insert(ask_changes)
_SHOW = (
    update(callouts)
    .where(callouts.c.id == bindparam("callout"), callouts.c.state == CallOutState.OPEN)
    .values(version=callouts.c.version + 1)
    .returning(callouts.c.id)
)


@dataclass(frozen=True)
class _Ask:
    """Where an ask stands, as one reading found it."""

    ask_id: int
    callout_id: int
    resident_id: int
    team: str
    state: AskState
    answer: Answer | None
    eta_at: datetime | None
    answered_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    callout_state: CallOutState
    level: Level
    exercise: bool


def answer(
    session: Session,
    *,
    callout_id: int,
    resident_id: int,
    answer: Answer,
    now: datetime,
    eta_minutes: int | None = None,
) -> Answered:
    """Take an answer; each can be changed until stand-down, and the same again changes nothing.

    Coming without minutes keeps the arrival promised before; later and cannot take it back. Who has arrived
    is past coming and later, so these change nothing; cannot takes the arrival back. Who is done stays done.

    Raises:
        UnknownCallOut: there is none with this number.
        NotAsked: this person was never asked.
        Closed: the call-out was stood down.
        BadMinutes: the minutes are not a time somebody can need.
    """
    ask = _open_ask(session, callout_id, resident_id)
    eta_at = _eta(ask, answer, eta_minutes, now)
    settled = ask.state is AskState.ARRIVED and answer is not Answer.CANNOT
    if ask.state is AskState.DONE or settled or (ask.state, ask.eta_at) == (answer.state, eta_at):
        return _unchanged(ask)
    said = replace(ask, state=answer.state, answer=answer, eta_at=eta_at, answered_at=now, arrived_at=None)
    return _changed(session, ask, said, now)


def arrive(session: Session, *, callout_id: int, resident_id: int, now: datetime) -> Answered:
    """Note that somebody is on the spot, whatever they had answered; a second time changes nothing.

    Raises:
        UnknownCallOut, NotAsked, Closed: as for `answer`.
    """
    ask = _open_ask(session, callout_id, resident_id)
    if ask.state in (AskState.ARRIVED, AskState.DONE):
        return _unchanged(ask)
    there = replace(ask, state=AskState.ARRIVED, answer=Answer.COMING, answered_at=now, arrived_at=now)
    return _changed(session, ask, there, now)


def finish(
    session: Session,
    *,
    callout_id: int,
    resident_id: int,
    now: datetime,
    zone: ZoneInfo,
    budget: int | None = None,
) -> Finished:
    """Note that somebody is done, and pay for the whole minutes since arrival, once; never for an exercise.

    Raises:
        UnknownCallOut, NotAsked, Closed: as for `answer`.
        NotArrived: nobody is done before being there.
    """
    ask = _open_ask(session, callout_id, resident_id)
    if ask.arrived_at is None:
        raise NotArrived(ask.state, exercise=ask.exercise)
    served = Served(resident_id, ask.team, minutes_between(ask.arrived_at, ask.done_at or now))
    if ask.done_at is not None:
        return _finished(ask, served.minutes)
    _store(session, replace(ask, state=AskState.DONE, done_at=now), now)
    if ask.exercise:
        return replace(_finished(ask, served.minutes), changed=True)
    awards = pay(session, callout_id=callout_id, served=[served], now=now, zone=zone, budget=budget)
    return replace(_finished(ask, served.minutes), award=next(iter(awards), None), changed=True)


def standing_in(session: Session, *, callout_id: int, resident_id: int) -> tuple[AskState, datetime | None]:
    """Say where somebody stands in an open call-out, and when they said they would be there.

    Raises:
        UnknownCallOut, NotAsked, Closed: as for `answer`.
    """
    found = session.execute(_READ.where(asks.c.callout_id == callout_id, asks.c.resident_id == resident_id))
    ask = _open(session, [_Ask(*one) for one in found], callout_id, resident_id)
    return ask.state, ask.eta_at


def my_open_asks(session: Session, resident_id: int) -> tuple[OpenAsk, ...]:
    """Give the open call-outs this person was asked in, the latest first, for answers that are typed."""
    mine = (
        select(callouts.c.id, callouts.c.level, callouts.c.exercise, callouts.c.opened_at)
        .add_columns(asks.c.state, asks.c.eta_at)
        .join(asks, asks.c.callout_id == callouts.c.id)
        .where(asks.c.resident_id == resident_id, callouts.c.state == CallOutState.OPEN)
    )
    return tuple(OpenAsk(*one) for one in session.execute(mine.order_by(asks.c.id.desc())))


def _open_ask(session: Session, callout_id: int, resident_id: int) -> _Ask:
    wanted = {"callout": callout_id, "resident": resident_id}
    return _open(session, [_Ask(*one) for one in session.execute(_READ_ONE, wanted)], callout_id, resident_id)


def _open(session: Session, found: list[_Ask], callout_id: int, resident_id: int) -> _Ask:
    if not found:
        exercise = row(session, callout_id).exercise
        raise NotAsked(callout_id=callout_id, resident_id=resident_id, exercise=exercise)
    [ask] = found
    if ask.callout_state is not CallOutState.OPEN:
        raise Closed(callout_id=callout_id, level=ask.level, exercise=ask.exercise)
    return ask


def _eta(ask: _Ask, answer: Answer, minutes: int | None, now: datetime) -> datetime | None:
    if answer is not Answer.COMING:
        return None
    if minutes is None:
        return ask.eta_at
    if not 0 < minutes <= LONGEST_ETA:
        raise BadMinutes(minutes=minutes, limit=LONGEST_ETA)
    eta_at = now + timedelta(minutes=minutes)
    same = ask.eta_at is not None and abs(eta_at - ask.eta_at) < SAME_TAP
    return ask.eta_at if same else eta_at


def _changed(session: Session, before: _Ask, after: _Ask, now: datetime) -> Answered:
    _store(session, after, now)
    return replace(_unchanged(after), before=before.state, changed=True)


def _store(session: Session, ask: _Ask, now: datetime) -> None:
    """Store an ask's new standing, keep the step, and let boards see it: in the order stand-down locks in."""
    columns = ("state", "answer", "eta_at", "answered_at", "arrived_at", "done_at")
    connection = session.connection()
    connection.execute(_CHANGE, {"ask": ask.ask_id, **{name: getattr(ask, name) for name in columns}})
    step = {"ask_id": ask.ask_id, "state": ask.state, "eta_at": ask.eta_at, "at": now}
    connection.execute(_KEEP, step)
    if connection.execute(_SHOW, {"callout": ask.callout_id}).one_or_none() is None:
        raise closed(row(session, ask.callout_id))


def _unchanged(ask: _Ask) -> Answered:
    return Answered(
        callout_id=ask.callout_id,
        level=ask.level,
        exercise=ask.exercise,
        resident_id=ask.resident_id,
        state=ask.state,
        before=ask.state,
        eta_at=ask.eta_at,
        changed=False,
    )


def _finished(ask: _Ask, minutes: int) -> Finished:
    return Finished(
        callout_id=ask.callout_id,
        level=ask.level,
        exercise=ask.exercise,
        resident_id=ask.resident_id,
        minutes=minutes,
        award=None,
        changed=False,
    )

"""The second coordinator's say, the first one's ⚡, and what happens when nobody decides."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot.callouts import people
from bot.callouts.errors import AlreadyDecided, ApprovalLapsed, CallOutError, SamePerson
from bot.callouts.events import CallOutView, Lapsed, Opened, Refused
from bot.callouts.models import CallOut, callouts
from bot.callouts.opening import open_callout
from bot.callouts.recording import record_act
from bot.callouts.states import CallOutState
from bot.callouts.views import number, row, view
from bot.community import Act, NotAllowed, require


def approve(session: Session, *, callout_id: int, coordinator_id: int, now: datetime) -> Opened:
    """Agree as the second coordinator: the call-out goes out now, to who can be asked now.

    Raises:
        UnknownCallOut: there is none with this number.
        NotAllowed: no role of this person reaches the area.
        SamePerson: the first coordinator cannot be the second.
        ApprovalLapsed: the time to decide is over.
        AlreadyDecided: somebody decided before.
        NobodyToAsk: no one of the audience is there any more.
    """
    callout = _as_second(session, callout_id, coordinator_id)
    _claim(session, callout, by=coordinator_id, state=CallOutState.OPEN, now=now)
    return _open(session, callout, by=coordinator_id, act=Act.APPROVE_CALL_OUT, now=now)


def refuse(session: Session, *, callout_id: int, coordinator_id: int, now: datetime) -> Refused:
    """Say no as the second coordinator: nothing goes out.

    Raises:
        UnknownCallOut, NotAllowed, SamePerson, ApprovalLapsed, AlreadyDecided: as for `approve`.
    """
    callout = _as_second(session, callout_id, coordinator_id)
    _claim(session, callout, by=coordinator_id, state=CallOutState.REFUSED, now=now)
    record_act(session, callout, actor=coordinator_id, act="refuse-call-out", now=now)
    return Refused(
        callout=view(session, row(session, callout_id)),
        by=people.address(session, coordinator_id),
        coordinator=people.address(session, callout.created_by),
        told=people.coordinators(session, callout.area_id),
    )


def send_now(session: Session, *, callout_id: int, coordinator_id: int, now: datetime) -> Opened:
    """Send alone what waits for a second person, for danger to life (⚡): a review opens, all are told.

    Only the first coordinator may; the others have their own button.

    Raises:
        UnknownCallOut, NotAllowed, ApprovalLapsed, AlreadyDecided, NobodyToAsk: as for `approve`.
    """
    callout = _as_first(session, callout_id, coordinator_id)
    _claim(session, callout, by=coordinator_id, state=CallOutState.OPEN, now=now, review=not callout.exercise)
    return _open(session, callout, by=coordinator_id, act="send-call-out-alone", now=now)


def still_waiting(session: Session, *, callout_id: int, coordinator_id: int, now: datetime) -> CallOutView:
    """Give what the first coordinator could send alone now.

    Raises:
        UnknownCallOut, NotAllowed, ApprovalLapsed, AlreadyDecided: as for `send_now`.
    """
    callout = _as_first(session, callout_id, coordinator_id)
    _require_waiting(callout, now)
    return view(session, callout)


def lapse_approval(session: Session, *, callout_id: int, now: datetime) -> Lapsed | None:
    """Let a call-out lapse that nobody decided on in time; none when there is nothing to lapse.

    Raises:
        UnknownCallOut: there is none with this number.
    """
    callout = row(session, callout_id)
    waiting = callout.state == CallOutState.AWAITING
    if not waiting or callout.approval_until is None or now < callout.approval_until:
        return None
    if not _move(session, callout, state=CallOutState.LAPSED, decided_at=now):
        return None
    return Lapsed(
        callout=view(session, row(session, callout_id)),
        coordinator=people.address(session, callout.created_by),
        told=people.coordinators(session, callout.area_id),
    )


def decided(callout: CallOut) -> CallOutError:
    """Give the error that says how this call-out was decided."""
    if callout.state == CallOutState.LAPSED and callout.approval_until:
        return ApprovalLapsed(callout.approval_until, exercise=callout.exercise)
    return AlreadyDecided(
        by=callout.decided_by, at=callout.decided_at, state=callout.state, exercise=callout.exercise
    )


def _as_second(session: Session, callout_id: int, coordinator_id: int) -> CallOut:
    callout = row(session, callout_id)
    require(session, resident_id=coordinator_id, act=Act.APPROVE_CALL_OUT, area_id=callout.area_id)
    if callout.created_by == coordinator_id:
        raise SamePerson(exercise=callout.exercise)
    return callout


def _as_first(session: Session, callout_id: int, coordinator_id: int) -> CallOut:
    callout = row(session, callout_id)
    require(session, resident_id=coordinator_id, act=Act.CALL_OUT, area_id=callout.area_id)
    if callout.created_by != coordinator_id:
        raise NotAllowed(Act.CALL_OUT)
    return callout


def _require_waiting(callout: CallOut, now: datetime) -> None:
    if callout.state != CallOutState.AWAITING:
        raise decided(callout)
    if callout.approval_until and now >= callout.approval_until:
        raise ApprovalLapsed(callout.approval_until, exercise=callout.exercise)


def _claim(
    session: Session,
    callout: CallOut,
    *,
    by: int,
    state: CallOutState,
    now: datetime,
    review: bool = False,
) -> None:
    """Be the one who decides, or hear who was before."""
    _require_waiting(callout, now)
    if not _move(session, callout, state=state, decided_by=by, decided_at=now, review_open=review):
        raise decided(row(session, number(callout)))


def _move(session: Session, callout: CallOut, **values: CallOutState | datetime | int) -> bool:
    waiting = (callouts.c.id == number(callout)) & (callouts.c.state == CallOutState.AWAITING)
    moved = update(callouts).where(waiting).values(**values).returning(callouts.c.id)
    return session.execute(moved).scalar_one_or_none() is not None


def _open(session: Session, callout: CallOut, *, by: int, act: str, now: datetime) -> Opened:
    """Open what is red, so that quiet hours do not hold."""
    found = people.reach(
        session, team_codes=callout.team_codes, area_id=callout.area_id, quiet_at=None, now=now
    ).checked()
    everybody = people.coordinators(session, callout.area_id)
    return open_callout(session, number(callout), found, by=by, act=act, now=now, coordinators=everybody)

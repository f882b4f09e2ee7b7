"""Sending a draft: at once, to a second coordinator where one is needed, or alone for danger to life."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from bot.callouts import people
from bot.callouts.approving import decided, send_now
from bot.callouts.drafts import Draft
from bot.callouts.errors import NothingToSay, PlanChanged
from bot.callouts.events import AwaitingApproval, CallOutView, Opened
from bot.callouts.models import CallOut, callouts
from bot.callouts.opening import open_callout
from bot.callouts.plans import plan_by_code
from bot.callouts.previews import CallOutRules, needs_second, reach_of, texts_of
from bot.callouts.recording import record_act
from bot.callouts.states import CallOutState
from bot.callouts.views import number, view
from bot.community import Act, area, require
from points.storing import upsert

SEND = "send-call-out"
ASK_SECOND = "ask-second-coordinator"


def send(
    session: Session, *, draft: Draft, key: str, coordinator_id: int, now: datetime, rules: CallOutRules
) -> Opened | AwaitingApproval:
    """Send the draft, or ask a second coordinator where one is needed.

    `key` names the preview that was read: the same key again gives the same call-out and sends nothing.

    Raises:
        NotAllowed: the coordinator does not reach the area.
        UnknownPlan: the plan was retired in the meantime.
        PlanChanged: the plan was changed since its preview was read.
        NothingToSay: there is no text.
        RealEmergency: it is an exercise, and a real orange or red call-out is open.
        NobodyToAsk: no one of the audience is there.
        ApprovalLapsed, AlreadyDecided: the same key was sent before, and nobody agreed.
    """
    require(session, resident_id=coordinator_id, act=Act.CALL_OUT, area_id=draft.area_id)
    if earlier := _by_key(session, key):
        return _again(session, earlier)
    found = reach_of(session, draft, rules=rules, now=now).checked()
    second = needs_second(draft.level, people=found.everybody, rules=rules)
    until = now + timedelta(minutes=rules.approval_minutes) if second else None
    stored = _store(session, draft, key=key, by=coordinator_id, people=found.everybody, until=until, now=now)
    callout = session.exec(select(CallOut).where(CallOut.key == key)).one()
    if not stored:
        return _again(session, callout)
    if second:
        record_act(session, callout, actor=coordinator_id, act=ASK_SECOND, now=now)
        return _awaiting(session, callout)
    return open_callout(session, number(callout), found, by=coordinator_id, act=SEND, now=now)


def sent_as(session: Session, key: str) -> CallOutView | None:
    """Give the call-out that a preview became, for a second tap on it."""
    callout = _by_key(session, key)
    return view(session, callout) if callout is not None else None


def send_alone(
    session: Session, *, draft: Draft, key: str, coordinator_id: int, now: datetime, rules: CallOutRules
) -> Opened:
    """Send the draft at once for danger to life (⚡); where a second person was needed, a review opens.

    A call-out that the same key left waiting for approval goes out as it is.

    Raises:
        NotAllowed, UnknownPlan, PlanChanged, NothingToSay, RealEmergency, NobodyToAsk, ApprovalLapsed,
        AlreadyDecided: as for `send`.
    """
    sent = send(session, draft=draft, key=key, coordinator_id=coordinator_id, now=now, rules=rules)
    if isinstance(sent, Opened):
        return sent
    return send_now(session, callout_id=sent.callout.callout_id, coordinator_id=coordinator_id, now=now)


def _store(
    session: Session, draft: Draft, *, key: str, by: int, people: int, until: datetime | None, now: datetime
) -> bool:
    """Store the call-out as waiting; say no when the same key was faster."""
    plan = plan_by_code(session, draft.plan_code) if draft.plan_code else None
    if plan is not None and draft.plan_version not in (None, plan.version):
        raise PlanChanged(plan.code)
    place = area(session, draft.area_id)
    texts = texts_of(draft, plan, place.names)
    if not texts:
        raise NothingToSay
    values = {
        "key": key,
        "plan_code": draft.plan_code,
        "plan_version": plan.version if plan else None,
        "level": draft.level,
        "exercise": draft.exercise,
        "texts": texts,
        "team_codes": list(draft.team_codes),
        "area_id": draft.area_id,
        "area_path": place.path,
        "place": draft.place,
        "needed": draft.needed,
        "people": people,
        "state": CallOutState.AWAITING,
        "version": 1,
        "review_open": False,
        "created_by": by,
        "created_at": now,
        "approval_until": until,
    }
    insertion = upsert(session, callouts).values(values).on_conflict_do_nothing(index_elements=["key"])
    return session.execute(insertion.returning(callouts.c.id)).scalar_one_or_none() is not None


def _by_key(session: Session, key: str) -> CallOut | None:
    return session.exec(select(CallOut).where(CallOut.key == key)).one_or_none()


def _again(session: Session, callout: CallOut) -> Opened | AwaitingApproval:
    if callout.state in (CallOutState.REFUSED, CallOutState.LAPSED):
        raise decided(callout)
    if callout.state == CallOutState.AWAITING:
        return _awaiting(session, callout, replayed=True)
    return Opened(callout=view(session, callout), replayed=True)


def _awaiting(session: Session, callout: CallOut, *, replayed: bool = False) -> AwaitingApproval:
    second = people.coordinators(session, callout.area_id)
    return AwaitingApproval(
        callout=view(session, callout),
        until=callout.approval_until,
        coordinator=people.address(session, callout.created_by),
        second_people=tuple(
            one for one in second if one.resident_id != callout.created_by and one.chat_id is not None
        ),
        replayed=replayed,
    )

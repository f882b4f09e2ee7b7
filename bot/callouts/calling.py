"""The call list: whom a human has to tell of a call-out or of its end, and what came of each call."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.callouts.errors import NotAsked
from bot.callouts.events import CallOutView
from bot.callouts.models import asks
from bot.callouts.reaching import about_end, about_people, show_anew
from bot.callouts.recording import record_act
from bot.callouts.states import CallOutState
from bot.callouts.unreached import mark_reached, unreached
from bot.callouts.views import closed, row, view
from bot.community import Act, addresses, require
from bot.delivery import DeliveryView, State, deliveries
from bot.delivery.fallback import BY_HAND, note_by_hand

TOLD, TOLD_OVER, NOT_REACHED = "told-by-phone", "told-it-is-over", "not-reached-by-phone"
NOBODY_THERE = "nobody answered"
_MAY_HAVE_HEARD = (State.SENT, State.SENDING, State.UNKNOWN)


@dataclass(frozen=True)
class ToCall:
    """Somebody whom a human has to tell, after so many calls in vain."""

    resident_id: int
    tried: int = 0


@dataclass(frozen=True)
class Called:
    """What a human's call came to; `changed` is false where it says nothing new."""

    callout: CallOutView
    resident_id: int
    by: int
    changed: bool


def whom_to_call(session: Session, seen: CallOutView) -> tuple[ToCall, ...]:
    """Give who has to be told by a human, those first whom nobody called yet.

    While it is open that is who is unreached; after stand-down who knows of it and not of its end.
    """
    if seen.state is CallOutState.OPEN:
        left, about = unreached(session, seen.callout_id), about_people(seen.callout_id)
    elif seen.state is CallOutState.STOOD_DOWN:
        left, about = _unaware_of_the_end(session, seen.callout_id), about_end(seen.callout_id)
    else:
        return ()
    if not left:
        return ()
    calls = _by_hand(deliveries(session, about))
    tried = {one.tag: one.attempts for one in calls if one.state is State.FAILED}
    return tuple(sorted((ToCall(one, tried.get(one, 0)) for one in left), key=lambda one: one.tried))


def call_list(session: Session, *, callout_id: int, reader_id: int) -> tuple[CallOutView, tuple[ToCall, ...]]:
    """Give a call-out and whom a human has to tell of it, to somebody who may call out there.

    Raises:
        UnknownCallOut: there is none with this number.
        NotAllowed: no role of this person reaches the area.
        Closed: it never went out.
    """
    callout = row(session, callout_id)
    require(session, resident_id=reader_id, act=Act.CALL_OUT, area_id=callout.area_id)
    if callout.state not in (CallOutState.OPEN, CallOutState.STOOD_DOWN):
        raise closed(callout)
    seen = view(session, callout)
    return seen, whom_to_call(session, seen)


def told_by_phone(session: Session, *, callout_id: int, resident_id: int, by: int, now: datetime) -> Called:
    """Note that a human told somebody of it, or that it is over; a second time changes nothing.

    Raises:
        UnknownCallOut, NotAllowed, Closed: as for `call_list`.
        NotAsked: this person was never asked.
    """
    called = _call(session, callout_id, resident_id, by)
    if not called.changed:
        return called
    is_open = called.callout.state is CallOutState.OPEN
    if is_open:
        mark_reached(session, callout_id=callout_id, resident_ids=(resident_id,), at=now)
    _note(session, called, State.SENT, TOLD if is_open else TOLD_OVER, now)
    return called


def not_reached(session: Session, *, callout_id: int, resident_id: int, by: int, now: datetime) -> Called:
    """Note that a human tried in vain: that person stays in the list, behind those nobody called yet.

    Raises:
        UnknownCallOut, NotAllowed, Closed, NotAsked: as for `told_by_phone`.
    """
    called = _call(session, callout_id, resident_id, by)
    if called.changed:
        _note(session, called, State.FAILED, NOT_REACHED, now)
    return called


def _call(session: Session, callout_id: int, resident_id: int, by: int) -> Called:
    seen, left = call_list(session, callout_id=callout_id, reader_id=by)
    asked = select(asks.c.id).where(asks.c.callout_id == callout_id, asks.c.resident_id == resident_id)
    if session.execute(asked).first() is None:
        raise NotAsked(callout_id=callout_id, resident_id=resident_id, exercise=seen.exercise)
    return Called(seen, resident_id, by, changed=resident_id in {one.resident_id for one in left})


def _note(session: Session, called: Called, state: State, act: str, now: datetime) -> None:
    number, who = called.callout.callout_id, called.resident_id
    is_open = called.callout.state is CallOutState.OPEN
    note_by_hand(
        session,
        key=f"callout:{number}:{'by-hand' if is_open else 'by-hand-end'}:{who}",
        about=about_people(number) if is_open else about_end(number),
        tag=who,
        now=now,
        state=state,
        reason=None if state is State.SENT else NOBODY_THERE,
    )
    record_act(session, row(session, number), actor=called.by, act=act, now=now, more={"resident": who})
    show_anew(session, number)


def _unaware_of_the_end(session: Session, callout_id: int) -> tuple[int, ...]:
    """Give who was told by a human, or by another way that did not tell them the end, and has no chat."""
    heard = [one for one in deliveries(session, about_people(callout_id)) if one.state in _MAY_HAVE_HEARD]
    if not heard:
        return ()
    told = deliveries(session, about_end(callout_id))
    aware = {one.tag for one in told if one.state in (State.SENT, State.QUEUED, State.SENDING)}
    people = addresses(session, {one.tag for one in heard if one.tag is not None} - aware)
    return tuple(number for number, one in sorted(people.items()) if one.chat_id is None)


def _by_hand(some: tuple[DeliveryView, ...]) -> Iterator[DeliveryView]:
    return (one for one in some if one.channel == BY_HAND)

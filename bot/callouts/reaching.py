"""How far a call-out's messages got, and sending again what nobody can say arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session

from bot import delivery
from bot.callouts.events import CallOutView
from bot.callouts.models import callouts
from bot.callouts.recording import record_act
from bot.callouts.states import CallOutState
from bot.callouts.views import closed, row, view
from bot.community import Act, require
from bot.delivery import State, in_doubt
from bot.delivery.figures import Ends, ends, queue

SEND_AGAIN = "send-again"


class Missed(StrEnum):
    """Why a message did not come through, as far as it tells somebody what to do."""

    BLOCKED = "blocked"
    GONE = "gone"
    LATE = "late"
    OTHER = "other"


@dataclass(frozen=True)
class OtherWays:
    """How many were told by other ways than chat, could not be, or may have been."""

    reached: int = 0
    failed: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Sending:
    """So many messages still wait, so many failed and why, so many are in doubt and can be sent again.

    `ahead` counts everything that leaves before the last of those that wait.
    """

    waiting: int = 0
    ahead: int = 0
    missed: Mapping[Missed, int] | None = None
    unknown: int = 0
    possible: int = 0
    others: OtherWays = OtherWays()


@dataclass(frozen=True)
class SentAgain:
    """What was in doubt waits again, to so many people; none when there was nothing (any more)."""

    callout: CallOutView
    people: int


def about_asks(callout_id: int) -> str:
    """Name the messages by which a call-out's volunteers are asked."""
    return f"callout:{callout_id}"


def about_people(callout_id: int) -> str:
    """Name what people are told of a call-out by other ways than chat."""
    return f"fallback:{callout_id}"


def about_end(callout_id: int) -> str:
    """Name what they are told of its end."""
    return f"fallback-end:{callout_id}"


def sending_of(session: Session, callout_id: int, now: datetime) -> Sending:
    """Say how far the asks of a call-out got."""
    about = about_asks(callout_id)
    ended, doubts = ends(session, about=about), in_doubt(session, about, now)
    mine = queue(session, about=about)
    waits = mine.total
    return Sending(
        waiting=waits,
        ahead=queue(session).ahead_of(max(mine.queued)) if mine.queued else waits,
        missed=_missed(ended),
        unknown=len(doubts),
        possible=sum(one.possible for one in doubts),
        others=_others(ends(session, about=about_people(callout_id))),
    )


def send_again(session: Session, *, callout_id: int, coordinator_id: int, now: datetime) -> SentAgain:
    """Ask those again of whom nobody can say whether the question arrived; a second time changes nothing.

    Raises:
        UnknownCallOut: there is none with this number.
        NotAllowed: no role of this person reaches the area.
        Closed: it is not open any more.
    """
    callout = row(session, callout_id)
    require(session, resident_id=coordinator_id, act=Act.CALL_OUT, area_id=callout.area_id)
    if callout.state != CallOutState.OPEN:
        raise closed(callout)
    again = delivery.send_again(session, about=about_asks(callout_id), now=now)
    if again:
        record_act(
            session, callout, actor=coordinator_id, act=SEND_AGAIN, now=now, more={"people": len(again)}
        )
        show_anew(session, callout_id)
    return SentAgain(view(session, callout), len(again))


def show_anew(session: Session, callout_id: int) -> None:
    """Let boards show what became of messages, where no answer changed."""
    this = callouts.c.id == callout_id
    session.execute(update(callouts).where(this).values(version=callouts.c.version + 1))


def _others(ended: Ends) -> OtherWays:
    failed = ended[State.FAILED] + ended[State.EXPIRED]
    return OtherWays(ended[State.SENT], failed, ended[State.UNKNOWN])


def _missed(ended: Ends) -> Mapping[Missed, int]:
    found: dict[Missed, int] = {}
    for end in ended.all:
        if end.state in (State.FAILED, State.EXPIRED):
            why = Missed.LATE if end.state is State.EXPIRED else _why(end.reason or "")
            found[why] = found.get(why, 0) + end.count
    return found


def _why(reason: str) -> Missed:
    said = reason.lower()
    if "blocked" in said:
        return Missed.BLOCKED
    return Missed.GONE if "deactivated" in said or "not found" in said else Missed.OTHER

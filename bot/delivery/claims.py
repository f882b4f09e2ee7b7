"""The sender's side of the outbox: look for rows, let some depart, record how they ended, tidy up."""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, func, or_, select, update
from sqlmodel import Session, col

from bot.delivery.bindings import move_chat
from bot.delivery.messages import SENT_AGAIN_IN_DOUBT, Buttons, Lane, buttons_from_json
from bot.delivery.models import Broadcast, Delivery, Method, Rendering, Sound, State
from bot.delivery.outbox import underway, waiting
from bot.delivery.results import TOO_LATE, Outcome, Recorded

FINAL = frozenset({State.SENT, State.FAILED, State.EXPIRED, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery in the sender's hand."""

    delivery_id: int
    chat_id: int
    lane: Lane
    sound: Sound
    rendering_id: int
    attempts: int
    expires_at: datetime | None
    about: str | None
    tag: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent: a rendering as the sender needs it."""

    method: Method
    text: str
    buttons: Buttons
    attachment: bytes | None
    attachment_name: str | None
    file_id: str | None


@dataclass(frozen=True, slots=True)
class Room:
    """What the sender has room for, the chats that may not be written to yet, and the files on their way.

    With `bulk` the lowest lane's turn has come: one of its rows goes along unless something urgent waits.
    """

    own_acts: int
    others: int
    together: int
    busy: AbstractSet[int] = frozenset()
    uploading: AbstractSet[int] = frozenset()
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """One attempt that ended; `steadily` is the same moment by a clock that never goes back."""

    claim: Claim
    outcome: Outcome
    at: datetime
    steadily: datetime | None = None


def look(session: Session, room: Room, now: datetime, steadily: datetime | None = None) -> tuple[Claim, ...]:
    """Give the next rows in the order of their lanes, at most one a chat; they wait on until they depart."""
    if room.together <= 0:
        return ()
    moments = (now, steadily or now)
    own = _candidates(session, _OWN_ACTS, room.own_acts, room, moments)
    rest = replace(room, busy=room.busy | {each.chat_id for each in own})
    others = _with_bulk(session, _candidates(session, _OTHERS, room.others, rest, moments), rest, moments)
    found = sorted([*own, *others], key=lambda each: (each.lane, each.delivery_id))
    return tuple(_groups_first(found)[: room.together])


def depart(session: Session, claims: Collection[Claim]) -> frozenset[int]:
    """Mark rows as being sent; what was withdrawn, expired or erased meanwhile is not among those given."""
    if not claims:
        return frozenset()
    marked = session.connection().execute(_MARK, {"ids": [each.delivery_id for each in claims]})
    return frozenset(row[0] for row in marked if row[0] is not None)


def contents(session: Session, rendering_ids: Iterable[int]) -> dict[int, Content]:
    """Read what is to be sent."""
    rows = session.execute(
        select(
            col(Rendering.id),
            col(Rendering.method),
            col(Rendering.text),
            col(Rendering.buttons),
            col(Rendering.attachment),
            col(Rendering.attachment_name),
            col(Rendering.file_id),
        ).where(col(Rendering.id).in_(list(rendering_ids)))
    )
    return {
        row[0]: Content(row[1], row[2], buttons_from_json(row[3]), row[4], row[5], row[6]) for row in rows
    }


def record(session: Session, ended: Sequence[Ended]) -> tuple[Recorded, ...]:
    """Write down how attempts ended; give those that came to their end."""
    if not ended:
        return ()
    session.connection().execute(_RECORD, [_row(each) for each in ended])
    for each in ended:
        if each.outcome.file_id is not None:
            _remember_file(session, each.claim.rendering_id, each.outcome.file_id)
        if each.outcome.moved_to is not None:
            _move(session, each.claim, each.outcome.moved_to)
            move_chat(session, each.claim.chat_id, each.outcome.moved_to)
    _keep_withdrawn(session, [each.claim.delivery_id for each in ended if each.outcome.state is State.QUEUED])
    return tuple(_recorded(each) for each in ended if each.outcome.state in FINAL)


def expire(session: Session, now: datetime) -> tuple[Recorded, ...]:
    """Give up what waited beyond its time."""
    overdue = update(Delivery).where(waiting(), col(Delivery.expires_at) <= now)
    return _end(session, overdue.values(state=State.EXPIRED, reason=TOO_LATE.reason), State.EXPIRED, now)


def take_back(session: Session, held: Collection[int]) -> None:
    """Let wait again what is marked as being sent but in nobody's hand: nobody began to send it."""
    strays = update(Delivery).where(underway(), col(Delivery.id).not_in(held))
    ids = list(session.execute(strays.values(state=State.QUEUED).returning(col(Delivery.id))).scalars())
    _keep_withdrawn(session, ids)


def recover(session: Session, now: datetime) -> tuple[Recorded, ...]:
    """After a crash: emergencies in doubt wait again, everything else in doubt becomes unknown (law 7)."""
    lanes = [int(lane) for lane in SENT_AGAIN_IN_DOUBT]
    again = update(Delivery).where(underway(), col(Delivery.lane).in_(lanes))
    ids = list(session.execute(again.values(state=State.QUEUED).returning(col(Delivery.id))).scalars())
    _keep_withdrawn(session, ids)
    rest = update(Delivery).where(underway()).values(state=State.UNKNOWN, reason=IN_DOUBT_REASON)
    return _end(session, rest, State.UNKNOWN, now)


_Waiting = Select[*tuple[Any, ...]]

# Thirty times a second these run, so they are made once.
_WAITING: _Waiting = (
    select(
        col(Delivery.id),
        col(Delivery.chat_id),
        col(Delivery.lane),
        func.coalesce(col(Broadcast.sound), case((col(Broadcast.loud), Sound.ALWAYS), else_=Sound.DAY)),
        col(Rendering.id),
        col(Delivery.attempts),
        col(Delivery.expires_at),
        col(Broadcast.about),
        col(Delivery.tag),
    )
    .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
    .join(
        Rendering,
        (col(Rendering.broadcast_id) == col(Delivery.broadcast_id))
        & (col(Rendering.language) == col(Delivery.language)),
    )
    .where(
        waiting(),
        or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) <= bindparam("steadily")),
        or_(col(Delivery.expires_at).is_(None), col(Delivery.expires_at) > bindparam("moment")),
        col(Delivery.chat_id).not_in(bindparam("busy", expanding=True)),
        col(Rendering.id).not_in(bindparam("uploading", expanding=True)),
    )
    .order_by(col(Delivery.lane), col(Delivery.id))
    .limit(bindparam("most", type_=Integer))
)
_OWN_ACTS = _WAITING.where(col(Delivery.lane) == int(Lane.OWN_ACT))
_OTHERS = _WAITING.where(col(Delivery.lane) != int(Lane.OWN_ACT))
_BULK = _WAITING.where(col(Delivery.lane) == int(Lane.BULK))
_MARK = (
    update(Delivery)
    .where(col(Delivery.id).in_(bindparam("ids", expanding=True)), waiting())
    .values(state=State.SENDING)
    .returning(col(Delivery.id))
)

IN_DOUBT_REASON = "the program ended while this was being sent"

_RECORD = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("delivery"), or_(underway(), waiting()))
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("tried"),
        not_before=bindparam("wait_until"),
        reason=bindparam("why"),
        message_id=bindparam("message"),
        sent_at=bindparam("moment"),
    )
)


def _row(ended: Ended) -> dict[str, Any]:
    outcome = ended.outcome
    return {
        "delivery": ended.claim.delivery_id,
        "new_state": outcome.state,
        "tried": ended.claim.attempts + outcome.counts,
        "wait_until": _after(ended.steadily or ended.at, outcome.again_after),
        "why": outcome.reason,
        "message": outcome.message_id,
        "moment": ended.at if outcome.state is State.SENT else None,
    }


def _after(moment: datetime, wait: timedelta | None) -> datetime | None:
    return None if wait is None else moment + wait


def _candidates(
    session: Session, statement: _Waiting, limit: int, room: Room, moments: tuple[datetime, datetime]
) -> list[Claim]:
    """Look for waiting rows, the first of each chat; a few more are read, for several may be for one chat."""
    if limit <= 0:
        return []
    wanted = {
        "busy": list(room.busy),
        "uploading": list(room.uploading),
        "most": 4 * limit,
        "moment": moments[0],
        "steadily": moments[1],
    }
    firsts: dict[int, Claim] = {}
    for row in session.connection().execute(statement, wanted):
        firsts.setdefault(row.chat_id, Claim(row[0], row[1], Lane(row[2]), Sound(row[3]), *row[4:]))
    return list(firsts.values())[:limit]


def _groups_first(found: list[Claim]) -> list[Claim]:
    """Let nobody depart beside the post that hundreds read first."""
    last = Lane.GROUP if any(each.lane is Lane.GROUP for each in found) else Lane.BULK
    return [each for each in found if each.lane <= last]


def _with_bulk(
    session: Session, others: list[Claim], room: Room, moments: tuple[datetime, datetime]
) -> list[Claim]:
    """Let one of the lowest lane go along when its turn has come, instead of the last of the others."""
    lanes = {each.lane for each in others}
    if not room.bulk or not lanes or lanes & {Lane.CORRECTION, Lane.EMERGENCY, Lane.BULK}:
        return others
    return [*others[: room.others - 1], *_candidates(session, _BULK, 1, room, moments)]


def _remember_file(session: Session, rendering_id: int, file_id: str) -> None:
    session.execute(update(Rendering).where(col(Rendering.id) == rendering_id).values(file_id=file_id))


def _move(session: Session, claim: Claim, new_chat_id: int) -> None:
    """Follow a group that became a supergroup, unless the new one was told already."""
    mine = select(col(Delivery.broadcast_id)).where(col(Delivery.id) == claim.delivery_id).scalar_subquery()
    told = select(col(Delivery.id)).where(
        col(Delivery.chat_id) == new_chat_id, col(Delivery.broadcast_id) == mine
    )
    row = update(Delivery).where(col(Delivery.id) == claim.delivery_id)
    if session.execute(told).first() is None:
        session.execute(row.values(chat_id=new_chat_id))
    else:
        session.execute(row.values(state=State.WITHDRAWN, reason="the group moved and was told there"))


def _keep_withdrawn(session: Session, ids: Sequence[int]) -> None:
    """What was withdrawn while it was in the sender's hand does not wait again."""
    if ids:
        gone = select(col(Broadcast.id)).where(col(Broadcast.withdrawn_at).is_not(None))
        rows = update(Delivery).where(col(Delivery.id).in_(ids), col(Delivery.broadcast_id).in_(gone))
        session.execute(rows.values(state=State.WITHDRAWN))


def _end(session: Session, statement: Any, state: State, now: datetime) -> tuple[Recorded, ...]:
    ended = session.execute(
        statement.returning(
            col(Delivery.broadcast_id), col(Delivery.tag), col(Delivery.chat_id), col(Delivery.reason)
        )
    )
    rows = ended.all()
    ids = {row[0] for row in rows}
    facts = session.execute(select(col(Broadcast.id), col(Broadcast.about)).where(col(Broadcast.id).in_(ids)))
    about = {row[0]: row[1] for row in facts}
    return tuple(Recorded(about[row[0]], row[1], row[2], None, state, row[3], now) for row in rows)


def _recorded(ended: Ended) -> Recorded:
    claim, outcome = ended.claim, ended.outcome
    return Recorded(
        claim.about, claim.tag, claim.chat_id, outcome.message_id, outcome.state, outcome.reason, ended.at
    )

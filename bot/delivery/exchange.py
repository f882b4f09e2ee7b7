"""The sender's one unit of work: give what ended, get what is next, under the lease, in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from bot.delivery.claims import Claim, Ended, Room, depart, expire, look, record, recover, take_back
from bot.delivery.lease import Seen, give_back, is_alive, keep, outranks, require, take, this_process
from bot.delivery.results import ChatState, Recorded


class RecordedHook(Protocol):
    """Told of deliveries that came to their end, inside the transaction that records it."""

    def __call__(self, session: Session, ended: Sequence[Recorded]) -> None: ...


class UnreachableHook(Protocol):
    """Told of a chat that cannot be written to any more, inside the transaction that records it."""

    def __call__(self, session: Session, chat_id: int, state: ChatState) -> None: ...


@dataclass(frozen=True, slots=True)
class Hooks:
    recorded: RecordedHook
    unreachable: UnreachableHook


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the sender gives and asks for.

    `held` names what departed, after an exchange whose end it never heard of. `steadily` is the moment by a
    clock that never goes back; `revision` says how new this version is.
    """

    bot_id: int
    fence: int
    ended: tuple[Ended, ...]
    room: Room
    tidy: bool
    keep: bool
    held: frozenset[int] | None = None
    departing: tuple[Claim, ...] = ()
    steadily: datetime | None = None
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What it gets: which of those that asked may depart, and what comes next.

    When it is `outranked` nothing departs any more: a newer version waits for the lease.
    """

    departed: frozenset[int] = frozenset()
    claims: tuple[Claim, ...] = ()
    outranked: bool = False


def begin(
    session: Session,
    *,
    bot_id: int,
    hooks: Hooks,
    now: datetime,
    revision: str = "",
    stale: Seen | None = None,
) -> int | None:
    """Take the lease and settle what a process that is no more had underway; None while another one sends.

    Raises:
        OutOfDate: a newer version has sent, or wants to.
    """
    fence = take(
        session,
        bot_id=bot_id,
        holder=this_process(),
        alive=is_alive,
        now=now,
        revision=revision,
        stale=stale,
    )
    if fence is not None:
        _tell(session, hooks, recover(session, now))
    return fence


def exchange(session: Session, what: Exchange, *, hooks: Hooks, now: datetime) -> Exchanged:
    """Record what ended, give up what is too late, let depart who asks, look for what there is room for.

    Raises:
        LeaseLost: another process sends now.
    """
    row = require(session, bot_id=what.bot_id, fence=what.fence)
    outranked = outranks(row, what.revision)
    if what.keep:
        keep(session, bot_id=what.bot_id, fence=what.fence, now=now)
    done = record(session, what.ended)
    if what.held is not None:
        take_back(session, what.held)
    if what.tidy:
        done += expire(session, now)
    for each in what.ended:
        if each.outcome.chat_state is not None:
            hooks.unreachable(session, each.claim.chat_id, each.outcome.chat_state)
    _tell(session, hooks, done)
    if outranked:
        return Exchanged(outranked=True)
    departed = depart(session, what.departing)
    return Exchanged(departed, look(session, what.room, now, what.steadily))


def end(session: Session, what: Exchange, *, hooks: Hooks, now: datetime) -> None:
    """Record the last results and give the lease back."""
    exchange(session, what, hooks=hooks, now=now)
    give_back(session, bot_id=what.bot_id, fence=what.fence)


def _tell(session: Session, hooks: Hooks, done: Sequence[Recorded]) -> None:
    if done:
        hooks.recorded(session, done)

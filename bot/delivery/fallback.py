"""Other ways than chat: promised in the same table, worked off slowly in a thread, doubt stays doubt."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ColumnElement, Update, or_, select, update
from sqlmodel import Session, col

from bot.clock import Clock
from bot.database import Database
from bot.delivery.apprising import NO_ANSWER, call
from bot.delivery.exchange import RecordedHook
from bot.delivery.fitting import shortened
from bot.delivery.messages import TEXT_LIMIT, Lane, Message, Recipient, plain
from bot.delivery.models import Broadcast, Delivery, Rendering, State
from bot.delivery.outbox import enqueue
from bot.delivery.results import TOO_LATE, Outcome, Recorded

LOG = logging.getLogger(__name__)

BY_HAND = "by-hand"
NO_CHAT = 0  # what stands for a chat where there is none
EVERY = 1.0
LAST_SECONDS = 8.0
AT_ONCE = 4
PATIENCE = 40.0  # for one call; apprise itself waits a few seconds for each address
SETTLED_AFTER = timedelta(seconds=90)  # underway for longer: whoever made the call is no more
IN_DOUBT = "the program ended while this was being said"
NO_WAY = "there is no such address any more"

Ways = Callable[[Session, str], tuple[str, ...]]
"""Gives the addresses that a channel stands for now, the best first."""


@dataclass(frozen=True, slots=True)
class Other:
    """One thing to say by another way."""

    delivery_id: int
    channel: str
    text: str
    attempts: int
    about: str | None
    tag: int | None
    urls: tuple[str, ...]


def enqueue_other(
    session: Session,
    *,
    key: str,
    channel: str,
    language: str,
    message: Message,
    about: str,
    tag: int | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Promise to say this by the addresses a channel stands for; the same key again changes nothing.

    The row names the channel, never an address: those are secrets, and may change meanwhile.
    """
    short = Message(shortened(message.text, TEXT_LIMIT))
    broadcast = enqueue(
        session,
        key=key,
        lane=Lane.EMERGENCY,
        renderings={language: short},
        to=[Recipient(NO_CHAT, language, tag)],
        now=now,
        about=about,
        expires_at=expires_at,
    )
    session.execute(update(Delivery).where(col(Delivery.broadcast_id) == broadcast).values(channel=channel))
    return broadcast


def note_by_hand(
    session: Session,
    *,
    key: str,
    about: str,
    tag: int,
    now: datetime,
    state: State,
    reason: str | None = None,
) -> None:
    """Write down what a human's call came to: a result like any other, the last one of the same key."""
    message = Message("·")  # a human found the words
    broadcast = enqueue_other(
        session, key=key, channel=BY_HAND, language="", message=message, about=about, tag=tag, now=now
    )
    this = update(Delivery).where(col(Delivery.broadcast_id) == broadcast)
    values = {"state": state, "reason": reason, "sent_at": now if state is State.SENT else None}
    session.execute(this.values(attempts=col(Delivery.attempts) + 1, **values))


def others_wait(session: Session, now: datetime) -> bool:
    """Say whether there is anything to say or to settle, which is looked for every second."""
    open_ = col(Delivery.state).in_((State.QUEUED, State.SENDING))
    due = or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) <= now)
    return session.execute(select(col(Delivery.id)).where(_other(), open_, due).limit(1)).first() is not None


def claim_others(session: Session, ways: Ways, now: datetime) -> tuple[Other, ...]:
    """Mark the next few as underway, whoever else looks at the same moment, and give what is to be said."""
    due = or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) <= now)
    waits = (col(Delivery.state) == State.QUEUED) & _other() & due
    next_ = select(col(Delivery.id)).where(waits).order_by(col(Delivery.id)).limit(AT_ONCE)
    mark = update(Delivery).where(col(Delivery.id).in_(next_), waits)
    values = {"state": State.SENDING, "not_before": now + SETTLED_AFTER}
    ids = list(session.execute(mark.values(values).returning(col(Delivery.id))).scalars())
    rows = session.execute(
        select(
            col(Delivery.id),
            col(Delivery.channel),
            col(Rendering.text),
            col(Delivery.attempts),
            col(Broadcast.about),
            col(Delivery.tag),
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .join(Rendering, col(Rendering.broadcast_id) == col(Broadcast.id))
        .where(col(Delivery.id).in_(ids))
        .order_by(col(Delivery.id))
    )
    return tuple(
        Other(row[0], str(row[1]), row[2], row[3], row[4], row[5], ways(session, str(row[1])))
        for row in rows.all()
    )


def settle_others(session: Session, now: datetime) -> tuple[Recorded, ...]:
    """Give up what is too late, and call unknown what was underway in a process that is no more."""
    mine = update(Delivery).where(_other())
    late = mine.where(col(Delivery.state) == State.QUEUED, col(Delivery.expires_at) <= now)
    lost = mine.where(col(Delivery.state) == State.SENDING, col(Delivery.not_before) <= now)
    return (
        *_end(session, late.values(state=State.EXPIRED, reason=TOO_LATE.reason), State.EXPIRED, now),
        *_end(session, lost.values(state=State.UNKNOWN, reason=IN_DOUBT), State.UNKNOWN, now),
    )


def record_other(session: Session, other: Other, outcome: Outcome, now: datetime) -> tuple[Recorded, ...]:
    """Write down how a call ended; give it if it came to its end."""
    mine = update(Delivery).where(col(Delivery.id) == other.delivery_id, col(Delivery.state) == State.SENDING)
    withdrawn = select(col(Broadcast.withdrawn_at)).join(
        Delivery, col(Delivery.broadcast_id) == col(Broadcast.id)
    )
    state = outcome.state
    gone = session.execute(withdrawn.where(col(Delivery.id) == other.delivery_id)).scalar_one_or_none()
    if state is State.QUEUED and gone is not None:
        state = State.WITHDRAWN
    values = {
        "state": state,
        "attempts": other.attempts + 1,
        "reason": outcome.reason,
        "not_before": now + outcome.again_after if outcome.again_after is not None else None,
        "sent_at": now if state is State.SENT else None,
    }
    ended = _end(session, mine.values(values), state, now)
    return () if state is State.QUEUED else ended


class Fallback:
    """Says what waits for other ways, a few at a time, for as long as the `async with` lasts."""

    def __init__(self, database: Database, clock: Clock, *, ways: Ways, recorded: RecordedHook) -> None:
        self._database, self._clock, self._ways, self._recorded = database, clock, ways, recorded
        self._running: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run(), name="fallback")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let what is underway end, but not for long: then it is in doubt, which the next process finds."""
        self._stop.set()
        if self._running is not None:
            await asyncio.wait((self._running,), timeout=LAST_SECONDS)
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def work(self) -> bool:
        """Settle and say what is due now, and tell whether there was something to say."""
        if not await self._database.read(others_wait, self._clock.now()):
            return False
        await self._database.write(self._settle)
        others = await self._database.write(claim_others, self._ways, self._clock.now())
        await asyncio.gather(*(self._say(other) for other in others))
        return bool(others)

    async def _run(self) -> None:
        while not self._stop.is_set():
            try:
                while not self._stop.is_set() and await self.work():
                    pass
            except Exception:
                LOG.exception("other ways cannot be worked on now, trying again")
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._stop.wait()

    async def _say(self, other: Other) -> None:
        outcome = Outcome(State.FAILED, reason=NO_WAY, line=None)
        for url in other.urls:
            outcome = await self._call(url, plain(other.text), other.attempts)
            if outcome.state in (State.SENT, State.UNKNOWN):
                break
        await self._database.write(self._record, other, outcome)

    async def _call(self, url: str, text: str, attempts: int) -> Outcome:
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.to_thread(call, url, text, attempts)
        except TimeoutError:
            return Outcome(State.UNKNOWN, reason=NO_ANSWER, line=None)
        except Exception as trouble:
            LOG.error("another way broke: %s", type(trouble).__name__)
            return Outcome(State.FAILED, reason="a mistake in the program, see the log", line=None)

    def _settle(self, session: Session) -> None:
        self._tell(session, settle_others(session, self._clock.now()))

    def _record(self, session: Session, other: Other, outcome: Outcome) -> None:
        self._tell(session, record_other(session, other, outcome, self._clock.now()))

    def _tell(self, session: Session, ended: Sequence[Recorded]) -> None:
        if ended:
            self._recorded(session, ended)


def _other() -> ColumnElement[bool]:
    return col(Delivery.channel).is_not(None)


def _end(session: Session, statement: Update, state: State, now: datetime) -> tuple[Recorded, ...]:
    ended = statement.returning(col(Delivery.broadcast_id), col(Delivery.tag), col(Delivery.reason))
    rows = session.execute(ended).all()
    ids = {row[0] for row in rows}
    facts = session.execute(select(col(Broadcast.id), col(Broadcast.about)).where(col(Broadcast.id).in_(ids)))
    about = {row[0]: row[1] for row in facts}
    return tuple(Recorded(about[row[0]], row[1], NO_CHAT, None, state, row[2], now) for row in rows)

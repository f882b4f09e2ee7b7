"""What Telegram sends, stored before Telegram hears that it was taken; one person's updates in order."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from warnings import catch_warnings

import structlog
from sqlalchemy import Index, LargeBinary, delete, insert, select, update
from sqlmodel import Field, Session, SQLModel, col
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.clock import Clock
from bot.database import Database
from points.columns import BigId, Moment, words

LONG_POLL = 30
AT_ONCE = 100
IN_HAND = 2_000
AFTER_TROUBLE = 1.0
KEPT_FOR = timedelta(hours=48)
BODY_KEPT_FOR = timedelta(hours=24)
ALLOWED = ("message", "callback_query", "my_chat_member")

log = structlog.get_logger(__name__)


class State(StrEnum):
    WAITING = "waiting"
    DONE = "done"


class Intake(SQLModel, table=True):
    __table_args__ = (
        Index("ix_intake_state_id", "state", "id"),
        Index("ix_intake_taken_at", "taken_at"),
        # Who is forgotten leaves a number behind that must not be somebody's next update.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    bot_id: int = Field(sa_type=BigId)
    update_id: int = Field(sa_type=BigId)
    user_id: int | None = Field(default=None, sa_type=BigId, index=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: State = Field(sa_type=words(State))
    taken_at: datetime = Field(sa_type=Moment)


Index("uq_intake_bot_id_update_id", col(Intake.bot_id), col(Intake.update_id), unique=True)


def speaker_of(update: Update) -> int | None:
    """Give who sent an update, as Telegram numbers people."""
    return update.effective_user.id if update.effective_user else None


def take(
    session: Session, *, bot_id: int, updates: Sequence[Update], now: datetime
) -> tuple[tuple[int, Update], ...]:
    """Store updates and give those that were new, with the number each is stored under."""
    known = _known(session, bot_id, [update.update_id for update in updates])
    fresh = {update.update_id: update for update in updates if update.update_id not in known}
    if not fresh:
        return ()
    rows = [
        {
            "bot_id": bot_id,
            "update_id": update_id,
            "user_id": speaker_of(update),
            "body": update.to_json().encode(),
            "state": State.WAITING,
            "taken_at": now,
        }
        for update_id, update in fresh.items()
    ]
    added = session.execute(insert(Intake).returning(col(Intake.id), col(Intake.update_id)), rows)
    numbers = {update_id: int(row_id) for row_id, update_id in added}
    return tuple((numbers[update_id], update) for update_id, update in fresh.items())


def _known(session: Session, bot_id: int, update_ids: Sequence[int]) -> frozenset[int]:
    seen = select(col(Intake.update_id)).where(
        col(Intake.bot_id) == bot_id, col(Intake.update_id).in_(update_ids)
    )
    return frozenset(session.execute(seen).scalars())


def waiting(session: Session, *, bot_id: int, after: int) -> tuple[tuple[int, bytes], ...]:
    """Give the next of what was taken and not finished before the last stop, in the order it came."""
    rows = select(col(Intake.id), col(Intake.body)).where(
        col(Intake.bot_id) == bot_id, col(Intake.state) == State.WAITING, col(Intake.id) > after
    )
    found = session.execute(rows.order_by(col(Intake.id)).limit(AT_ONCE))
    return tuple((int(row_id), body) for row_id, body in found if body is not None)


def finish(session: Session, row_ids: Sequence[int]) -> None:
    """Note that updates were dealt with, and erase what they said."""
    session.execute(update(Intake).where(col(Intake.id).in_(row_ids)).values(state=State.DONE, body=None))


def erase_old(session: Session, *, now: datetime) -> None:
    """Erase bodies after a day and numbers after two, whatever became of them."""
    session.execute(delete(Intake).where(col(Intake.taken_at) <= now - KEPT_FOR))
    session.execute(
        update(Intake)
        .where(col(Intake.taken_at) <= now - BODY_KEPT_FOR, col(Intake.body).is_not(None))
        .values(body=None, state=State.DONE)
    )


def forget_person(session: Session, *, bot_id: int, user_id: int) -> None:
    """Erase everything that somebody ever said to the bot."""
    session.execute(delete(Intake).where(col(Intake.bot_id) == bot_id, col(Intake.user_id) == user_id))


class Lanes:
    """Runs people side by side and each person's updates one after the other."""

    def __init__(self, handle: Callable[[int, Update], Awaitable[None]]) -> None:
        self._handle = handle
        self._last: dict[int | None, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(IN_HAND)

    async def add(self, row_id: int, update: Update) -> None:
        """Put an update behind what the same person sent before; waits while too many are in hand."""
        await self._room.acquire()
        person = speaker_of(update)
        task = asyncio.create_task(self._after(self._last.get(person), row_id, update))
        self._last[person] = task
        task.add_done_callback(lambda done: self._leave(person, done))

    async def empty(self) -> None:
        """Wait until everything in hand was dealt with."""
        while self._last:
            await asyncio.wait(tuple(self._last.values()))
            await asyncio.sleep(0)

    async def _after(self, before: asyncio.Task[None] | None, row_id: int, update: Update) -> None:
        if before is not None:
            await asyncio.wait((before,))
        await self._handle(row_id, update)

    def _leave(self, person: int | None, task: asyncio.Task[None]) -> None:
        self._room.release()
        if self._last.get(person) is task:
            del self._last[person]


class Ear:
    """Long polling: takes updates, stores them in one commit, and only then asks for the next."""

    def __init__(
        self, database: Database, bot: Bot, clock: Clock, handle: Callable[[Update], Awaitable[None]]
    ) -> None:
        self._database = database
        self._bot = bot
        self._clock = clock
        self._handle_update = handle
        self._lanes = Lanes(self._handle)
        self._offset = 0
        self._poll: asyncio.Task[None] | None = None
        self._held: set[int] = set()  # handed on, and not yet noted as dealt with
        self._in_doubt = False
        self._handled: list[int] = []
        self._finishing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._take_up()
        self._poll = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Deal with what is in hand; whatever ended the poll was told to those who watch it."""
        if self._poll is not None:
            self._poll.cancel()
            await asyncio.wait((self._poll,))
        await self._lanes.empty()
        self._closing.set()
        if self._finishing is not None:
            await self._finishing

    @property
    def listening(self) -> asyncio.Task[None]:
        """The poll itself: ends only with an error that no waiting will mend."""
        if self._poll is None:
            raise RuntimeError("the ear was not opened")
        return self._poll

    async def _listen(self) -> None:
        """Poll for ever; a webhook that an earlier set-up left behind would keep every update from us."""
        pause = 0.0
        with suppress(TelegramError):
            await self._bot.delete_webhook(drop_pending_updates=False)
        while True:
            await asyncio.sleep(pause)
            try:
                pause = await self._take_some()
            except InvalidToken:
                raise
            except RetryAfter as refusal:
                pause = _seconds(refusal.retry_after)
            except Conflict:
                log.warning("intake.another_instance_polls")
                pause = 5.0
            except NetworkError as trouble:
                log.warning("intake.network", trouble=str(trouble))
                pause = min(30.0, max(1.0, pause * 2))
            except TelegramError as trouble:
                log.warning("intake.refused", trouble=str(trouble))
                pause = 5.0
            except Exception:
                log.exception("intake.not_taken")
                pause = AFTER_TROUBLE

    async def _take_up(self) -> None:
        """Hand on what was stored and is in nobody's hand: at a start, or after a commit without answer."""
        last = 0
        while True:
            held = frozenset(self._held)  # before looking: what is finished meanwhile may still look waiting
            left = await self._database.read(waiting, bot_id=self._bot.id, after=last)
            for row_id, body in left:
                if row_id not in held:
                    await self._hand_on(row_id, Update.de_json(json.loads(body), self._bot))
                last = row_id
            if not left:
                return

    async def _hand_on(self, row_id: int, update: Update) -> None:
        self._held.add(row_id)
        await self._lanes.add(row_id, update)

    async def _take_some(self) -> float:
        if self._in_doubt:
            await self._take_up()
            self._in_doubt = False
        try:
            updates = await self._bot.get_updates(
                offset=self._offset, timeout=LONG_POLL, limit=AT_ONCE, allowed_updates=ALLOWED
            )
        except TelegramError:
            raise
        except Exception:
            log.exception("intake.unreadable")
            return await self._take_readable()
        await self._store(updates, updates[-1].update_id + 1 if updates else self._offset)
        return 0.0

    async def _take_readable(self) -> float:
        """Read a batch one by one, so that an update nobody can read does not keep the others from us."""
        asked = {"offset": self._offset, "limit": AT_ONCE, "timeout": 0, "allowed_updates": ALLOWED}
        with catch_warnings(action="ignore"):  # the library would rather be asked by name, and cannot read it
            raw = await self._bot.do_api_request("getUpdates", asked)
        known = [one for one in raw if isinstance(one, dict) and isinstance(one.get("update_id"), int)]
        readable = [update for one in known if (update := self._read(one)) is not None]
        await self._store(readable, max((one["update_id"] + 1 for one in known), default=self._offset))
        return 0.0 if known else AFTER_TROUBLE

    def _read(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.de_json(raw, self._bot)
        except Exception:
            log.exception("intake.skipped", update_id=raw["update_id"])
            return None

    async def _store(self, updates: Sequence[Update], offset: int) -> None:
        if updates:
            now = self._clock.now()
            self._in_doubt = True
            fresh = await self._database.write(take, bot_id=self._bot.id, updates=updates, now=now)
            self._in_doubt = False
            for row_id, update in fresh:
                await self._hand_on(row_id, update)
        self._offset = offset

    async def _handle(self, row_id: int, update: Update) -> None:
        try:
            await self._handle_update(update)
        except Exception:
            log.exception("intake.update_failed", row_id=row_id)
        self._handled.append(row_id)
        if self._finishing is None or self._finishing.done():
            self._finishing = asyncio.create_task(self._finish())

    async def _finish(self) -> None:
        """Note what was dealt with: one unit for all that were while the last one was written."""
        while self._handled:
            row_ids, self._handled = self._handled, []
            last_try = self._closing.is_set()
            try:
                await self._database.write(finish, row_ids)
            except Exception:
                log.exception("intake.not_finished", row_ids=row_ids)
                self._handled[:0] = row_ids
                if last_try:
                    return
                await self._rest()
            else:
                self._held.difference_update(row_ids)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(AFTER_TROUBLE):
                await self._closing.wait()


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)

"""What polling and the webhook share: store, hand on in each person's order, note what was dealt with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import structlog
from telegram import Bot, Update

from bot.clock import Clock
from bot.database import Database
from bot.intake.heard import Heard, heard
from bot.intake.lanes import Lanes
from bot.intake.store import finish, take, waiting

AFTER_TROUBLE = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Brought:
    updates: Sequence[Heard]
    context: Context
    stored: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Held:
    since: datetime
    is_tap: bool


class Mouth:
    """Takes updates from whoever brings them: what comes at once shares a commit."""

    def __init__(
        self, database: Database, bot: Bot, clock: Clock, handle: Callable[[Update], Awaitable[None]]
    ) -> None:
        self._database, self._bot, self._clock = database, bot, clock
        self._handle_update = handle
        self._lanes = Lanes(self._handle)
        self._brought: list[_Brought] = []
        self._storing: asyncio.Task[None] | None = None
        self._held: dict[int, _Held] = {}  # handed on, and not yet noted as dealt with; the oldest first
        self._in_doubt = False
        self._handled: list[int] = []
        self._finishing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self.taken = 0

    async def __aenter__(self) -> Self:
        await self._take_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Deal with what is in hand, and note it."""
        if self._storing is not None:
            await self._storing
        await self._lanes.empty()
        self._closing.set()
        if self._finishing is not None:
            await self._finishing

    @property
    def is_full(self) -> bool:
        """Tell whether more is in hand than memory should hold."""
        return self._lanes.is_full

    @property
    def in_hand(self) -> int:
        """Count the updates that wait or are being dealt with."""
        return self._lanes.in_hand

    async def room(self) -> None:
        """Wait while too many are in hand."""
        await self._lanes.room()

    def oldest(self, *, taps_only: bool = False) -> datetime | None:
        """Say since when the oldest update waits that is not dealt with, if one does."""
        return next((one.since for one in self._held.values() if one.is_tap or not taps_only), None)

    async def take(self, updates: Sequence[Heard]) -> None:
        """Store updates and hand them on; on return they are committed.

        Raises:
            Exception: whatever the database says; then nobody may tell Telegram that they were taken.
        """
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._brought.append(_Brought(updates, copy_context(), stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all(), context=Context())
        await stored

    async def _store_all(self) -> None:
        """Store what was brought; what comes while one commit is written waits for the next."""
        while self._brought:
            brought, self._brought = self._brought, []
            try:
                await self._store(brought)
            except Exception as trouble:
                for one in brought:
                    if not one.stored.done():
                        one.stored.set_exception(trouble)
            else:
                for one in brought:
                    if not one.stored.done():
                        one.stored.set_result(None)

    async def _store(self, brought: Sequence[_Brought]) -> None:
        if self._in_doubt:
            await self._take_up()
            self._in_doubt = False
        contexts = {update.update_id: one.context for one in brought for update in one.updates}
        updates = [update for one in brought for update in one.updates]
        now = self._clock.now()
        self._in_doubt = True
        fresh = await self._database.write(take, bot_id=self._bot.id, updates=updates, now=now)
        self._in_doubt = False
        self.taken += len(fresh)
        for row_id, update in fresh:
            self._hand_on(row_id, update, now, contexts[update.update_id].copy())

    async def _take_up(self) -> None:
        """Hand on what was stored and is in nobody's hand: at a start, or after a commit without answer."""
        last = 0
        while True:
            held = frozenset(self._held)  # before looking: what is finished meanwhile may still look waiting
            left = await self._database.read(waiting, bot_id=self._bot.id, after=last)
            for row_id, body, since in left:
                if row_id not in held:
                    await self.room()
                    self._hand_on(row_id, heard(body), since)
                last = row_id
            if not left:
                return

    def _hand_on(self, row_id: int, update: Heard, since: datetime, context: Context | None = None) -> None:
        self._held[row_id] = _Held(since, update.is_tap)
        self._lanes.add(row_id, update, context)

    async def _handle(self, row_id: int, update: Heard) -> None:
        understood = self._read(update)
        try:
            if understood is not None:
                await self._handle_update(understood)
        except Exception:
            log.exception("intake.update_failed", row_id=row_id)
        self._handled.append(row_id)
        if self._finishing is None or self._finishing.done():
            self._finishing = asyncio.create_task(self._finish(), context=Context())

    def _read(self, update: Heard) -> Update | None:
        """Make an object of an update; one that nobody can read keeps no other from us."""
        try:
            return Update.de_json(dict(update.facts), self._bot)
        except Exception as trouble:
            log.warning("intake.skipped", update_id=update.update_id, why=type(trouble).__name__)
            return None

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
                for row_id in row_ids:
                    self._held.pop(row_id, None)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(AFTER_TROUBLE):
                await self._closing.wait()

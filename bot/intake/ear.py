"""Long polling: what Telegram sends is stored before Telegram hears that it was taken."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self
from warnings import catch_warnings

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.clock import Clock
from bot.database import Database
from bot.intake.lanes import Lanes
from bot.intake.store import AT_ONCE, finish, take, waiting

LONG_POLL = 30
AFTER_TROUBLE = 1.0
ALLOWED = ("message", "channel_post", "callback_query", "my_chat_member")

log = structlog.get_logger(__name__)


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

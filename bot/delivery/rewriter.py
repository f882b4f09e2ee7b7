"""Edits the messages that shall read differently from now on, until each of them does."""

import asyncio
import logging
from functools import partial
from typing import Self

from telegram.error import BadRequest, TelegramError

from bot.clock import Clock
from bot.database import Database
from bot.delivery.editor import Editor
from bot.delivery.edits import Edit
from bot.delivery.pace import Paused
from bot.delivery.rewrites import DueRewrite, not_rewritten, rewrites_due, rewritten

LOG = logging.getLogger(__name__)

EVERY = 0.5  # also what other processes promise is found; so often the sender looks, too
AFTER_TROUBLE = 1.0


class Rewriter:
    """Looks twice a second, for as long as the `async with` lasts; none of what is left holds up another."""

    def __init__(self, database: Database, editor: Editor, clock: Clock) -> None:
        self._database, self._editor, self._clock = database, editor, clock
        self._under_way: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._troubled = False
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run(), name="rewriter")
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for task in (self._running, *self._under_way.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._troubled = False
            await self._begin_all()
            await asyncio.sleep(AFTER_TROUBLE if self._troubled else EVERY)

    async def _begin_all(self) -> None:
        """Begin what is due and not begun yet."""
        try:
            found = await self._database.read(rewrites_due)
        except Exception:
            LOG.exception("what is to be rewritten cannot be read now, trying again")
            self._troubled = True
            return
        for due in found:
            promise = (due.rewrite_id, due.version)
            if promise not in self._under_way:
                task = self._under_way[promise] = asyncio.create_task(self._write(due))
                task.add_done_callback(partial(self._ended, promise))

    def _ended(self, promise: tuple[int, int], _: asyncio.Task[None]) -> None:
        del self._under_way[promise]

    async def _write(self, due: DueRewrite) -> None:
        """Edit one message; what cannot be edited now is still due the next time."""
        try:
            match await self._edit(due):
                case Edit.GONE:
                    await self._database.write(not_rewritten, due, self._clock.now())
                case Edit.EDITED | Edit.SAME:
                    await self._database.write(rewritten, due)
        except Paused:
            self._troubled = True
        except TelegramError as trouble:
            LOG.warning("a message could not be rewritten now, trying again: %s", trouble)
            self._troubled = True
        except Exception:
            LOG.exception("a message cannot be rewritten now, trying again")
            self._troubled = True

    async def _edit(self, due: DueRewrite) -> Edit:
        try:
            return await self._editor.show(due.chat_id, due.message_id, due.message, caption=due.caption)
        except BadRequest as refusal:
            LOG.warning("a message cannot be rewritten: %s", refusal)
            return Edit.GONE

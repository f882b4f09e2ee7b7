"""Edits the messages that shall read differently from now on, until each of them does."""

import asyncio
import logging
from contextlib import suppress
from typing import Self

from telegram.error import BadRequest, TelegramError

from bot.clock import Clock
from bot.database import Database
from bot.delivery.edits import Edit, Edits
from bot.delivery.pace import Paused
from bot.delivery.rewrites import DueRewrite, not_rewritten, rewrites_due, rewritten

LOG = logging.getLogger(__name__)

EVERY = 0.5  # also what other processes promise is found; so often the sender looks, too
AFTER_TROUBLE = 1.0


class Rewriter:
    """Looks twice a second, for as long as the `async with` lasts; what is left waits for the next time."""

    def __init__(self, database: Database, edits: Edits, clock: Clock) -> None:
        self._database, self._edits, self._clock = database, edits, clock
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run(), name="rewriter")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def _run(self) -> None:
        while True:
            went_well = await self._write_all()
            await asyncio.sleep(EVERY if went_well else AFTER_TROUBLE)

    async def _write_all(self) -> bool:
        """Edit what is due, and tell whether all of it went well: the rest is tried again."""
        try:
            found = await self._database.read(rewrites_due)
        except Exception:
            LOG.exception("what is to be rewritten cannot be read now, trying again")
            return False
        return all([await self._write(due) for due in found])

    async def _write(self, due: DueRewrite) -> bool:
        """Edit one message; whatever goes wrong with it holds up no other."""
        try:
            if await self._edit(due) is Edit.GONE:
                await self._database.write(not_rewritten, due, self._clock.now())
            else:
                await self._database.write(rewritten, due)
        except Paused:
            return False
        except TelegramError as trouble:
            LOG.warning("a message could not be rewritten now, trying again: %s", trouble)
            return False
        except Exception:
            LOG.exception("a message cannot be rewritten now, trying again")
            return False
        return True

    async def _edit(self, due: DueRewrite) -> Edit:
        try:
            return await self._edits.apply(due.chat_id, due.message_id, due.message, caption=due.caption)
        except BadRequest as refusal:
            LOG.warning("a message cannot be rewritten: %s", refusal)
            return Edit.GONE

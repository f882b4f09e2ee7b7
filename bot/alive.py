"""When this neighbourhood's bot was last alive, so that a start knows for how long nothing ran."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Self

import structlog
from sqlmodel import Session

from bot.alarms import WasAway
from bot.clock import Clock
from bot.database import Database
from bot.remembered import ALIVE_AT, keep, recall
from bot.schedule import count_due

EVERY = 60.0
ABSENCE = timedelta(minutes=5)

log = structlog.get_logger(__name__)


def absence(session: Session, *, now: datetime, waiting: int) -> WasAway | None:
    """Say since when nothing ran and what was missed, if that is worth telling.

    `waiting` is how many updates Telegram keeps for us. To be asked before the schedule does what is due.
    """
    known = recall(session, ALIVE_AT)
    since = datetime.fromisoformat(known) if known else now
    if now - since <= ABSENCE:
        return None
    return WasAway(since, now, count_due(session, now), waiting)


def note_alive(session: Session, *, now: datetime) -> None:
    """Remember that somebody ran at this moment."""
    keep(session, ALIVE_AT, now.isoformat())


class Heart:
    """Notes each minute that we are alive, and calls `beat` (the heartbeat address) while all is well."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        is_well: Callable[[], bool],
        beat: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database, self._clock = database, clock
        self._is_well, self._beat = is_well, beat
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._run(), name="heart")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Note the last moment, so that a short stop is not taken for a long one."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait((self._beating,))
        await self._note()

    async def once(self) -> None:
        """Beat once."""
        await self._note()
        if self._beat is not None and self._is_well():
            await self._beat()

    async def _run(self) -> None:
        while True:
            await self.once()
            await asyncio.sleep(EVERY)

    async def _note(self) -> None:
        try:
            await self._database.write(note_alive, now=self._clock.now())
        except Exception as trouble:
            log.warning("alive.not_noted", why=type(trouble).__name__)

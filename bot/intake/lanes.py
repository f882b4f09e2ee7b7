"""People side by side, and each person's updates one after the other."""

import asyncio
from collections.abc import Awaitable, Callable

from telegram import Update

from bot.intake.store import speaker_of

IN_HAND = 2_000


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

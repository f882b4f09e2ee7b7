"""People side by side, and each person's updates one after the other."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context

from bot.intake.heard import Heard

IN_HAND = 6_000
LAST_SECONDS = 20.0


class Lanes:
    """Runs people side by side and each person's updates one after the other."""

    def __init__(self, handle: Callable[[int, Heard], Awaitable[None]]) -> None:
        self._handle = handle
        self._last: dict[int | None, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._room.set()

    @property
    def is_full(self) -> bool:
        """Tell whether more is in hand than memory should hold."""
        return self.in_hand >= IN_HAND

    @property
    def in_hand(self) -> int:
        """Count what waits or is being dealt with."""
        return len(self._tasks)

    async def room(self) -> None:
        """Wait while too many are in hand."""
        await self._room.wait()

    def add(self, row_id: int, heard: Heard, context: Context | None = None) -> None:
        """Put an update behind what the same person sent before; it is dealt with in its own context."""
        person = heard.user_id
        task = asyncio.create_task(self._after(self._last.get(person), row_id, heard), context=context)
        self._last[person] = task
        self._tasks.add(task)
        if self.is_full:
            self._room.clear()
        task.add_done_callback(lambda done: self._leave(person, done))

    async def empty(self, *, within: float = LAST_SECONDS) -> None:
        """Deal with what is in hand, but not for long: the rest is stored and taken up at the next start."""
        until = asyncio.get_running_loop().time() + within
        while self._last and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(tuple(self._last.values()), timeout=left)
            await asyncio.sleep(0)
        unfinished = tuple(self._tasks)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _after(self, before: asyncio.Task[None] | None, row_id: int, heard: Heard) -> None:
        if before is not None:
            await asyncio.wait((before,))
        await self._handle(row_id, heard)

    def _leave(self, person: int | None, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self.is_full:
            self._room.set()
        if self._last.get(person) is task:
            del self._last[person]

"""Wakes those who wait for something to change, and lets everybody go at the end."""

import asyncio
from collections.abc import Callable, Hashable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    def __init__(self) -> None:
        self._waiting: dict[Hashable, set[asyncio.Future[None]]] = {}
        self.closed = False

    def ring(self, key: Hashable) -> None:
        """Wake all who wait for this key."""
        for waiter in self._waiting.pop(key, ()):
            if not waiter.done():
                waiter.set_result(None)

    def close(self) -> None:
        """End every wait, now and later."""
        self.closed = True
        for key in tuple(self._waiting):
            self.ring(key)

    async def wait_for(self, key: Hashable, look: Callable[[], Found], *, seconds: float) -> Found:
        """Look, and look again at each ring, until something is there or the seconds have passed."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not (found := look()) and not self.closed and (left := end - loop.time()) > 0:
            await self._one_ring(key, left)
        return found

    async def _one_ring(self, key: Hashable, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, set()).add(waiter)
        try:
            await asyncio.wait((waiter,), timeout=seconds)
        finally:
            self._forget(key, waiter)

    def _forget(self, key: Hashable, waiter: asyncio.Future[None]) -> None:
        waiters = self._waiting.get(key)
        if waiters is not None:
            waiters.discard(waiter)
            if not waiters:
                del self._waiting[key]

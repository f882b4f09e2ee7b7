"""Many writes in one group, and how often a database commits."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Self

from sqlalchemy import event
from sqlmodel import Session

from bot.database import Database


class Together:
    """Collects writes into one group: they are queued behind a unit that ends with the block."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._begun, self._go = threading.Event(), threading.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self.results: list[Any] = []

    def write(self, unit: Callable[..., Any], *args: Any) -> None:
        self._tasks.append(asyncio.create_task(self._db.write(unit, *args)))

    async def __aenter__(self) -> Self:
        self.write(self._hold)
        await asyncio.to_thread(self._begun.wait, 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)  # lets the tasks put their units into the queue
        self._go.set()
        self.results = (await asyncio.gather(*self._tasks, return_exceptions=True))[1:]

    def _hold(self, _: Session) -> None:
        self._begun.set()
        assert self._go.wait(30)


def commits_of(db: Database) -> list[None]:
    """Give a list that grows with every commit."""
    counted: list[None] = []
    event.listen(db.engine, "commit", lambda _: counted.append(None))
    return counted

"""The writers of PostgreSQL: one lane of units with shared commits, others beside it while one is slow."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from bot.database.commits import Commits
from bot.database.lanes import SLOW, Lanes
from bot.database.units import Finished, Unit

WRITERS = 4
MOST_UNITS = 32  # in one commit; from 64 savepoints on the server looks up each of them elsewhere
MOST_SECONDS = 0.020


class PooledWriter:
    """Runs units one after the other, so that they never meet; beside them others while one takes long."""

    def __init__(self, engine: Engine, finish: Callable[[Finished], None]) -> None:
        self._commits = Commits(engine)
        self._finish = finish
        self._threads = ThreadPoolExecutor(max_workers=WRITERS, thread_name_prefix="linli-writer")
        self._lanes = Lanes(WRITERS)
        self._watched = self._closed = False

    def put(self, unit: Unit) -> None:
        """Queue a unit; it will be done even if its caller goes away."""
        self._open(self._lanes.put(unit))
        self._watch(unit)

    def close(self) -> None:
        """Wait until all that is queued is done."""
        self._closed = True
        self._threads.shutdown(wait=True)

    def _open(self, lane: int | None) -> None:
        if lane is not None:
            self._threads.submit(self._work, lane)

    def _watch(self, unit: Unit) -> None:
        """Look again later, while anything waits, whether the lanes are slow."""
        if not self._watched and not self._closed and self._lanes.waiting:
            self._watched = True
            unit.waiting.get_loop().call_later(SLOW, self._relieve, unit)

    def _relieve(self, unit: Unit) -> None:
        self._watched = False
        if not self._closed:
            self._open(self._lanes.relieve())
            self._watch(unit)

    def _work(self, lane: int) -> None:
        while (unit := self._lanes.take(lane)) is not None:
            self._finish(self._commits.group(self._and_queued(lane, unit)))

    def _and_queued(self, lane: int, first: Unit) -> Iterator[Unit]:
        """Give the first unit, and whatever is queued by the time the one before is done."""
        until = time.monotonic() + MOST_SECONDS
        yield first
        for _ in range(1, MOST_UNITS):
            unit = self._lanes.take_along(lane) if time.monotonic() < until else None
            if unit is None:
                break
            yield unit
        self._lanes.goes_on(lane)

"""The one writer of an SQLite file: whatever is queued shares one commit, and fails alone."""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

from sqlalchemy import Connection, Engine

from bot.database.sharing import SharedCommits
from bot.database.units import Finished, Outcome, Scope, Unit, attempt, run_by

MOST_UNITS = 64
MOST_SECONDS = 0.020
_PAUSE = 0.001
_PAUSE_EVERY = 0.020


class TransactionLost(RuntimeError):
    """The database threw away the whole transaction, not just what the unit did."""


class GroupWriter(SharedCommits):
    """Runs queued units in one thread, many to a commit."""

    def __init__(self, engine: Engine, finish: Callable[[Finished], None]) -> None:
        self._engine = engine
        self._finish = finish
        self._queue: deque[Unit] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="linli-writer")
        self._waking = threading.Lock()
        self._awake = False
        self._connection: Connection | None = None

    def put(self, unit: Unit) -> None:
        """Queue a unit; it will be done even if its caller goes away."""
        with self._waking:
            self._queue.append(unit)
            if not self._awake:
                self._awake = True
                self._thread.submit(self._work)

    def close(self) -> None:
        """Wait until all that is queued is done."""
        self._thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()

    def _work(self) -> None:
        """Do group after group until nothing is queued."""
        since = time.monotonic()
        while self._has_more():
            self._finish(self.group(self._queued()))
            if time.monotonic() - since > _PAUSE_EVERY:
                time.sleep(_PAUSE)  # other processes write too, and find the place free between two commits
                since = time.monotonic()

    def _has_more(self) -> bool:
        with self._waking:
            self._awake = bool(self._queue)
            return self._awake

    def _queued(self) -> Iterator[Unit]:
        """Give the first unit, and all that are queued by the time the one before is done."""
        until = time.monotonic() + MOST_SECONDS
        yield self._queue.popleft()
        for _ in range(1, MOST_UNITS):
            if not self._queue or time.monotonic() >= until:
                return
            yield self._queue.popleft()

    def _together(self, coming: Iterable[Unit], scope: Scope, taken: list[Unit]) -> Finished:
        outcomes: list[Outcome] = []
        with self._begun() as connection, run_by(connection, scope) as run:
            before = _driver(connection).total_changes
            for unit in coming:
                if unit not in taken:
                    taken.append(unit)
                outcome = attempt(unit, partial(run, unit))
                if outcome.error is not None and scope is Scope.TRANSACTION:
                    raise outcome.error
                outcomes.append(outcome)
                _still_there(connection)
            wrote = _driver(connection).total_changes > before
        return Finished(outcomes, wrote=wrote)

    def _each(self, units: Sequence[Unit]) -> Finished:
        return Finished([attempt(unit, partial(self._alone, unit)) for unit in units], wrote=True)

    def _is_final(self, error: BaseException, taken: Sequence[Unit]) -> bool:
        return len(taken) == 1

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        """Begin on the one connection there is; fetching it from the pool costs as much as a small unit."""
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                yield self._connection
        except BaseException:
            _driver(self._connection).rollback()  # a commit that failed leaves its transaction open
            raise

    def _alone(self, unit: Unit) -> Any:
        with self._begun() as connection:
            result = unit.run(connection, Scope.TRANSACTION)
            _still_there(connection)
            return result


def _still_there(connection: Connection) -> None:
    if not _driver(connection).in_transaction:
        raise TransactionLost


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)

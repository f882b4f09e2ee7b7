"""The writers of PostgreSQL: a transaction a unit, run again when two got in each other's way."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError

from bot.database.gate import Gate
from bot.database.units import Finished, Scope, Unit, attempt

WRITERS = 4
MOST_ATTEMPTS = 12
_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.2
_COLLISIONS = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_STILL_HOLDS = text("SELECT 1")
_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})


class PooledWriter:
    """Runs units side by side in a few threads, each with a connection."""

    def __init__(self, engine: Engine, finish: Callable[[Finished], None]) -> None:
        self._engine = engine
        event.listen(engine, "after_cursor_execute", _note_change)
        self._finish = finish
        self._threads = ThreadPoolExecutor(max_workers=WRITERS, thread_name_prefix="linli-writer")
        self._gate = Gate()

    def put(self, unit: Unit) -> None:
        """Queue a unit; it will be done even if its caller goes away."""
        self._threads.submit(self._turn, unit)

    def close(self) -> None:
        """Wait until all that is queued is done."""
        self._threads.shutdown(wait=True)

    def _turn(self, unit: Unit) -> None:
        wrote = False

        def work() -> Any:
            nonlocal wrote
            result, wrote = self._until_it_holds(unit)
            return result

        outcome = attempt(unit, work)
        self._finish(Finished([outcome], wrote=wrote))

    def _until_it_holds(self, unit: Unit) -> tuple[Any, bool]:
        """Run it beside others; after a collision alone, so that only another process can be in its way."""
        for number in range(1, MOST_ATTEMPTS + 1):
            try:
                with self._gate.together() if number == 1 else self._gate.alone():
                    return self._once(unit)
            except DBAPIError as error:
                if not _collided(error) or number == MOST_ATTEMPTS:
                    raise
            time.sleep(_pause(number))
        raise AssertionError("unreachable")

    def _once(self, unit: Unit) -> tuple[Any, bool]:
        """Run and commit; the question at the end fails where the unit hid a broken transaction."""
        with self._engine.begin() as connection:
            connection.info["changed"] = False
            result = unit.run(connection, Scope.TRANSACTION)
            connection.execute(_STILL_HOLDS)
            return result, bool(connection.info["changed"])


def _note_change(connection: Connection, cursor: Any, *_: object) -> None:
    """Note a row that changed; one that was only locked did not."""
    said = cursor.statusmessage or ""
    if cursor.rowcount > 0 and said.split(" ")[0] in _CHANGES:
        connection.info["changed"] = True


def _collided(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _COLLISIONS


def _pause(number: int) -> float:
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**number) * random.uniform(0.5, 1)  # noqa: S311

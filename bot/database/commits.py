"""One commit for many units on PostgreSQL, and again for those that got in somebody's way."""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, text

from bot.database.gate import Gate
from bot.database.sharing import SharedCommits
from bot.database.units import Finished, Outcome, Scope, Unit, attempt, run_by

MOST_ATTEMPTS = 12
CHANGED = "changed"  # in a connection's info; who speaks to the driver itself notes it there too
_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.2
_COLLISIONS = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_STILL_HOLDS = text("SELECT 1")
_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})


class Commits(SharedCommits):
    """Commits of groups on PostgreSQL, where other lanes and other processes may be in their way."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        event.listen(engine, "after_cursor_execute", _note_change)
        self._gate = Gate()

    def _together(self, coming: Iterable[Unit], scope: Scope, taken: list[Unit]) -> Finished:
        outcomes: list[Outcome] = []
        with self._gate.together(), self._begun() as connection, run_by(connection, scope) as run:
            for unit in coming:
                if unit not in taken:
                    taken.append(unit)
                outcomes.append(attempt(unit, partial(run, unit)))
                error = outcomes[-1].error
                if error is not None and (scope is Scope.TRANSACTION or _collided(error)):
                    raise error
            _must_hold(connection)
            wrote = bool(connection.info[CHANGED])
        return Finished(outcomes, wrote=wrote)

    def _each(self, units: Sequence[Unit]) -> Finished:
        """Run units alone, so that only another process is in their way."""
        wrote = False

        def work(unit: Unit) -> Any:
            nonlocal wrote
            result, changed = self._until_it_holds(unit)
            wrote = wrote or changed
            return result

        return Finished([attempt(unit, partial(work, unit)) for unit in units], wrote=wrote)

    def _is_final(self, error: BaseException, taken: Sequence[Unit]) -> bool:
        """Nobody knows what a lost connection committed; who failed alone without a collision would again."""
        lost = bool(getattr(error, "connection_invalidated", False))
        return lost or (len(taken) == 1 and not _collided(error))

    def _until_it_holds(self, unit: Unit) -> tuple[Any, bool]:
        for number in range(2, MOST_ATTEMPTS + 1):
            try:
                with self._gate.alone(), self._begun() as connection:
                    result = unit.run(connection, Scope.TRANSACTION)
                    _must_hold(connection)
                    return result, bool(connection.info[CHANGED])
            except Exception as error:
                if not _collided(error) or number == MOST_ATTEMPTS:
                    raise
            time.sleep(_pause(number))
        raise AssertionError("unreachable")

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            connection.info[CHANGED] = False
            yield connection


def _must_hold(connection: Connection) -> None:
    """Fail where a unit hid that the transaction is broken: a commit would be none, and not say so."""
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    if driver.info.transaction_status is TransactionStatus.INERROR:
        connection.execute(_STILL_HOLDS)


def _note_change(connection: Connection, cursor: Any, *_: object) -> None:
    """Note a row that changed; one that was only locked did not."""
    said = cursor.statusmessage or ""
    if cursor.rowcount > 0 and said.split(" ")[0] in _CHANGES:
        connection.info[CHANGED] = True


def _collided(error: BaseException) -> bool:
    """Tell a collision, as SQLAlchemy wraps it or as the driver says it."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) in _COLLISIONS


def _pause(number: int) -> float:
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**number) * random.uniform(0.5, 1)  # noqa: S311

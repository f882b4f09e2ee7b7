"""A unit of work on its way: who waits for it, the session it gets, and what came of it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session


class Scope(Enum):
    """What a unit that raises takes back: its own savepoint, or the whole transaction."""

    SAVEPOINT = "create_savepoint"
    TRANSACTION = "rollback_only"


class UnitSession(Session):
    """The session a unit works in: only the database ends it."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        super().__init__(connection, expire_on_commit=False, join_transaction_mode=scope.value)
        self._scope = scope

    def commit(self) -> None:
        raise RuntimeError("a unit of work never commits: the database does, when the unit has returned")

    def rollback(self) -> None:
        raise RuntimeError("a unit of work never rolls back: it raises")

    def release(self) -> None:
        """Flush what the unit left and, where it has one, release its savepoint.

        Raises:
            RuntimeError: a savepoint of the unit's own is still open: it would take along who comes next.
            PendingRollbackError: the unit hid that a flush failed, which took back the whole transaction.
        """
        if self.in_nested_transaction():
            raise RuntimeError("a unit of work left a savepoint open")
        if self._scope is Scope.SAVEPOINT:
            super().commit()
        else:
            self.flush()
            self.connection()

    def empty(self) -> None:
        """Forget every row, as a new session knows none; making one costs as much as a small unit."""
        if len(self.identity_map):
            self.expunge_all()


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    call: Callable[[Session], Any]
    waiting: asyncio.Future[Any]

    def run(self, connection: Connection, scope: Scope) -> Any:
        """Do the work in a session of its own."""
        with UnitSession(connection, scope) as session:
            return self.run_in(session)

    def run_in(self, session: UnitSession) -> Any:
        result = self.call(session)
        session.release()
        session.empty()
        return result


@contextmanager
def run_by(connection: Connection, scope: Scope) -> Iterator[Callable[[Unit], Any]]:
    """Give what runs units one after the other: in one session, or where each has a savepoint in one each."""
    if scope is Scope.SAVEPOINT:
        yield partial(Unit.run, connection=connection, scope=scope)
    else:
        with UnitSession(connection, scope) as session:
            yield partial(Unit.run_in, session=session)


@dataclass(frozen=True, slots=True)
class Outcome:
    unit: Unit
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """Tell the caller, unless it went away."""
        if self.unit.waiting.done():
            return
        if self.error is None:
            self.unit.waiting.set_result(self.result)
        else:
            self.unit.waiting.set_exception(self.error)


@dataclass(frozen=True, slots=True)
class Finished:
    """What one turn of the writer brought: an outcome for each unit, and whether any row changed."""

    outcomes: Sequence[Outcome]
    wrote: bool


def attempt(unit: Unit, work: Callable[[], Any]) -> Outcome:
    """Do the work and keep whatever it raises, for the caller to hear."""
    try:
        return Outcome(unit, work())
    except StopIteration as error:
        wrapped = RuntimeError("a unit of work raised StopIteration, which no future can carry")
        wrapped.__cause__ = error
        return Outcome(unit, error=wrapped)
    except BaseException as error:
        return Outcome(unit, error=error)

"""The door to the database: await a unit of work from the loop, and it runs in a database thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from bot.database.engines import reading_engine, writing_engine
from bot.database.group import GroupWriter
from bot.database.pool import WRITERS, PooledWriter
from bot.database.units import Finished, Scope, Unit, UnitSession

P = ParamSpec("P")
T = TypeVar("T")
READERS = 4


class DatabaseClosed(RuntimeError):
    """A unit of work came before the database was opened or after it was closed."""

    def __init__(self) -> None:
        super().__init__("the database is not open")


class Database:
    """One database, for as long as the `async with` lasts.

    A unit of work is a plain function over a session. It returns ids and frozen values, and may be run again.
    """

    def __init__(self, url: str) -> None:
        self.engine = writing_engine(url, connections=WRITERS)
        self._reading = reading_engine(url, connections=READERS)
        self._readers = ThreadPoolExecutor(max_workers=READERS, thread_name_prefix="linli-reader")
        one_writer = self.engine.dialect.name == "sqlite"
        self._writer = (GroupWriter if one_writer else PooledWriter)(self.engine, self._finish)
        self._callbacks: list[Callable[[], object]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def on_commit(self, callback: Callable[[], object]) -> None:
        """Have a cheap callback called in the loop's thread after each commit that changed a row."""
        self._callbacks.append(callback)

    async def __aenter__(self) -> Self:
        for engine in (self.engine, self._reading):
            await asyncio.to_thread(_try, engine)
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let what is queued end, then close all connections; what comes from now on is refused."""
        self._loop = None
        await asyncio.shield(asyncio.to_thread(self._close))

    async def write(
        self, unit: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a unit of work that may change rows; it has been committed when this returns.

        Once asked for, it is done even if the caller is cancelled.

        Raises:
            DatabaseClosed: the database is not open.
        """
        waiting: asyncio.Future[T] = self._opened_in().create_future()
        self._writer.put(Unit(lambda session: unit(session, *args, **kwargs), waiting))
        return await waiting

    async def read(
        self, unit: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a unit of work that only reads, at one moment of the database, beside the writer.

        Raises:
            DatabaseClosed: the database is not open.
        """
        work = partial(self._read, lambda session: unit(session, *args, **kwargs))
        return await self._opened_in().run_in_executor(self._readers, work)

    def _read(self, call: Callable[[Session], T]) -> T:
        with self._reading.connect() as connection, UnitSession(connection, Scope.TRANSACTION) as session:
            return call(session)

    def _opened_in(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise DatabaseClosed
        return self._loop

    def _finish(self, finished: Finished) -> None:
        """Hand results from a database thread to the loop they are awaited in."""
        loop = finished.outcomes[0].unit.waiting.get_loop()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._tell, finished)

    def _tell(self, finished: Finished) -> None:
        for outcome in finished.outcomes:
            outcome.tell()
        for callback in self._callbacks if finished.wrote else ():
            callback()

    def _close(self) -> None:
        self._writer.close()
        self._readers.shutdown(wait=True)
        self._reading.dispose()
        self.engine.dispose()


def _try(engine: Engine) -> None:
    with engine.connect():
        """A database that cannot be opened says so at the start, not at the first tap."""

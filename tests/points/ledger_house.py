"""The house a story is told in: databases as production opens them, that may die and be opened again."""

import asyncio
import multiprocessing
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger_acts import Act, Said, name_of
from ledger_model import Ask
from ledger_process import NAME, post_until_killed
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.database import Database, reading_engine, writing_engine
from points.errors import PointsError

PATIENCE = 300.0  # seconds for what takes milliseconds, unless much else runs on the machine
DOORS = 2  # databases that are open at once, each with writers of its own, as those of two processes
_KILL = text(
    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND (pid = :pid OR application_name = :name OR :everybody)"
)
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["asyncio", "psycopg", "sqlmodel", "bot.database", "points"])


class Killed(Exception):
    """Ends a unit of work that nobody will hear of again."""


class House:
    def __init__(self, url: str) -> None:
        self.url, self.files = url, 0
        self._loop = asyncio.Runner()
        self.open()

    @property
    def on_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def open(self) -> None:
        self._opened = AsyncExitStack()
        self._doors = [self._wait(self._opened.enter_async_context(Database(self.url))) for _ in range(DOORS)]
        self._looking = reading_engine(self.url, connections=1)
        self.session = Session(self._looking)

    def close(self) -> None:
        self.session.close()
        self._looking.dispose()
        self._wait(self._opened.aclose())

    def end(self) -> None:
        self.close()
        self._loop.close()

    def unit(self, act: Act) -> Said:
        [said] = self.at_once([act], doors=1)
        return said

    def at_once(self, acts: Sequence[Act], *, doors: int) -> list[Said]:
        """Run units at the same moment; give what came of each, or the name of what it was refused with."""
        self.session.rollback()  # to see what is true then
        asked = [act.asked for act in acts]
        if doors > 1 and not self.on_sqlite:
            asked[:doors] = _meeting(asked[:doors])
        said = self._wait(self._all(asked, doors))
        for one in said:
            if isinstance(one, BaseException) and not isinstance(one, PointsError):
                raise one
        return [name_of(one) if isinstance(one, PointsError) else one for one in said]

    def dies_before_commit(self, act: Act, *, spilled: bool) -> None:
        """Do something, and die when all of it has been written but for the commit."""
        self.session.rollback()
        if self.on_sqlite:
            self._leaves_a_file(act, spilled)
        else:
            self._loses_its_connection(act)

    def dies_after_commit(self, act: Act) -> Said:
        """Do something, and die at the moment at which it is told so; nothing is closed or tidied up."""
        said = self.unit(act)
        if self.on_sqlite:
            self._goes_on_with(self._copied())
        else:
            self._disconnects(everybody=True)
            self.close()
            self.open()
        return said

    def a_process_is_killed(
        self, numbers: Mapping[str, int], asks: Sequence[Ask], prefix: str, now: datetime, *, after: int
    ) -> list[Said]:
        """Let another process post until it has told of some; kill it, and give all that it told."""
        self.close()
        here, there = _processes.Pipe(duplex=False)
        process = _processes.Process(
            target=post_until_killed, args=(self.url, dict(numbers), asks, prefix, now, there)
        )
        process.start()
        there.close()
        told = [_received(here) for _ in range(after)]
        process.kill()
        process.join(PATIENCE)
        told += _rest(here)
        assert process.exitcode == -9
        process.close()
        self.open()
        if not self.on_sqlite:
            self._disconnects()  # the server may still be at what it was asked last
        return told

    def _leaves_a_file(self, act: Act, spilled: bool) -> None:
        left: list[Path] = []

        def unit(session: Session) -> None:
            if spilled:  # what does not fit into memory is in the log before it is committed
                session.connection().exec_driver_sql("PRAGMA cache_size = 1")
            act.named(session)
            session.flush()
            left.append(self._copied())
            raise Killed

        assert isinstance(self._wait(self._all([unit], 1))[0], Killed)
        self._goes_on_with(left[0])

    def _loses_its_connection(self, act: Act) -> None:
        """Lose it in the middle; the process lives and goes on with another one."""

        def unit(session: Session) -> None:
            act.named(session)
            session.flush()
            self._disconnects(session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one())

        said = self._wait(self._all([unit], 1))[0]
        assert isinstance(said, DBAPIError)
        assert said.connection_invalidated

    def _copied(self) -> Path:
        """Copy what is on the disk, as it is: the file and its log."""
        self.files += 1
        file = Path(make_url(self.url).database or "")
        left = file.with_name(f"{file.name.split('.')[0]}.{self.files}.db")
        for end in ("", "-wal"):
            if Path(f"{file}{end}").exists():
                shutil.copy(f"{file}{end}", f"{left}{end}")
        return left

    def _goes_on_with(self, file: Path) -> None:
        self.close()
        Path(make_url(self.url).database or "").unlink()
        self.url = f"sqlite:///{file}"
        self.open()

    def _disconnects(self, pid: int = 0, *, everybody: bool = False) -> None:
        engine = writing_engine(self.url)
        with engine.connect() as connection:
            connection.execute(_KILL, {"pid": pid, "name": NAME, "everybody": everybody}).all()
        engine.dispose()

    async def _all(self, asked: Sequence[Callable[[Session], Said]], doors: int) -> list[Any]:
        units = [self._doors[place % doors].write(unit) for place, unit in enumerate(asked)]
        return await asyncio.gather(*units, return_exceptions=True)

    def _wait(self, what: Any) -> Any:
        return self._loop.run(what)


def _meeting(asked: Sequence[Callable[[Session], Said]]) -> list[Callable[[Session], Said]]:
    """Let units see the same moment of the database, before the first of them changes anything."""
    barrier = threading.Barrier(len(asked), timeout=PATIENCE)

    def meeting(ask: Callable[[Session], Said]) -> Callable[[Session], Said]:
        met: list[int] = []

        def unit(session: Session) -> Said:
            if not met:
                session.connection().execute(text("SELECT 1")).all()
                met.append(barrier.wait())
            return ask(session)

        return unit

    return [meeting(ask) for ask in asked]


def _received(here: Any) -> Said:
    assert here.poll(PATIENCE)
    return here.recv()


def _rest(here: Any) -> list[Said]:
    told: list[Said] = []
    with here:
        while True:
            try:
                told.append(here.recv())
            except EOFError:
                return told

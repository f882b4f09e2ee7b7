"""The table of due things and the one tick that does each of them once, also after downtime."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import JSON, Index, delete, func, select
from sqlmodel import Field, Session, SQLModel, col

from bot.clock import Clock
from bot.database import Database
from points.columns import BigId, Moment

TICK = timedelta(seconds=1)
TRY_AGAIN = timedelta(minutes=1)
DOUBLINGS = 6  # from a minute to about an hour
AT_ONCE = 200
SILENT_FOR = 120.0  # so long after its last round the schedule is no longer thought to be well

log = structlog.get_logger(__name__)


class Due(SQLModel, table=True):
    __table_args__ = (Index("ix_due_done_at_at", "done_at", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)
    kind: str
    facts: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    tries: int | None = None  # how often it failed


Job = Callable[[Session, Mapping[str, Any], datetime], None]
"""Does one due thing inside the transaction that marks it done: ``(session, facts, now)``."""

Preparation = Callable[[Session, Mapping[str, Any], datetime], Callable[[], Job]]
"""Reads what slow work must know; that is done in a thread and gives the job that uses what it made."""


def put(session: Session, *, key: str, kind: str, at: datetime, facts: Mapping[str, Any]) -> None:
    """Note that something is due at a moment; the same key again changes nothing."""
    if session.execute(select(col(Due.id)).where(col(Due.key) == key)).first() is None:
        session.add(Due(key=key, kind=kind, facts=dict(facts), at=at))
        session.flush()


def forget_planned(session: Session, kind: str) -> None:
    """Do nothing of this kind that was planned so far."""
    session.execute(delete(Due).where(col(Due.kind) == kind, col(Due.done_at).is_(None)))


def forget_done(session: Session, *, before: datetime) -> None:
    """Drop what was done long ago; its key could come up again only by then."""
    session.execute(delete(Due).where(col(Due.done_at) < before))


def is_waiting(
    session: Session, kind: str, *, by: datetime | None = None, after: datetime | None = None
) -> bool:
    """Say whether something of a kind is noted and not done yet; with moments, whether it is due then."""
    noted = select(col(Due.id)).where(col(Due.kind) == kind, col(Due.done_at).is_(None))
    if by is not None:
        noted = noted.where(col(Due.at) <= by)
    if after is not None:
        noted = noted.where(col(Due.at) > after)
    return session.execute(noted.limit(1)).first() is not None


def due_by(session: Session, now: datetime) -> tuple[tuple[int, str], ...]:
    """Give what is due and not done, the oldest first: numbers and kinds."""
    waiting = select(col(Due.id), col(Due.kind)).where(col(Due.done_at).is_(None), col(Due.at) <= now)
    found = session.execute(waiting.order_by(col(Due.at), col(Due.id)).limit(AT_ONCE))
    return tuple((due_id, kind) for due_id, kind in found)


def count_due(session: Session, now: datetime) -> int:
    """Count what is due and not done."""
    waiting = select(func.count()).where(col(Due.done_at).is_(None), col(Due.at) <= now)
    return int(session.execute(waiting.select_from(Due)).scalar_one())


def prepare(
    session: Session, due_id: int, preparation: Preparation, now: datetime
) -> Callable[[], Job] | None:
    """Read what the slow work for a due thing needs, unless somebody already did that thing."""
    due = session.get(Due, due_id)
    return None if due is None or due.done_at is not None else preparation(session, due.facts, now)


def do(session: Session, due_id: int, jobs: Mapping[str, Job], now: datetime) -> None:
    """Do one due thing and mark it done in the same transaction, unless somebody already did."""
    due = session.get(Due, due_id, with_for_update=True)
    if due is None or due.done_at is not None:
        return
    jobs[due.kind](session, due.facts, now)
    due.done_at = now
    session.add(due)


def put_off(session: Session, due_id: int, now: datetime) -> None:
    """Try something that failed again in a while, then later and later: it may be a mistake that stays."""
    due = session.get(Due, due_id)
    if due is not None and due.done_at is None:
        failed = due.tries or 0
        due.at = now + TRY_AGAIN * 2 ** min(failed, DOUBLINGS)
        due.tries = failed + 1
        session.add(due)


class Schedule:
    """Calls ``run_due`` once a second; the truth about what is due is the table."""

    def __init__(
        self,
        database: Database,
        jobs: Mapping[str, Job],
        clock: Clock,
        preparations: Mapping[str, Preparation] | None = None,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._preparations = preparations or {}
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._one_round = asyncio.Lock()
        self._ran_at: float | None = None

    async def __aenter__(self) -> Self:
        self._scheduler.add_job(
            self.run_due,
            "interval",
            seconds=TICK.total_seconds(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let the round that runs come to its end; the scheduler would cancel it."""
        self._scheduler.pause()
        await asyncio.sleep(0)
        async with self._one_round:
            self._scheduler.shutdown(wait=False)

    @property
    def is_well(self) -> bool:
        """Tell whether a round came to its end lately."""
        return self._ran_at is not None and asyncio.get_running_loop().time() - self._ran_at < SILENT_FOR

    async def run_due(self) -> None:
        """Do everything that is due now; one thing that fails waits a minute and holds nothing up."""
        async with self._one_round:
            while waiting := await self._database.read(due_by, self._clock.now()):
                for due_id, kind in waiting:
                    await self._do(due_id, kind)
            self._ran_at = asyncio.get_running_loop().time()

    async def _do(self, due_id: int, kind: str) -> None:
        try:
            jobs = {**self._jobs, **await self._prepared(due_id, kind)}
            await self._database.write(do, due_id, jobs, self._clock.now())
        except Exception:
            log.exception("due.failed", due_id=due_id)
            await self._database.write(put_off, due_id, self._clock.now())

    async def _prepared(self, due_id: int, kind: str) -> dict[str, Job]:
        """Do slow work beforehand: in the writer's transaction everybody's taps would wait for it."""
        if kind not in self._preparations:
            return {}
        preparation, now = self._preparations[kind], self._clock.now()
        work = await self._database.read(prepare, due_id, preparation, now)
        return {} if work is None else {kind: await asyncio.to_thread(work)}

"""Who sends for a bot: one process at a time, by a lease in the database with a fencing number."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from bot.delivery.models import SenderLease

# With the second between two looks of a standby, it is taken over within ten.
LEASE = timedelta(seconds=8)


class LeaseLost(RuntimeError):
    """Another process sends for this bot now."""

    def __init__(self) -> None:
        super().__init__("another process took over sending for this bot")


@dataclass(frozen=True, slots=True)
class Seen:
    """How the lease read when a standby looked; one that is kept changes all the time."""

    fence: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """The lease of this process: its number, and how new the newest version is that wanted it."""

    fence: int
    revision: str | None


class OutOfDate(RuntimeError):
    """A newer version of Linli sends, or wants to."""

    def __init__(self) -> None:
        super().__init__("a newer version sends for this bot")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process, told apart from a later one that got the same number by the moment it began."""

    host: str
    pid: int
    process: str


Alive = Callable[[Holder], bool]


def this_process() -> Holder:
    return Holder(socket.gethostname(), os.getpid(), _began(os.getpid()))


def is_alive(holder: Holder) -> bool:
    """Tell whether that process of this host still runs."""
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _began(holder.pid) == holder.process


def take(
    session: Session,
    *,
    bot_id: int,
    holder: Holder,
    alive: Alive,
    now: datetime,
    revision: str = "",
    stale: Seen | None = None,
) -> int | None:
    """Take the lease and give its fencing number, or None while somebody else holds it.

    A lease that still reads as `stale` does is nobody's, whatever the clocks of two hosts say. An older
    holder is asked to step aside.

    Raises:
        OutOfDate: a newer version has sent, or wants to.
    """
    row = session.get(SenderLease, bot_id, with_for_update=True)
    if row is None:
        row = SenderLease(bot_id=bot_id)
    elif outranks(row, revision):
        raise OutOfDate
    row.revision = revision or row.revision
    session.add(row)
    if row.fence and Seen(row.fence, row.until) != stale and _is_held(row, holder, alive, now):
        session.flush()
        return None
    row.fence += 1
    row.host, row.pid, row.process = holder.host, holder.pid, holder.process
    row.until = now + LEASE
    session.flush()
    return row.fence


def seen(session: Session, bot_id: int) -> Seen | None:
    """Read the lease as a standby does."""
    row = session.get(SenderLease, bot_id)
    return None if row is None else Seen(row.fence, row.until)


def outranks(row: Held | SenderLease, revision: str) -> bool:
    """Tell whether a newer version than this has sent, or wants to."""
    return (row.revision or "") > revision


def keep(session: Session, *, bot_id: int, fence: int, now: datetime) -> None:
    """Hold the lease for another while.

    Raises:
        LeaseLost: somebody else has taken it.
    """
    require(session, bot_id=bot_id, fence=fence)
    mine = update(SenderLease).where(col(SenderLease.bot_id) == bot_id)
    session.execute(mine.values(until=now + LEASE))


def give_back(session: Session, *, bot_id: int, fence: int) -> None:
    """Let the next process begin at once."""
    row = session.get(SenderLease, bot_id, with_for_update=True)
    if row is not None and row.fence == fence:
        row.until = None
        session.flush()


# With each commit of the sender this runs, so it is made once, and no object is made of what it finds.
_HELD = (
    select(col(SenderLease.fence), col(SenderLease.revision))
    .where(col(SenderLease.bot_id) == bindparam("bot"))
    .with_for_update()
)


def require(session: Session, *, bot_id: int, fence: int) -> Held:
    """Give the lease as it is held, locked until the commit.

    Raises:
        LeaseLost: somebody else has taken it.
    """
    row = session.connection().execute(_HELD, {"bot": bot_id}).first()
    if row is None or row.fence != fence:
        raise LeaseLost
    return Held(row.fence, row.revision)


def _is_held(row: SenderLease, holder: Holder, alive: Alive, now: datetime) -> bool:
    if row.until is None or row.until <= now:
        return False
    before = Holder(row.host, row.pid, row.process)
    return before.host != holder.host or alive(before)


def _began(pid: int) -> str:
    """Read when a process began, in ticks since the machine did; empty where there is no /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


class SenderLives(RuntimeError):
    """Somebody sends from this database, which may not be changed under their hands."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(
            f"A bot works on this database (process {holder.pid} on {holder.host}): stop it first;"
            f" if it crashed on another machine, wait {LEASE.total_seconds():.0f} seconds."
        )
        self.holder = holder


def refuse_living_senders(session: Session, now: datetime, alive: Alive = is_alive) -> None:
    """See that no bot sends from here, whatever version of Linli it is.

    Raises:
        SenderLives: one does, or may: a process of this host that only sleeps has not given its lease back.
    """
    held = select(
        col(SenderLease.host), col(SenderLease.pid), col(SenderLease.process), col(SenderLease.until)
    ).where(col(SenderLease.until).is_not(None))
    for host, pid, process, until in session.execute(held):
        holder = Holder(host, pid, process)
        if alive(holder) if host == socket.gethostname() else until > now:
            raise SenderLives(holder)

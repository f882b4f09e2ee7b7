"""Who sends for a bot: one process at a time, by a lease in the database with a fencing number."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from bot.delivery.models import SenderLease

LEASE = timedelta(seconds=10)


class LeaseLost(RuntimeError):
    """Another process sends for this bot now."""

    def __init__(self) -> None:
        super().__init__("another process took over sending for this bot")


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


def take(session: Session, *, bot_id: int, holder: Holder, alive: Alive, now: datetime) -> int | None:
    """Take the lease and give its fencing number, or None while somebody else holds it."""
    row = session.get(SenderLease, bot_id, with_for_update=True)
    if row is None:
        row = SenderLease(bot_id=bot_id)
    elif _is_held(row, holder, alive, now):
        return None
    row.fence += 1
    row.host, row.pid, row.process = holder.host, holder.pid, holder.process
    row.until = now + LEASE
    session.add(row)
    session.flush()
    return row.fence


def keep(session: Session, *, bot_id: int, fence: int, now: datetime) -> None:
    """Hold the lease for another while.

    Raises:
        LeaseLost: somebody else has taken it.
    """
    require(session, bot_id=bot_id, fence=fence).until = now + LEASE
    session.flush()


def give_back(session: Session, *, bot_id: int, fence: int) -> None:
    """Let the next process begin at once."""
    row = session.get(SenderLease, bot_id, with_for_update=True)
    if row is not None and row.fence == fence:
        row.until = None
        session.flush()


def require(session: Session, *, bot_id: int, fence: int) -> SenderLease:
    """Give the lease's row, locked until the commit.

    Raises:
        LeaseLost: somebody else has taken it.
    """
    row = session.get(SenderLease, bot_id, with_for_update=True)
    if row is None or row.fence != fence:
        raise LeaseLost
    return row


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

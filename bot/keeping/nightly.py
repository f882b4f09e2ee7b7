"""A backup each night where a folder is set, in a process beside the bot; its failure is told."""

import asyncio
import errno
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.database import Database
from bot.keeping.forgotten import Seen, forgotten_after, memory_beside, remember, remember_highest
from bot.keeping.pruning import archive_of, prune
from bot.remembered import keep, recall

log = structlog.get_logger(__name__)

LAST_BACKUP = "last_backup"
NIGHT = time(3, 0)
LOOK_EVERY = 10.0  # seconds within which it is written down that somebody was forgotten
TRY_AGAIN = timedelta(hours=1)


class Trouble(StrEnum):
    """Why there is no backup, as far as whoever reads it can do something about it."""

    FULL = "full"
    NO_FOLDER = "no-folder"
    OTHER = "other"


@dataclass(frozen=True)
class BackupFailed:
    """The backup of a night could not be made; a later try the same night is told no more."""

    night: datetime
    folder: Path
    trouble: Trouble


Tell = Callable[[BackupFailed], Awaitable[object]]


@dataclass(frozen=True)
class Place:
    """What is kept and where."""

    database_url: str
    folder: Path
    community: str
    zone: ZoneInfo


class Nightly:
    """Looks every few seconds whether tonight's backup is made, and who was forgotten."""

    def __init__(self, database: Database, place: Place, clock: Clock, tell: Tell) -> None:
        self._database = database
        self._place = place
        self._clock = clock
        self._tell = tell
        self._seen = self._highest = 0
        self._not_before: datetime | None = None
        self._told: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> None:
        """Do what is due now: once a night, again each hour while it fails."""
        try:
            await self._note_forgotten()
        except OSError as trouble:  # seen again at the next look; a backup that fails for it is told
            log.warning("nightly.not_noted", trouble=trouble.strerror)
        now = self._clock.now()
        night = last_night(now, self._place.zone)
        last = await self._database.read(recall, LAST_BACKUP)
        made = last is not None and datetime.fromisoformat(last) >= night
        if made or (self._not_before is not None and now < self._not_before):
            return
        refused = await self._back_up(now)
        if refused is None:
            self._not_before = None
            await self._database.write(keep, LAST_BACKUP, now.isoformat())
            return
        self._not_before = now + TRY_AGAIN
        if self._told != night:
            self._told = night
            await self._tell(BackupFailed(night, self._place.folder, refused))

    async def _go_on(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("nightly.failed")
            await asyncio.sleep(LOOK_EVERY)

    async def _note_forgotten(self) -> None:
        seen = await self._database.read(_forgotten_after, self._seen)
        memory = memory_beside(self._place.folder, self._place.community)
        if seen.those:
            await asyncio.to_thread(remember, memory, seen.those)
        if seen.highest > self._highest:
            await asyncio.to_thread(remember_highest, memory, seen.highest)
        self._seen, self._highest = seen.newest, seen.highest

    async def _back_up(self, now: datetime) -> Trouble | None:
        """Write tonight's archive in a process of its own, so that nobody's tap waits for it."""
        place = self._place
        file = archive_of(place.folder, place.community, now)
        code, said = await _linli_backup(place.database_url, file)
        if code == 0:
            await asyncio.to_thread(prune, place.folder, place.community, now)
            log.info("nightly.kept", file=str(file))
            return None
        log.error("nightly.not_kept", file=str(file), said=said)
        return _trouble(said)


def last_night(now: datetime, zone: ZoneInfo) -> datetime:
    """Give the last moment at which it was time for a backup."""
    local = now.astimezone(zone)
    night = local.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)


def _forgotten_after(session: Session, seen: int) -> Seen:
    return forgotten_after(session.connection(), seen)


async def _linli_backup(database_url: str, file: Path) -> tuple[int, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "backup", str(file), "--env-file", os.devnull),
        env={**plain, "LINLI_DATABASE_URL": database_url},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    return process.returncode or 0, said.decode(errors="replace").strip()


def _trouble(said: str) -> Trouble:
    if os.strerror(errno.ENOSPC) in said or "disk is full" in said:
        return Trouble.FULL
    denied = (errno.ENOENT, errno.EACCES, errno.EROFS, errno.ENOTDIR)
    return Trouble.NO_FOLDER if any(os.strerror(one) in said for one in denied) else Trouble.OTHER

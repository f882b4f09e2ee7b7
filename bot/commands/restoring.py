"""`linli restore`: an archive read into an empty database of either kind, or into the place of another."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import typer
from sqlmodel import Session

from bot.chat.house import House
from bot.chat.restored import Restored, settle_restored
from bot.clock import SystemClock
from bot.commands.failing import say
from bot.commands.ledger import verify_books
from bot.commands.opening import configured, watching
from bot.community import reserve_numbers
from bot.keeping import Manifest, restore
from bot.keeping.forgotten import Forgotten, highest_remembered, memory_beside, remembered
from bot.neighbourhood import Neighbourhood, load
from bot.remembered import BOT_ID, BOT_USERNAME, recall
from bot.settings import Settings
from points.counting import counted


@dataclass
class _Settling:
    """What is done in the restore's own transaction once every row is there, and what it found."""

    neighbourhood: Neighbourhood
    folders: tuple[Path, ...]
    now: datetime
    found: list[Restored] = field(default_factory=list)

    def __call__(
        self, session: Session, manifest: Manifest, forgotten: frozenset[Forgotten], highest: int
    ) -> None:
        for memory in (memory_beside(folder, manifest.community) for folder in self.folders):
            forgotten |= remembered(memory)
            highest = max(highest, highest_remembered(memory))
        reserve_numbers(session, upto=highest)
        since = {one.number for one in forgotten if one.at > manifest.taken_at}
        bot_id, username = recall(session, BOT_ID), recall(session, BOT_USERNAME)
        house = House(self.neighbourhood, int(bot_id or 0), username or "")
        settled = settle_restored(
            session, taken_at=manifest.taken_at, forgotten=since, house=house, now=self.now
        )
        self.found.append(settled)


def bring_back(file: Path, *, replace: bool, env_file: Path | None) -> int:
    """Restore, say what was found, and check the books; 1 if something in them does not hold."""
    settings = configured(env_file).settings
    now = SystemClock().now()
    folders = (file.absolute().parent, _folder(settings, file))
    settling = _Settling(load(settings.community), folders, now)
    with watching("Restoring") as watch:
        done = restore(
            settings.database_url,
            file,
            now=now,
            after=settling,
            keep_old_in=_folder(settings, file) / f"before-{now:%Y%m%dT%H%M%SZ}.zip" if replace else None,
            watch=watch,
        )
    if done.before is not None:
        say(f"What was there before is kept in {done.before.file}.")
    typer.echo(_told(done.manifest, settling.found[-1]))
    return verify_books(env_file, root=None)


def _folder(settings: Settings, file: Path) -> Path:
    return settings.backup_folder or file.absolute().parent


def _told(manifest: Manifest, found: Restored) -> str:
    late = counted(found.expired, "message that waited then is", "messages that waited then are")
    parts = [
        f"Restored {counted(manifest.rows, 'row')} as of {manifest.taken_at:%Y-%m-%d %H:%M} UTC.",
        f"{late} not sent any more.",
    ]
    if found.forgotten:
        one, many = "resident who was forgotten since is", "residents who were forgotten since are"
        parts.append(f"{counted(found.forgotten, one, many)} forgotten again.")
    if found.callouts:
        were_open = counted(len(found.callouts), "call-out that was", "call-outs that were")
        parts.append(f"Coordinators are asked about {were_open} open.")
    return "\n".join(parts)

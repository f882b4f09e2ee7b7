"""The database brought to this version as the bot starts; the log says where it is kept as it was before."""

from pathlib import Path

import structlog

from bot.migrating import NoBackup, migrate
from bot.settings import Settings

log = structlog.get_logger(__name__)


def bring_up_to_date(settings: Settings) -> None:
    """Upgrade, and say where the database is kept as it was, or that it is nowhere."""
    done = migrate(settings.database_url, archives=settings.backup_folder)
    versions = {"before": done.before, "after": done.after}
    if isinstance(done.backup, Path):
        log.info("linli.upgraded", **versions, kept=str(done.backup))
    elif done.backup is NoBackup.NO_FOLDER:
        log.warning("linli.upgraded_without_backup", **versions, why=done.backup.value)

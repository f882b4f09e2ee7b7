"""A backup that failed is told to the coordinators: they know who looks after the machine."""

from datetime import datetime

from sqlmodel import Session

from bot.chat.house import House
from bot.chat.telling import tell
from bot.chat.texts import Texts
from bot.community import Act, holders
from bot.delivery import Message
from bot.keeping.nightly import BackupFailed, Trouble


def backup_failed(session: Session, event: BackupFailed, _: House, now: datetime) -> None:
    """Say once a night what is wrong, and what can be done about it."""
    people = {person.resident_id: person for person, _ in holders(session, act=Act.CALL_OUT)}

    def words(t: Texts) -> Message:
        return Message(str(t.rich("backup.failed", trouble=_said(t, event))))

    tell(session, people.values(), key=f"backup:{event.night.isoformat()}", words=words, now=now)


def _said(t: Texts, event: BackupFailed) -> str:
    match event.trouble:
        case Trouble.FULL:
            return t("backup.full", folder=str(event.folder))
        case Trouble.NO_FOLDER:
            return t("backup.folder_missing", folder=str(event.folder))
        case Trouble.OTHER:
            return t("backup.unknown")

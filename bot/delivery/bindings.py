"""Groups and channels bound to areas: what is posted for an area goes to them, each in its language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from bot.delivery.models import Binding


@dataclass(frozen=True)
class Bound:
    """A chat and the area it is bound to."""

    chat_id: int
    title: str
    area_id: int
    language: str


def bind_chat(
    session: Session, *, chat_id: int, title: str, area_id: int, language: str, by: int, now: datetime
) -> None:
    """Bind a chat to an area from now on; one that was bound to another area leaves that."""
    row = session.get(Binding, chat_id)
    if row is None:
        row = Binding(
            chat_id=chat_id, title=title, area_id=area_id, language=language, bound_by=by, bound_at=now
        )
    elif row.area_id != area_id:
        row.area_id, row.bound_by, row.bound_at = area_id, by, now
    row.title, row.language = title, language
    session.add(row)
    session.flush()


def unbind_chat(session: Session, chat_id: int) -> Bound | None:
    """End what a chat was bound to, and say what that was."""
    bound = binding(session, chat_id)
    session.execute(delete(Binding).where(col(Binding.chat_id) == chat_id))
    return bound


def move_chat(session: Session, old: int, new: int) -> None:
    """Follow a group that became a supergroup; what the new one was bound to before stays."""
    if binding(session, new) is None:
        session.execute(update(Binding).where(col(Binding.chat_id) == old).values(chat_id=new))
    else:
        unbind_chat(session, old)


def binding(session: Session, chat_id: int) -> Bound | None:
    """Say what a chat is bound to."""
    return next(iter(_bound(session.exec(select(Binding).where(col(Binding.chat_id) == chat_id)))), None)


def bindings(session: Session) -> tuple[Bound, ...]:
    """Give every chat that is bound, in the order of their numbers."""
    return _bound(session.exec(select(Binding).order_by(col(Binding.chat_id))))


def _bound(rows: Iterable[Binding]) -> tuple[Bound, ...]:
    return tuple(Bound(row.chat_id, row.title, row.area_id, row.language) for row in rows)

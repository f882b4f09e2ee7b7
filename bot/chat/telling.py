"""Telling people something that a commit promised: one message, in each one's language, by the outbox."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlmodel import Session

from bot.chat.texts import Texts, texts
from bot.community import PersonAddress
from bot.delivery import Lane, Message, Recipient, enqueue

Words = Callable[[Texts], Message]


def tell(
    session: Session,
    people: Iterable[PersonAddress],
    *,
    key: str,
    words: Words,
    now: datetime,
    lane: Lane = Lane.OWN_ACT,
    loud: bool = False,
    about: str | None = None,
) -> None:
    """Promise a message to those of these people who have a chat; the same key again changes nothing."""
    to = [Recipient(one.chat_id, one.language, one.resident_id) for one in people if one.chat_id is not None]
    if not to:
        return
    enqueue(
        session,
        key=key,
        lane=lane,
        renderings={language: words(texts(language)) for language in sorted({one.language for one in to})},
        to=to,
        now=now,
        loud=loud,
        about=about,
    )

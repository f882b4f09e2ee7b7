"""Telling people something that a commit promised: one message, in each one's language, by the outbox."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlmodel import Session

from bot.chat.kinds_of_news import lasts_until, sound_of
from bot.chat.texts import Texts, texts
from bot.community import PersonAddress, addresses
from bot.delivery import Lane, Message, Recipient, deliveries, enqueue, rewrite, withdraw

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
    until: datetime | None = None,
) -> None:
    """Promise a message to those of these people who have a chat; the same key again changes nothing.

    What kind of news it is, and so how long it lasts and whether it may ring at night, its key says.
    """
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
        loud=sound_of(key, loud=loud),
        about=about,
        expires_at=lasts_until(key, now, until),
    )


def ends_everywhere(session: Session, about: str, *, words: Words, now: datetime) -> None:
    """Make all that was sent about something read like this; where it cannot be edited, send that."""
    withdraw(session, about, now)
    asked = {one.tag for one in deliveries(session, about) if one.tag is not None}
    for one in addresses(session, sorted(asked)).values():
        if one.chat_id is not None:
            said = words(texts(one.language))
            to = Recipient(one.chat_id, one.language, one.resident_id)
            rewrite(session, about=about, to=to, message=said, now=now, otherwise=said)

"""Putting messages into the outbox, in the transaction of the change they tell of, and how far they got."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    UpdateBase,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from bot.delivery.fitting import parts
from bot.delivery.messages import Lane, Message, MessageError, Recipient, buttons_to_json
from bot.delivery.models import Broadcast, Delivery, Method, Rendering, Rewrite, Sound, State

PART = "part:"  # marks what goes before the last part of a long text


class NoRendering(MessageError):
    def __init__(self, language: str) -> None:
        self.language = language
        super().__init__(f"nothing was written for people who read {language!r}")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far everything said about one thing got."""

    counts: Mapping[State, int]
    first_sent_at: datetime | None = None
    last_sent_at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def __getitem__(self, state: State) -> int:
        return self.counts.get(state, 0)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery as others may see it."""

    delivery_id: int
    chat_id: int
    tag: int | None
    state: State
    attempts: int
    reason: str | None
    message_id: int | None
    sent_at: datetime | None
    channel: str | None = None


def enqueue(
    session: Session,
    *,
    key: str,
    lane: Lane,
    renderings: Mapping[str, Message],
    to: Sequence[Recipient],
    now: datetime,
    loud: bool | Sound = False,
    about: str | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Promise a message to these people; the same key again changes nothing and gives the first one's id.

    What is too long for one message goes out as several, in order. The last one has the buttons and is what
    is counted, rewritten and sent again as *the* message about something.

    What is `loud` always makes a sound, anything else by day; or it is said which.

    Raises:
        NoRendering: somebody reads a language in which nothing was written.
    """
    for language in {recipient.language for recipient in to}:
        if language not in renderings:
            raise NoRendering(language)
    values: dict[str, Any] = {"lane": int(lane), "expires_at": expires_at, "created_at": now}
    *before, last = _rounds({language: parts(message) for language, message in renderings.items()})
    sound = _sound(loud)
    own = values | _heard(Sound.NEVER if before else sound)
    fresh = _insert_once(session, {**own, "key": key, "about": about})
    if fresh is None:
        return _first_id(session, key)
    for number, some in enumerate(before, 1):
        first = values | _heard(sound if number == 1 else Sound.NEVER)
        first |= {"key": f"{PART}{number}:{key}", "about": about and PART + about}
        _put(session, _insert_once(session, first), some, to, lane, expires_at)
    _put(session, fresh, last, to, lane, expires_at)
    return fresh


def withdraw(session: Session, about: str, now: datetime) -> int:
    """Take back whatever about this was not sent yet; what is on its way cannot be called back."""
    ids = select(col(Broadcast.id)).where(col(Broadcast.about).in_((about, PART + about)))
    session.execute(update(Broadcast).where(col(Broadcast.id).in_(ids)).values(withdrawn_at=now))
    withdrawn = update(Delivery).where(col(Delivery.broadcast_id).in_(ids))
    withdrawn = withdrawn.where(col(Delivery.state) == State.QUEUED)
    return _changed(session, withdrawn.values(state=State.WITHDRAWN))


def progress(session: Session, about: str) -> Progress:
    """Count what was said about this, by state, with the first and the last moment of sending."""
    rows = session.execute(
        select(
            col(Delivery.state),
            func.count(),
            func.min(col(Delivery.sent_at)),
            func.max(col(Delivery.sent_at)),
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(col(Broadcast.about) == about)
        .group_by(col(Delivery.state))
    ).all()
    firsts = [row[2] for row in rows if row[2] is not None]
    lasts = [row[3] for row in rows if row[3] is not None]
    return Progress({row[0]: row[1] for row in rows}, min(firsts, default=None), max(lasts, default=None))


def deliveries(session: Session, about: str) -> tuple[DeliveryView, ...]:
    """List every delivery about this, in the order they were promised."""
    rows = session.execute(
        select(
            col(Delivery.id),
            col(Delivery.chat_id),
            col(Delivery.tag),
            col(Delivery.state),
            col(Delivery.attempts),
            col(Delivery.reason),
            col(Delivery.message_id),
            col(Delivery.sent_at),
            col(Delivery.channel),
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(col(Broadcast.about) == about)
        .order_by(col(Delivery.id))
    )
    return tuple(DeliveryView(*row) for row in rows)


def forget_chat(session: Session, chat_id: int) -> int:
    """Erase what was ever said to this chat, and the texts that nobody else was told (law 11)."""
    heard = select(col(Delivery.broadcast_id)).where(col(Delivery.chat_id) == chat_id)
    told = [row[0] for row in session.execute(heard)]
    session.execute(delete(Rewrite).where(col(Rewrite.chat_id) == chat_id))
    count = _changed(session, delete(Delivery).where(col(Delivery.chat_id) == chat_id))
    others = select(Delivery).where(col(Delivery.broadcast_id) == col(Broadcast.id)).exists()
    alone = [
        row[0]
        for row in session.execute(select(col(Broadcast.id)).where(col(Broadcast.id).in_(told), ~others))
    ]
    session.execute(delete(Rendering).where(col(Rendering.broadcast_id).in_(alone)))
    session.execute(delete(Broadcast).where(col(Broadcast.id).in_(alone)))
    return count


def erase_said(session: Session, *, before: datetime) -> int:
    """Erase the texts of everything promised before a moment that nobody waits for any more (law 11)."""
    open_states = (State.QUEUED, State.SENDING)
    unsent = select(Delivery).where(
        col(Delivery.broadcast_id) == col(Broadcast.id), col(Delivery.state).in_(open_states)
    )
    old = select(col(Broadcast.id)).where(col(Broadcast.created_at) < before, ~unsent.exists())
    return _changed(session, delete(Rendering).where(col(Rendering.broadcast_id).in_(old)))


def still_open(session: Session, *, before: datetime) -> bool:
    """Tell whether somebody still waits for something that was promised before a moment."""
    promised = select(col(Delivery.id)).join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
    found = promised.where(or_(waiting(), underway()), col(Broadcast.created_at) < before)
    return session.execute(found.limit(1)).first() is not None


def waiting() -> ColumnElement[bool]:
    """Say "is queued" as a literal, so that SQLite too finds the small index of waiting rows.

    What goes other ways than chat is worked off elsewhere (`delivery/fallback.py`), here and below.
    """
    return (col(Delivery.state) == literal_column("'queued'")) & col(Delivery.channel).is_(None)


def underway() -> ColumnElement[bool]:
    """Say "is being sent" as a literal, for the same reason."""
    return (col(Delivery.state) == literal_column("'sending'")) & col(Delivery.channel).is_(None)


def _rounds(texts: Mapping[str, Sequence[Message]]) -> list[dict[str, Message]]:
    """Give what is sent one after the other: a language with fewer parts begins later, all end together."""
    most = max((len(some) for some in texts.values()), default=1)
    return [
        {language: some[back] for language, some in texts.items() if len(some) >= -back}
        for back in range(-most, 0)
    ]


def _put(
    session: Session,
    broadcast_id: int | None,
    renderings: Mapping[str, Message],
    to: Sequence[Recipient],
    lane: Lane,
    expires_at: datetime | None,
) -> None:
    readers = [each for each in to if each.language in renderings]
    if broadcast_id is None:
        return
    if renderings:
        session.execute(insert(Rendering), [_rendering(broadcast_id, *each) for each in renderings.items()])
    if readers:
        _address(session, broadcast_id, lane, readers, expires_at)


def _sound(loud: bool | Sound) -> Sound:
    if isinstance(loud, Sound):
        return loud
    return Sound.ALWAYS if loud else Sound.DAY


def _heard(sound: Sound) -> dict[str, Any]:
    return {"loud": sound is Sound.ALWAYS, "sound": sound}


def _insert_once(session: Session, values: dict[str, Any]) -> int | None:
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(Broadcast).values(**values).on_conflict_do_nothing(index_elements=["key"])
    return session.execute(statement.returning(col(Broadcast.id))).scalar_one_or_none()


def _first_id(session: Session, key: str) -> int:
    return int(session.execute(select(col(Broadcast.id)).where(col(Broadcast.key) == key)).scalar_one())


def _rendering(broadcast_id: int, language: str, message: Message) -> dict[str, Any]:
    return {
        "broadcast_id": broadcast_id,
        "language": language,
        "method": method_of(message),
        "text": message.text,
        "buttons": buttons_to_json(message.buttons),
        "attachment": message.attachment,
        "attachment_name": message.file_name,
        "file_id": message.photo_id,
    }


def method_of(message: Message) -> Method:
    """Say how a message is sent."""
    if message.document is not None:
        return Method.DOCUMENT
    return Method.PHOTO if message.has_caption else Method.TEXT


def _address(
    session: Session, broadcast_id: int, lane: Lane, to: Sequence[Recipient], expires_at: datetime | None
) -> None:
    chats: dict[int, Recipient] = {}
    for recipient in to:
        chats.setdefault(recipient.chat_id, recipient)
    rows = [
        {
            "broadcast_id": broadcast_id,
            "chat_id": each.chat_id,
            "language": each.language,
            "tag": each.tag,
            "lane": int(lane),
            "state": State.QUEUED,
            "attempts": 0,
            "expires_at": expires_at,
        }
        for each in chats.values()
    ]
    session.execute(insert(Delivery), rows)


def _changed(session: Session, statement: UpdateBase) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount

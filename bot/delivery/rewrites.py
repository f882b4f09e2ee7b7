"""What messages that were sent shall read from now on: promised with a commit, done by the rewriter."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlmodel import Session, col

from bot.delivery.fitting import shortened
from bot.delivery.messages import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    Lane,
    Message,
    Recipient,
    buttons_from_json,
    buttons_to_json,
)
from bot.delivery.models import Delivery, Rewrite, State
from bot.delivery.outbox import deliveries, enqueue

AT_ONCE = 100
LASTS = timedelta(days=7)  # what is sent because it cannot be edited


@dataclass(frozen=True, slots=True)
class DueRewrite:
    """One message to edit; `caption` says that its words stand under a picture or document."""

    rewrite_id: int
    chat_id: int
    message_id: int
    version: int
    caption: bool
    message: Message


def rewrite(
    session: Session,
    *,
    about: str,
    to: Recipient,
    message: Message,
    now: datetime,
    caption: bool = False,
    otherwise: Message | None = None,
    since: datetime | None = None,
) -> int:
    """Promise that all this chat was sent about something reads like this; give how many messages that is.

    What is on its way is rewritten when it has come. Where the newest cannot be edited any more, `otherwise`
    is sent, if it is given. What was sent before `since` stays as it is.
    """
    shown = [
        one.delivery_id
        for one in deliveries(session, about)
        if one.chat_id == to.chat_id
        and one.state in (State.SENT, State.SENDING)
        and (since is None or one.sent_at is None or one.sent_at >= since)
    ]
    for delivery_id in shown:
        instead = otherwise.text if otherwise is not None and delivery_id == shown[-1] else None
        values = {
            "caption": caption,
            "language": to.language,
            "text": shortened(message.text, CAPTION_LIMIT if caption else TEXT_LIMIT),
            "buttons": buttons_to_json(message.buttons),
            "otherwise": instead,
            "at": now,
        }
        _put(session, delivery_id, {"chat_id": to.chat_id, **values})
    return len(shown)


def rewrites_due(session: Session) -> tuple[DueRewrite, ...]:
    """Give the messages that do not read yet as they shall, the oldest promise first."""
    rows = session.execute(
        select(Rewrite, col(Delivery.message_id))
        .join(Delivery, col(Delivery.id) == col(Rewrite.delivery_id))
        .where(col(Delivery.state) == State.SENT, col(Delivery.message_id).is_not(None))
        .order_by(col(Rewrite.at), col(Rewrite.id))
        .limit(AT_ONCE)
    )
    return tuple(
        DueRewrite(
            rewrite_id=row.id or 0,
            chat_id=row.chat_id,
            message_id=message_id,
            version=row.version,
            caption=row.caption,
            message=Message(row.text, buttons_from_json(row.buttons)),
        )
        for row, message_id in rows
    )


def rewritten(session: Session, due: DueRewrite) -> None:
    """Note that a message reads as it shall, unless something newer was promised meanwhile."""
    session.execute(delete(Rewrite).where(*_still(due)))


def not_rewritten(session: Session, due: DueRewrite, now: datetime) -> None:
    """Give up on a message that cannot be edited any more, and send what was to be sent otherwise."""
    row = session.execute(select(Rewrite).where(*_still(due))).scalar_one_or_none()
    if row is None:
        return
    if row.otherwise is not None:
        enqueue(
            session,
            key=f"rewrite:{row.delivery_id}:{row.at.isoformat()}",
            lane=Lane.OWN_ACT,
            renderings={row.language: Message(row.otherwise, buttons_from_json(row.buttons))},
            to=[Recipient(row.chat_id, row.language)],
            now=now,
            expires_at=now + LASTS,
        )
    session.delete(row)


def _put(session: Session, delivery_id: int, values: dict[str, object]) -> None:
    this = col(Rewrite.delivery_id) == delivery_id
    version = session.execute(select(col(Rewrite.version)).where(this).with_for_update()).scalar_one_or_none()
    if version is None:
        session.execute(insert(Rewrite), {"delivery_id": delivery_id, "version": 1, **values})
    else:
        session.execute(update(Rewrite).where(this).values(version=version + 1, **values))


def _still(due: DueRewrite) -> tuple[ColumnElement[bool], ...]:
    return (col(Rewrite.id) == due.rewrite_id, col(Rewrite.version) == due.version)

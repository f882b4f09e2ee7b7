"""What becomes of the outbox when its database comes back from a backup: nothing old is sent any more."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from bot.delivery.models import Broadcast, Delivery, Rewrite, SenderLease, State
from bot.delivery.results import Recorded

RESTORED = "restored from a backup"


def give_up_unsent(session: Session, now: datetime) -> tuple[Recorded, ...]:
    """Let all that was not sent by then expire, and edits with it; give what so came to its end."""
    unsent = col(Delivery.state).in_((State.QUEUED, State.SENDING))  # by other ways than chat, too
    promised = select(col(Broadcast.about), col(Delivery.tag), col(Delivery.chat_id)).join(
        Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id)
    )
    ended = tuple(
        Recorded(about, tag, chat_id, None, State.EXPIRED, RESTORED, now)
        for about, tag, chat_id in session.execute(promised.where(unsent).order_by(col(Delivery.id)))
    )
    session.execute(update(Delivery).where(unsent).values(state=State.EXPIRED, reason=RESTORED))
    session.execute(delete(Rewrite))
    session.execute(delete(SenderLease))
    return ended

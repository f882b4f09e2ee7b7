"""The outbox's tables: what was promised, to whom, how far it got, and who may send."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from points.columns import BigId, Moment, words


class State(StrEnum):
    """How far one delivery got; the last five are final."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class Sound(StrEnum):
    """When a message makes a sound: by day means not from 22 to 8 o'clock, at the moment of sending."""

    ALWAYS = "always"
    DAY = "day"
    NEVER = "never"


class Method(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"


# SQLite gives the number of a deleted row to the next one; what is in the sender's hand goes by numbers.
_NEVER_AGAIN = {"sqlite_autoincrement": True}


class Broadcast(SQLModel, table=True):
    """One thing that was said, to one person or to thousands."""

    __table_args__ = _NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)
    lane: int
    loud: bool = False
    sound: Sound | None = Field(default=None, sa_type=words(Sound))
    about: str | None = Field(default=None, index=True)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)


class Rendering(SQLModel, table=True):
    """A broadcast in one language; an attachment is uploaded once, then named by Telegram's file id."""

    __table_args__ = (UniqueConstraint("broadcast_id", "language"), _NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    broadcast_id: int = Field(foreign_key="broadcast.id", ondelete="CASCADE", sa_type=BigId)
    language: str
    method: Method = Field(sa_type=words(Method))
    text: str
    buttons: str
    attachment: bytes | None = Field(default=None, sa_type=LargeBinary)
    attachment_name: str | None = None
    file_id: str | None = None


_WAITING = text("state = 'queued'")
_UNDERWAY = text("state = 'sending'")
_IN_DOUBT = text("state = 'unknown'")
_OTHER_WAYS = text("channel IS NOT NULL")


class Delivery(SQLModel, table=True):
    """A broadcast for one chat. Lane and expiry are repeated here, so that a claim reads one small index."""

    __table_args__ = (
        UniqueConstraint("broadcast_id", "chat_id"),
        CheckConstraint("lane between 1 and 7", name="lane"),
        Index("ix_delivery_waiting", "lane", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_delivery_expiring", "expires_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_delivery_underway", "id", sqlite_where=_UNDERWAY, postgresql_where=_UNDERWAY),
        Index("ix_delivery_other_ways", "id", sqlite_where=_OTHER_WAYS, postgresql_where=_OTHER_WAYS),
        Index("ix_delivery_in_doubt", "id", sqlite_where=_IN_DOUBT, postgresql_where=_IN_DOUBT),
        _NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    broadcast_id: int = Field(foreign_key="broadcast.id", ondelete="CASCADE", sa_type=BigId)
    chat_id: int = Field(index=True, sa_type=BigId)
    language: str
    tag: int | None = Field(default=None, sa_type=BigId)
    lane: int
    state: State = Field(default=State.QUEUED, sa_type=words(State))
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str | None = None
    message_id: int | None = Field(default=None, sa_type=BigId)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    channel: str | None = None  # whose other addresses it goes to instead of a chat; never an address itself


class Rewrite(SQLModel, table=True):
    """What a message shall read from now on; gone once it does. A newer one takes its place.

    It names the delivery and not the message: one that is on its way has no number yet.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    delivery_id: int = Field(unique=True, sa_type=BigId)
    chat_id: int = Field(sa_type=BigId)
    version: int
    caption: bool
    language: str
    text: str
    buttons: str
    otherwise: str | None = None
    at: datetime = Field(sa_type=Moment)


class Binding(SQLModel, table=True):
    """A group or channel that gets what is posted for an area: at most one area for each chat."""

    chat_id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    title: str
    area_id: int = Field(index=True, sa_type=BigId)
    language: str
    bound_by: int = Field(sa_type=BigId)
    bound_at: datetime = Field(sa_type=Moment)


class SenderLease(SQLModel, table=True):
    """Which process sends for a bot; the fence grows with each owner, so that a late one is recognised."""

    bot_id: int = Field(primary_key=True, sa_type=BigId)
    fence: int = 0
    host: str = ""
    pid: int = 0
    process: str = ""
    revision: str | None = None
    until: datetime | None = Field(default=None, sa_type=Moment)

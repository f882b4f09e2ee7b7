"""Where somebody is in a conversation, kept in the database so that a restart loses nothing."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, bindparam, delete, select
from sqlmodel import Field, Session, SQLModel, col

from bot.community import name_key
from points.columns import BigId, Moment

KEPT_FOR = timedelta(days=7)
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

# These steps only show something: who writes there is in the middle of nothing.
RESTING = frozenset(
    ("available", "board", "codes", "help", "leaderboard", "points", "privacy", "rewards.done", "teams")
) | {"award.done", "codes.received", "deed.answered", "deed.list", "deed.sent", "household"}
RESTING |= {"fund.done", "fund.list", "fund.page", "gift.done", "handover.done"}
RESTING |= {"shop", "shop.one", "shop.pause", "shop.settlement", "shop.stock"}
# What people see at these steps names others.
NAMING = frozenset(
    ("award.activity", "award.minutes", "award.preview", "award.units", "award.who", "deed.list")
) | {"fund.page", "fund.preview", "gift.amount", "gift.preview", "gift.who"}
SPELT = 40  # so much of a name is on every button that holds it


class Conversation(SQLModel, table=True):
    bot_id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    user_id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    step: str
    draft: dict[str, Any] = Field(sa_type=JSON)
    choices: list[list[str]] = Field(sa_type=JSON)
    version: int
    until: datetime = Field(sa_type=Moment, index=True)


conversations = SQLModel.metadata.tables["conversation"]
_TALK = select(*(conversations.c[name] for name in ("step", "draft", "choices", "version", "until"))).where(
    conversations.c.bot_id == bindparam("bot"), conversations.c.user_id == bindparam("user")
)


@dataclass(frozen=True)
class Talk:
    """A step of a conversation, what was gathered so far, and what may be tapped or typed next."""

    step: str
    draft: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    version: int = 0
    since: datetime = BEFORE_ALL


def talk_of(session: Session, *, bot_id: int, user_id: int, now: datetime) -> Talk | None:
    """Give where somebody is, or nothing when they are in the middle of nothing."""
    row = session.execute(_TALK, {"bot": bot_id, "user": user_id}).one_or_none()
    if row is None or row.until <= now:
        return None
    choices = tuple((label, data) for label, data in row.choices)
    return Talk(row.step, row.draft, choices, row.version, row.until - KEPT_FOR)


def remember(session: Session, talk: Talk | None, *, bot_id: int, user_id: int, now: datetime) -> int:
    """Put somebody at a step, or out of every conversation; give the version of what they see now."""
    row = session.get(Conversation, (bot_id, user_id))
    if talk is None:
        if row is not None:
            session.delete(row)
        return 0
    version = (row.version if row else 0) + 1
    kept = row or Conversation(
        bot_id=bot_id, user_id=user_id, step="", draft={}, choices=[], version=0, until=now
    )
    kept.step, kept.draft, kept.version = talk.step, dict(talk.draft), version
    kept.choices = [list(choice) for choice in talk.choices]
    kept.until = now + KEPT_FOR
    session.add(kept)
    return version


def forget_named(session: Session, names: Iterable[str]) -> None:
    """Drop what others are in the middle of where that spells one of these names, as a choice or in a draft.

    Width and case do not count, for they typed it; of a long name the beginning is enough, where labels end.
    """
    keys = [name_key(_written(name[:SPELT])[1:-1]) for name in names]
    naming = select(Conversation).where(col(Conversation.step).in_(NAMING))
    for row in session.execute(naming).scalars():
        said = name_key(_written([row.draft, row.choices]))
        if any(key in said for key in keys):
            session.delete(row)
    session.flush()


def _written(said: object) -> str:
    """Write something down in which each sign of a name is written the same way wherever it stands."""
    return json.dumps(said, ensure_ascii=False)


def forget_stale(session: Session, *, now: datetime) -> None:
    """Drop what nobody came back to."""
    session.execute(delete(conversations).where(conversations.c.until <= now))

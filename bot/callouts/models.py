"""The tables of call-outs: plans, call-outs, who was asked, what changed when, and boards."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.callouts.states import Answer, AskState, CallOutState, Level
from points.columns import BigId, Bytewise, Moment, words


class Plan(SQLModel, table=True):
    """A prepared call-out from the neighbourhood's file; `version` grows whenever its content changes."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True)
    position: int = 0
    level: Level = Field(sa_type=words(Level))
    emoji: str
    names: dict[str, str] = Field(sa_type=JSON)
    teams: list[str] = Field(sa_type=JSON)
    needed: int
    wave_minutes: int
    texts: dict[str, str] = Field(sa_type=JSON)
    version: int = 1
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class CallOut(SQLModel, table=True):
    """One call-out as it was sent; `version` grows with everything a board shows.

    `key` comes from the draft and its version, so that a second tap finds the first one's call-out.
    `area_path` is kept as it was, so that moving an area never moves a past call-out.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)
    plan_code: str | None = None
    plan_version: int | None = None
    level: Level = Field(sa_type=words(Level))
    exercise: bool
    texts: dict[str, str] = Field(sa_type=JSON)
    team_codes: list[str] = Field(sa_type=JSON)
    area_id: int = Field(sa_type=BigId)
    area_path: str = Field(sa_type=Bytewise, index=True)
    place: str | None = None
    needed: int
    people: int  # how many it was for when it was sent
    state: CallOutState = Field(sa_type=words(CallOutState), index=True)
    version: int = 1
    created_by: int | None = Field(default=None, sa_type=BigId)
    created_at: datetime = Field(sa_type=Moment)
    approval_until: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: int | None = Field(default=None, sa_type=BigId)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    review_open: bool = False
    opened_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by: int | None = Field(default=None, sa_type=BigId)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class Ask(SQLModel, table=True):
    """One person asked in one call-out; a forgotten resident's asks stay, nameless, so that counts hold."""

    __table_args__ = (UniqueConstraint("callout_id", "resident_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    callout_id: int = Field(sa_type=BigId, foreign_key="callout.id")
    resident_id: int | None = Field(default=None, sa_type=BigId, index=True)
    team: str
    wave: int = 1
    state: AskState = Field(sa_type=words(AskState))
    answer: Answer | None = Field(default=None, sa_type=words(Answer))
    eta_at: datetime | None = Field(default=None, sa_type=Moment)
    delivered_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    arrived_at: datetime | None = Field(default=None, sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)


class AskChange(SQLModel, table=True):
    """The state an ask came to, and when; the first row is the asking itself, so a minute can be replayed."""

    __tablename__ = "ask_change"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ask_id: int = Field(sa_type=BigId, foreign_key="ask.id", index=True)
    state: AskState = Field(sa_type=words(AskState))
    eta_at: datetime | None = Field(default=None, sa_type=Moment)
    at: datetime = Field(sa_type=Moment)


class Board(SQLModel, table=True):
    """Where a call-out's figures are shown; `shown_version` is what the message says now."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    callout_id: int = Field(sa_type=BigId, foreign_key="callout.id")
    chat_id: int = Field(sa_type=BigId)
    message_id: int = Field(sa_type=BigId)
    shown_version: int = 0

    __table_args__ = (UniqueConstraint("callout_id", "chat_id"),)


# The hot paths read and write these by fixed statements, not by rows.
callouts = SQLModel.metadata.tables["callout"]
asks = SQLModel.metadata.tables["ask"]
ask_changes = SQLModel.metadata.tables["ask_change"]
boards = SQLModel.metadata.tables["board"]

"""The tables of what can be done and had: activities with their versions, merchants, rewards, redemptions."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from points.columns import BigId, Bytewise, Moment, words
from points.months import Per

UNDO_WITHIN = timedelta(minutes=10)  # a handover that was a mistake


class Verify(StrEnum):
    AUTOMATIC = "automatic"
    COORDINATOR = "coordinator"
    TEAM_LEAD = "team-lead"
    TWO_PEOPLE = "two-people"


class By(StrEnum):
    HOUSEHOLD = "household"
    RESIDENT = "resident"


class RedemptionState(StrEnum):
    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


_OPTIONAL_JSON = JSON(none_as_null=True)


class Activity(SQLModel, table=True):
    """One version of a rule for earning; a changed rule is a new row, so the past keeps its own.

    `terms` are what of the rule has no column; no terms mean that there are none.
    """

    __table_args__ = (UniqueConstraint("code", "version"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(sa_type=Bytewise)
    version: int
    names: dict[str, str] = Field(sa_type=JSON)
    points: int = Field(default=0, sa_type=BigId)
    points_per_hour: int = Field(default=0, sa_type=BigId)
    cap_points: int | None = Field(default=None, sa_type=BigId)
    cap_per: Per | None = Field(default=None, sa_type=words(Per))
    verify: Verify = Field(default=Verify.AUTOMATIC, sa_type=words(Verify))
    terms: dict[str, Any] | None = Field(default=None, sa_type=_OPTIONAL_JSON)
    unit_names: dict[str, str] | None = Field(default=None, sa_type=_OPTIONAL_JSON)
    since: datetime = Field(sa_type=Moment)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class Merchant(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    names: dict[str, str] = Field(sa_type=JSON)
    area: str | None = Field(default=None, sa_type=Bytewise)
    phone: str | None = None
    hours: str | None = None
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class Reward(SQLModel, table=True):
    """What points buy. `taken` counts the codes that wait or were handed over; no stock means no end."""

    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    names: dict[str, str] = Field(sa_type=JSON)
    price: int = Field(sa_type=BigId)
    stock: int | None = Field(default=None, sa_type=BigId)
    taken: int = Field(default=0, sa_type=BigId)
    merchant: str = Field(sa_type=Bytewise, foreign_key="merchant.code")
    limit_count: int | None = None
    limit_per: Per | None = Field(default=None, sa_type=words(Per))
    limit_by: By | None = Field(default=None, sa_type=words(By))
    valid_days: int
    position: int = 0
    retired_at: datetime | None = Field(default=None, sa_type=Moment)
    # What the file said of the stock last: only another word there overrides what the shop counted since.
    listed_stock: int | None = Field(default=None, sa_type=BigId)
    paused_at: datetime | None = Field(default=None, sa_type=Moment)
    min_age: int | None = None
    areas: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    opening: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    certificate: str | None = Field(default=None, sa_type=Bytewise)
    cost_fen: int | None = Field(default=None, sa_type=BigId)
    payer: str | None = Field(default=None, sa_type=Bytewise)


class Redemption(SQLModel, table=True):
    """A code somebody holds for a reward, and what became of it.

    Who pays, and what, is as it was at redeeming. `returned_at` is when a complaint gave the points back,
    `settlement` the settlement that paid it to the shop, `correction` the one that took it back again.
    """

    __table_args__ = (
        Index("ix_redemption_account_id", "account", "id"),
        Index("ix_redemption_merchant_ended_at", "merchant", "ended_at"),
        Index("ix_redemption_payer_ended_at", "payer", "ended_at"),
        Index("ix_redemption_reward_household", "reward", "household"),
        Index("ix_redemption_state_lapses_at", "state", "lapses_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    account: int = Field(foreign_key="account.id", sa_type=BigId)
    household: str | None = Field(default=None, sa_type=Bytewise)
    reward: int = Field(foreign_key="reward.id", sa_type=BigId)
    merchant: str = Field(sa_type=Bytewise)
    price: int = Field(sa_type=BigId)
    hold: int | None = Field(default=None, foreign_key="hold.id", sa_type=BigId)
    state: RedemptionState = Field(default=RedemptionState.WAITING, sa_type=words(RedemptionState))
    at: datetime = Field(sa_type=Moment)
    lapses_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    transfer: int | None = Field(default=None, foreign_key="transfer.id", sa_type=BigId)
    payer: str | None = Field(default=None, sa_type=Bytewise)
    cost_fen: int | None = Field(default=None, sa_type=BigId)
    returned_at: datetime | None = Field(default=None, sa_type=Moment)
    settlement: int | None = Field(default=None, sa_type=BigId)
    correction: int | None = Field(default=None, sa_type=BigId)


activities = SQLModel.metadata.tables["activity"]
merchants = SQLModel.metadata.tables["merchant"]
rewards = SQLModel.metadata.tables["reward"]
redemptions = SQLModel.metadata.tables["redemption"]

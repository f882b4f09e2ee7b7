"""The table of what area funds are spent on: proposed by one, agreed to by another."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from points.columns import BigId, Bytewise, Moment, words


class SpendingState(StrEnum):
    """Where a proposal stands; all but the first are final."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class FundSpending(SQLModel, table=True):
    """A common good that somebody wants to pay from an area's fund; the points are on hold while it waits.

    `kin` are those who lived with the proposer when it was proposed. What it is for stays, for all to read;
    people are here by number only, and go from here when they ask to be forgotten.
    """

    __tablename__ = "fund_spending"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_when_not_open"),
        CheckConstraint("(state = 'agreed') = (transfer IS NOT NULL)", name="paid_when_agreed"),
        Index("ix_fund_spending_fund", "fund", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True, sa_type=Bytewise)
    fund: str = Field(sa_type=Bytewise)
    amount: int = Field(sa_type=BigId)
    purpose: str
    state: SpendingState = Field(default=SpendingState.OPEN, sa_type=words(SpendingState))
    proposed_by: int | None = Field(default=None, sa_type=BigId)
    household: str | None = Field(default=None, sa_type=Bytewise)
    kin: list[int] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Field(sa_type=Moment)
    lapses_at: datetime = Field(sa_type=Moment)
    decided_by: int | None = Field(default=None, sa_type=BigId)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    hold: int = Field(unique=True, foreign_key="hold.id", sa_type=BigId)
    transfer: int | None = Field(default=None, unique=True, foreign_key="transfer.id", sa_type=BigId)


spendings = SQLModel.metadata.tables["fund_spending"]

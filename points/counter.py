"""The tables behind the counter: sponsors, who waits for a reward, wrong codes, complaints, settlements."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from points.columns import BigId, Bytewise, Moment, words


class WaitState(StrEnum):
    """How somebody stands in a reward's line; the last three are final."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    PASSED = "passed"
    LEFT = "left"


class DisputeState(StrEnum):
    """What became of a complaint that a reward was not received.

    `undone` says that the shop took the handover back, `left` that who complained was forgotten before a
    decision, so that it stands.
    """

    OPEN = "open"
    GIVEN_BACK = "given_back"
    KEPT = "kept"
    UNDONE = "undone"
    LEFT = "left"


class Sponsor(SQLModel, table=True):
    """Somebody who pays for rewards, up to so many fen a month."""

    __table_args__ = (CheckConstraint("budget_fen > 0", name="budget_positive"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    names: dict[str, str] = Field(sa_type=JSON)
    budget_fen: int = Field(sa_type=BigId)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


_IN_LINE = text("state IN ('waiting', 'offered')")


class RewardWait(SQLModel, table=True):
    """Somebody in a reward's line; what comes back is theirs `until` then, and the next one's after that."""

    __table_args__ = (
        Index(
            "uq_rewardwait_in_line",
            *("reward", "account"),
            unique=True,
            sqlite_where=_IN_LINE,
            postgresql_where=_IN_LINE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    reward: int = Field(foreign_key="reward.id", sa_type=BigId)
    account: int = Field(foreign_key="account.id", index=True, sa_type=BigId)
    state: WaitState = Field(default=WaitState.WAITING, sa_type=words(WaitState))
    at: datetime = Field(sa_type=Moment)
    until: datetime | None = Field(default=None, sa_type=Moment)


class WrongCode(SQLModel, table=True):
    """A code that somebody at a shop tried and that was none of theirs; kept for as long as it counts."""

    __table_args__ = (Index("ix_wrongcode_resident_at", "resident", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    resident: int = Field(sa_type=BigId)
    at: datetime = Field(sa_type=Moment)


class Dispute(SQLModel, table=True):
    """Somebody says that they never received what a shop handed over; `transfer` is that handover's."""

    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_when_not_open"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    redemption: int = Field(foreign_key="redemption.id", index=True, sa_type=BigId)
    transfer: int = Field(unique=True, foreign_key="transfer.id", sa_type=BigId)
    state: DisputeState = Field(default=DisputeState.OPEN, sa_type=words(DisputeState))
    at: datetime = Field(sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


class Settlement(SQLModel, table=True):
    """A month of a shop that was settled; what it holds are the redemptions that name it."""

    __table_args__ = (UniqueConstraint("merchant", "month"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    merchant: str = Field(sa_type=Bytewise)
    month: str = Field(sa_type=Bytewise)
    transfer: int | None = Field(default=None, foreign_key="transfer.id", sa_type=BigId)
    at: datetime = Field(sa_type=Moment)


sponsors = SQLModel.metadata.tables["sponsor"]
waits = SQLModel.metadata.tables["rewardwait"]
wrong_codes = SQLModel.metadata.tables["wrongcode"]
disputes = SQLModel.metadata.tables["dispute"]
settlements = SQLModel.metadata.tables["settlement"]

"""The tables of what a month may give out, of awards that wait for one, and of those that came to nothing."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from points.columns import BigId, Bytewise, Moment


class Budget(SQLModel, table=True):
    """What a month gave out by rules, and what it owes to awards that wait for it.

    A month is `closed` once it could not give something: who comes later waits as well, so that nobody who
    asks for less overtakes.
    """

    __table_args__ = (
        CheckConstraint("issued >= 0", name="issued_not_negative"),
        CheckConstraint("promised >= 0", name="promised_not_negative"),
    )

    month: str = Field(primary_key=True, sa_type=Bytewise)
    issued: int = Field(default=0, sa_type=BigId)
    promised: int = Field(default=0, sa_type=BigId)
    closed: bool = False


class WaitingAward(SQLModel, table=True):
    """An award that waits for the first day of its month, and the transfer that paid it when it did.

    It was earned `at`, by the rule and the groups of that moment, and counts under caps as earned then.
    """

    __tablename__ = "waiting_award"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_waiting_award_account_rule", "account", "rule"),
        Index("ix_waiting_award_household_rule", "household", "rule"),
        Index(
            "ix_waiting_award_due",
            *("due", "id"),
            postgresql_where=text("transfer IS NULL"),
            sqlite_where=text("transfer IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True, sa_type=Bytewise)
    request_hash: bytes = Field(sa_type=LargeBinary)
    account: int = Field(foreign_key="account.id", sa_type=BigId)
    amount: int = Field(sa_type=BigId)
    at: datetime = Field(sa_type=Moment)
    due: str = Field(sa_type=Bytewise)
    household: str | None = Field(default=None, sa_type=Bytewise)
    team: str | None = Field(default=None, sa_type=Bytewise)
    building: str | None = Field(default=None, sa_type=Bytewise)
    grid: str | None = Field(default=None, sa_type=Bytewise)
    rule: str = Field(sa_type=Bytewise)
    rule_version: int
    minutes: int
    inputs: str
    transfer: int | None = Field(default=None, unique=True, foreign_key="transfer.id", sa_type=BigId)


class NothingAwarded(SQLModel, table=True):
    """An award that came to nothing: no transfer has no points, and yet its key is taken for ever.

    A cap or limit left nothing (`capped`) or it was not the time for it (`outside`), `until` then, where that
    is known; else the rule itself gives nothing for so little.
    """

    __tablename__ = "nothing_awarded"

    key: str = Field(primary_key=True, sa_type=Bytewise)
    request_hash: bytes = Field(sa_type=LargeBinary)
    account: int = Field(foreign_key="account.id", index=True, sa_type=BigId)
    at: datetime = Field(sa_type=Moment)
    rule: str = Field(sa_type=Bytewise)
    rule_version: int
    minutes: int
    inputs: str
    capped: bool = False
    outside: bool = False
    until: datetime | None = Field(default=None, sa_type=Moment)


budgets = SQLModel.metadata.tables["budget"]
waiting_awards = SQLModel.metadata.tables["waiting_award"]
nothing_awarded = SQLModel.metadata.tables["nothing_awarded"]

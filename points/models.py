"""The ledger's tables: accounts, transfers, and what is kept beside them so that reading is quick."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, Table, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from points.columns import BigId, Bytewise, Moment, words


class AccountKind(StrEnum):
    """Whose points an account keeps; `owner` says who of them.

    A resident's or household's number, a merchant's or area's code (its fund), the number of the account
    that owes (its debt); the community itself owns what was issued, has expired and was redeemed.
    """

    RESIDENT = "resident"
    HOUSEHOLD = "household"
    MERCHANT = "merchant"
    FUND = "fund"
    DEBT = "debt"
    ISSUED = "issued"
    EXPIRED = "expired"
    REDEEMED = "redeemed"


class TransferKind(StrEnum):
    AWARD = "award"
    CAPTURE = "capture"
    REVERSAL = "reversal"
    GIFT = "gift"
    SETTLEMENT = "settlement"
    EXPIRY = "expiry"


class DebtStep(StrEnum):
    """What a settlement between an account and its debt does: note what is owed, or pay it back."""

    OWED = "owed"
    REPAID = "repaid"


class GroupKind(StrEnum):
    RESIDENT = "resident"
    HOUSEHOLD = "household"
    TEAM = "team"
    BUILDING = "building"
    GRID = "grid"


class HoldState(StrEnum):
    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    LAPSED = "lapsed"


class Account(SQLModel, table=True):
    """Who points belong to; an account whose owner asked to be forgotten has none."""

    __table_args__ = (UniqueConstraint("kind", "owner"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    kind: AccountKind = Field(sa_type=words(AccountKind))
    owner: str | None = Field(default=None, sa_type=Bytewise)


class Balance(SQLModel, table=True):
    """What an account with a floor has; the community's own accounts have no row to wait for.

    Who owes has nothing to spend: whatever becomes available repays first.
    """

    __table_args__ = (
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("posted - held >= 0", name="available_not_negative"),
        CheckConstraint("owed >= 0", name="owed_not_negative"),
        CheckConstraint("owed = 0 OR posted = held", name="who_owes_has_nothing_available"),
    )

    account: int = Field(primary_key=True, foreign_key="account.id", sa_type=BigId)
    posted: int = Field(default=0, sa_type=BigId)
    held: int = Field(default=0, sa_type=BigId)
    owed: int = Field(default=0, sa_type=BigId)


class Hold(SQLModel, table=True):
    """Points set aside for a while: taken when the hold is captured, in full or in part, else free again.

    A hold that is still open at `lapses_at` can only lapse.
    """

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_when_not_open"),
        Index(
            "ix_hold_open",
            "account",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        Index(
            "ix_hold_lapsing",
            "lapses_at",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True, sa_type=Bytewise)
    account: int = Field(foreign_key="account.id", sa_type=BigId)
    amount: int = Field(sa_type=BigId)
    at: datetime = Field(sa_type=Moment)
    state: HoldState = Field(default=HoldState.OPEN, sa_type=words(HoldState))
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    lapses_at: datetime | None = Field(default=None, sa_type=Moment)


class Transfer(SQLModel, table=True):
    """Points that left one account (debit) for another (credit): one row is both legs, for ever.

    `month` is the month the transfer counts in: the local month of `at`, and for a reversal the month of
    what it reverses, so that points wrongly given never counted. The group keys are those of the moment of
    posting; nothing here names a person. `rule` is the code of the activity that paid, or of the reward that
    was had; `inputs` are what besides rule, version and minutes made an award's amount, as JSON. Transfers of
    one `link` were posted together or not at all; `debt` marks those between an account and its debt.
    """

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="reversal_names_its_transfer"),
        Index("ix_transfer_debit_id", "debit", "id"),
        Index("ix_transfer_credit_id", "credit", "id"),
        Index(  # caps that a household shares
            "ix_transfer_household_rule",
            *("household", "rule"),
            postgresql_where=text("household IS NOT NULL"),
            sqlite_where=text("household IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True, sa_type=Bytewise)
    request_hash: bytes = Field(sa_type=LargeBinary)
    kind: TransferKind = Field(sa_type=words(TransferKind))
    debit: int = Field(foreign_key="account.id", sa_type=BigId)
    credit: int = Field(foreign_key="account.id", sa_type=BigId)
    amount: int = Field(sa_type=BigId)
    at: datetime = Field(sa_type=Moment)
    month: str = Field(sa_type=Bytewise)
    household: str | None = Field(default=None, sa_type=Bytewise)
    team: str | None = Field(default=None, sa_type=Bytewise)
    building: str | None = Field(default=None, sa_type=Bytewise)
    grid: str | None = Field(default=None, sa_type=Bytewise)
    rule: str | None = Field(default=None, sa_type=Bytewise)
    rule_version: int | None = Field(default=None)
    minutes: int | None = Field(default=None)
    inputs: str | None = None
    hold: int | None = Field(default=None, unique=True, foreign_key="hold.id", sa_type=BigId)
    reverses: int | None = Field(default=None, unique=True, foreign_key="transfer.id", sa_type=BigId)
    link: str | None = Field(default=None, sa_type=Bytewise)
    debt: DebtStep | None = Field(default=None, sa_type=words(DebtStep))


class Purse(SQLModel, table=True):
    """An account whose points lie in another, its purse: what comes in here is passed on there.

    The purse itself has no row here. `since` is when the account's owner came to it.
    """

    account: int = Field(primary_key=True, foreign_key="account.id", sa_type=BigId)
    purse: int = Field(foreign_key="account.id", index=True, sa_type=BigId)
    since: datetime = Field(sa_type=Moment)


class PurseLeft(SQLModel, table=True):
    """A purse in which an account's points lay until it left for another: what was given of it counts on."""

    __tablename__ = "purse_left"

    account: int = Field(primary_key=True, foreign_key="account.id", sa_type=BigId)
    purse: int = Field(primary_key=True, foreign_key="account.id", sa_type=BigId)
    left_at: datetime = Field(sa_type=Moment)


class MonthlyTotal(SQLModel, table=True):
    """What a resident (by account), household, team, building or grid earned in a month."""

    __table_args__ = (
        CheckConstraint("earned >= 0", name="earned_not_negative"),
        Index("ix_monthlytotal_ranking", "month", "group_kind", text("earned DESC"), "reached_at", "key"),
    )

    month: str = Field(primary_key=True, sa_type=Bytewise)
    group_kind: GroupKind = Field(primary_key=True, sa_type=words(GroupKind))
    key: str = Field(primary_key=True, sa_type=Bytewise)
    earned: int = Field(default=0, sa_type=BigId)
    reached_at: datetime = Field(sa_type=Moment)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


# The posting path speaks Core to these; the classes above are the schema.
accounts = _table("account")
balances = _table("balance")
holds = _table("hold")
transfers = _table("transfer")
purses = _table("purse")
purses_left = _table("purse_left")
monthly_totals = _table("monthlytotal")

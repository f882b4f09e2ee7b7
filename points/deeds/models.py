"""The table of deeds: what somebody says they did, who agreed, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from points.columns import BigId, Bytewise, Moment, words


class DeedState(StrEnum):
    """Where a deed stands; the last three are final."""

    CLAIMED = "claimed"  # waits for somebody to verify it
    ASKED = "asked"  # a verifier wants to know more, the claimant is to answer
    APPROVED = "approved"  # agreed to, and about to be paid
    LISTED = "listed"  # agreed to, and shown to everybody for some days before it is paid
    OBJECTED = "objected"  # somebody objected while it was listed, coordinators decide
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # whose deed it was asked to be forgotten


class Origin(StrEnum):
    CLAIM = "claim"  # the resident said so, and others verify
    AWARD = "award"  # a coordinator said so


class Tier(StrEnum):
    """Who is asked to verify, the next being asked when these take too long."""

    LEADS = "leads"
    OFFICERS = "officers"
    ADMINS = "admins"


class Why(StrEnum):
    """Usual reasons to reject a deed; anything else is typed."""

    UNCONFIRMED = "unconfirmed"
    TWICE = "twice"
    MISFIT = "misfit"
    TIME = "time"


class Doubt(StrEnum):
    """Usual reasons to object to a deed that is listed; anything else is typed."""

    UNSEEN = "unseen"
    TWICE = "twice"
    TIME = "time"


class Deed(SQLModel, table=True):
    """A good deed that somebody claimed, or that a coordinator awards.

    Everything that tells of a person is here and not in the ledger, so that it can go: residents by number,
    what was typed, the picture (by its name at the messenger) and its likeness, the place. `flags` say what a
    verifier should look at and hold no personal data. `verify`, `version` and `worth` are those of the
    activity's rule at the time; `verifier` stands alone until a second person is needed and agrees.
    """

    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("units > 0", name="units_positive"),
        CheckConstraint("(state = 'listed') <= (listed_until IS NOT NULL)", name="listed_until_when"),
        Index("ix_deed_resident_at", "resident", "at"),
        Index("ix_deed_verifier", "verifier"),
        Index("ix_deed_decided_by", "decided_by"),
        Index("ix_deed_state_listed_until", "state", "listed_until"),
        Index(
            "ix_deed_likeness",
            "likeness",
            sqlite_where=text("likeness IS NOT NULL"),
            postgresql_where=text("likeness IS NOT NULL"),
        ),
        # The number of a deed is in the key of what it was paid by: no other deed may ever have it.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True, sa_type=Bytewise)
    origin: Origin = Field(sa_type=words(Origin))
    resident: int | None = Field(default=None, sa_type=BigId)
    household: str | None = Field(default=None, sa_type=Bytewise)
    kin: list[int] = Field(default_factory=list, sa_type=JSON)  # who lived with them when it was claimed
    area: int = Field(sa_type=BigId)
    team: str | None = Field(default=None, sa_type=Bytewise)
    activity: str = Field(sa_type=Bytewise)
    version: int
    verify: str = Field(sa_type=Bytewise)
    minutes: int | None = None
    units: int | None = None
    worth: int = Field(sa_type=BigId)
    at: datetime = Field(sa_type=Moment)
    note: str | None = None
    photo: str | None = None
    likeness: str | None = Field(default=None, sa_type=Bytewise)
    lat: float | None = None
    lon: float | None = None
    state: DeedState = Field(default=DeedState.CLAIMED, sa_type=words(DeedState))
    tier: Tier = Field(default=Tier.OFFICERS, sa_type=words(Tier))
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    round: int = 0
    asked_by: int | None = Field(default=None, sa_type=BigId)
    question: str | None = None
    answer: str | None = None
    verifier: int | None = Field(default=None, sa_type=BigId)
    verified_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: int | None = Field(default=None, sa_type=BigId)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    why: Why | None = Field(default=None, sa_type=words(Why))
    reason: str | None = None
    listed_until: datetime | None = Field(default=None, sa_type=Moment)
    objector: int | None = Field(default=None, sa_type=BigId)
    objected_at: datetime | None = Field(default=None, sa_type=Moment)
    doubt: Doubt | None = Field(default=None, sa_type=words(Doubt))
    objection: str | None = None
    paid: int | None = Field(default=None, sa_type=BigId)
    paid_at: datetime | None = Field(default=None, sa_type=Moment)


deeds = SQLModel.metadata.tables["deed"]

"""The community's tables: areas, residents and their chats, households, teams, roles, audit."""

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from points.columns import BigId, Bytewise, Moment, words


class Status(StrEnum):
    ACTIVE = "active"
    FORGOTTEN = "forgotten"


class ShownIn(StrEnum):
    """How a resident is shown on boards; everyone begins as MASKED."""

    NAME = "name"  # in full everywhere
    MASKED = "masked"  # in full in private chats, masked in groups
    HIDDEN = "hidden"  # nowhere


class ChatState(StrEnum):
    REACHABLE = "reachable"
    BLOCKED = "blocked"
    GONE = "gone"


class TeamKind(StrEnum):
    CORE = "core"
    WING = "wing"


class Role(StrEnum):
    """What can be granted; being a resident or a volunteer needs no grant."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    GRID_OFFICER = "grid-officer"
    BUILDING_LEAD = "building-lead"
    TEAM_LEAD = "team-lead"
    INSTRUCTOR = "instructor"
    DEPARTMENT = "department"
    MERCHANT = "merchant"


class Area(SQLModel, table=True):
    """A node of the area tree; `path` is the codes from the root, each followed by a slash."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    parent_id: int | None = Field(default=None, foreign_key="area.id", index=True, sa_type=BigId)
    path: str = Field(index=True, sa_type=Bytewise)
    depth: int
    position: int
    names: dict[str, str] = Field(sa_type=JSON)
    lat: float | None = None
    lon: float | None = None
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class Household(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    area_id: int = Field(foreign_key="area.id", index=True, sa_type=BigId)
    door: str | None = None


class Stay(SQLModel, table=True):
    """A household that somebody lived in and left: what it had used by then stays used."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    resident_id: int = Field(foreign_key="resident.id", index=True, sa_type=BigId)
    household_id: int = Field(foreign_key="household.id", index=True, sa_type=BigId)
    left_at: datetime = Field(sa_type=Moment)


class Ward(SQLModel, table=True):
    """A resident without a chat, and who of the same household answers for them."""

    resident_id: int = Field(foreign_key="resident.id", primary_key=True, sa_type=BigId)
    keeper_id: int = Field(foreign_key="resident.id", index=True, sa_type=BigId)
    since: datetime = Field(sa_type=Moment)


class HomeInvitation(SQLModel, table=True):
    """A one-time link by which somebody asks a person into their household; used is also who said no."""

    __tablename__ = "home_invitation"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    household_id: int = Field(foreign_key="household.id", sa_type=BigId)
    inviter_id: int = Field(foreign_key="resident.id", index=True, sa_type=BigId)
    expires_at: datetime = Field(sa_type=Moment)
    used_by: int | None = Field(default=None, foreign_key="resident.id", index=True, sa_type=BigId)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Resident(SQLModel, table=True):
    """A person who lives here; one who was forgotten keeps only the number, so that no sum changes."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    short_code: str | None = Field(unique=True, sa_type=Bytewise)
    name: str | None
    name_key: str | None = Field(index=True, sa_type=Bytewise)  # for finding by typed name
    language: str
    area_id: int | None = Field(foreign_key="area.id", index=True, sa_type=BigId)
    household_id: int | None = Field(foreign_key="household.id", index=True, sa_type=BigId)
    birth_year: int | None = None
    consent_at: datetime | None = Field(default=None, sa_type=Moment)
    status: Status = Field(default=Status.ACTIVE, sa_type=words(Status))
    shown_in: ShownIn = Field(default=ShownIn.MASKED, sa_type=words(ShownIn))
    pseudonym: str | None = None  # what boards show in place of the name
    board_news_off_at: datetime | None = Field(default=None, sa_type=Moment)  # wants no monthly boards since


class ChatLink(SQLModel, table=True):
    """The private chat of a resident with one bot; its number is the person's own number there.

    `username` is the one they had when they last spoke, in small letters, for who is looked up by it.
    """

    __tablename__ = "chat_link"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    bot_id: int = Field(sa_type=BigId)
    chat_id: int = Field(sa_type=BigId)
    resident_id: int = Field(foreign_key="resident.id", index=True, sa_type=BigId)
    state: ChatState = Field(default=ChatState.REACHABLE, sa_type=words(ChatState))
    username: str | None = Field(default=None, index=True, sa_type=Bytewise)


class Contact(SQLModel, table=True):
    """Another way to reach a resident than chat: an apprise address, which is a secret like a password."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    resident_id: int = Field(foreign_key="resident.id", index=True, sa_type=BigId)
    url: str


class Team(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    kind: TeamKind = Field(sa_type=words(TeamKind))
    emoji: str
    names: dict[str, str] = Field(sa_type=JSON)
    position: int
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class Membership(SQLModel, table=True):
    # Team first: a call-out reads a team's people; a person's own teams have the second index.
    team_id: int = Field(foreign_key="team.id", primary_key=True, sa_type=BigId)
    resident_id: int = Field(foreign_key="resident.id", primary_key=True, index=True, sa_type=BigId)
    since: datetime = Field(sa_type=Moment)


_GRANT_SUBJECT = text("ended_at IS NULL AND subject IS NOT NULL")
_GRANT_PLAIN = text("ended_at IS NULL AND subject IS NULL")


class RoleGrant(SQLModel, table=True):
    """A role on an area and everything below it, for as long as it is not ended."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_plain",
            *("resident_id", "role", "area_id"),
            unique=True,
            sqlite_where=_GRANT_PLAIN,
            postgresql_where=_GRANT_PLAIN,
        ),
        Index(
            "uq_role_grant_subject",
            *("resident_id", "role", "area_id", "subject"),
            unique=True,
            sqlite_where=_GRANT_SUBJECT,
            postgresql_where=_GRANT_SUBJECT,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    role: Role = Field(sa_type=words(Role))
    area_id: int = Field(foreign_key="area.id", index=True, sa_type=BigId)
    subject: str | None = None
    resident_id: int = Field(foreign_key="resident.id", index=True, sa_type=BigId)
    granted_by: int | None = Field(default=None, foreign_key="resident.id", sa_type=BigId)
    at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Skill(SQLModel, table=True):
    resident_id: int = Field(foreign_key="resident.id", primary_key=True, sa_type=BigId)
    skill: str = Field(primary_key=True)


class Availability(SQLModel, table=True):
    """What a volunteer set; whoever set nothing is available. Quiet hours are local time."""

    resident_id: int = Field(foreign_key="resident.id", primary_key=True, sa_type=BigId)
    willing: bool = True
    away_until: datetime | None = Field(default=None, sa_type=Moment)
    quiet_from: time | None = None
    quiet_to: time | None = None


class Invitation(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True, sa_type=Bytewise)
    role: Role = Field(sa_type=words(Role))
    area_id: int = Field(foreign_key="area.id", sa_type=BigId)
    subject: str | None = None
    granted_by: int | None = Field(default=None, foreign_key="resident.id", sa_type=BigId)
    expires_at: datetime = Field(sa_type=Moment)
    used_by: int | None = Field(default=None, foreign_key="resident.id", index=True, sa_type=BigId)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class AuditEntry(SQLModel, table=True):
    """What somebody with a role did; `facts` hold numbers and codes, people only by number."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(index=True, sa_type=Moment)
    actor_id: int | None = Field(default=None, foreign_key="resident.id", index=True, sa_type=BigId)
    act: str
    area_id: int | None = Field(default=None, foreign_key="area.id", sa_type=BigId)
    about_id: int | None = Field(default=None, foreign_key="resident.id", index=True, sa_type=BigId)
    facts: dict[str, Any] = Field(sa_type=JSON)

"""What can be refused here, each carrying the facts its sentence needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.community.models import Role


class NameFault(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_LETTERS = "no_letters"


class Refusal(Exception):
    """A rule of the community said no."""


@dataclass(eq=False)
class NotAllowed(Refusal):
    act: str


@dataclass(eq=False)
class UnknownArea(Refusal):
    area: int | str


@dataclass(eq=False)
class AreaRetired(Refusal):
    area_id: int
    names: Mapping[str, str]


@dataclass(eq=False)
class BadTree(Refusal):
    """The areas do not make one tree: `code` is the one that does not fit."""

    code: str


@dataclass(eq=False)
class BadName(Refusal):
    reason: NameFault
    longest: int


class NameTaken(Refusal):
    """Somebody else is called that, or shows this name on boards."""


@dataclass(eq=False)
class BadBirthYear(Refusal):
    earliest: int
    latest: int


@dataclass(eq=False)
class UnknownResident(Refusal):
    resident_id: int


@dataclass(eq=False)
class UnknownTeam(Refusal):
    code: str


@dataclass(eq=False)
class TeamRetired(Refusal):
    code: str
    names: Mapping[str, str]


@dataclass(eq=False)
class UnknownHousehold(Refusal):
    household_id: int


@dataclass(eq=False)
class HouseholdFull(Refusal):
    most: int


@dataclass(eq=False)
class OnlyOneHere(Refusal):
    """Nobody else to leave behind."""


@dataclass(eq=False)
class NotYourWard(Refusal):
    """Who asks does not answer for that resident."""

    resident_id: int


@dataclass(eq=False)
class UnknownHomeInvitation(Refusal):
    """No such link, or whoever made it does not live there any more."""

    code: str


@dataclass(eq=False)
class UsedHomeInvitation(Refusal):
    """It was answered already; `yours` when by the very person who asks again."""

    code: str
    yours: bool


@dataclass(eq=False)
class ExpiredHomeInvitation(Refusal):
    code: str
    expired_at: datetime


@dataclass(eq=False)
class OwnHomeInvitation(Refusal):
    code: str


@dataclass(eq=False)
class LivesThereAlready(Refusal):
    household_id: int


@dataclass(eq=False)
class SubjectNeeded(Refusal):
    """This role is always of something: which team, which department."""

    role: Role


@dataclass(eq=False)
class SubjectRefused(Refusal):
    """This role is never of something."""

    role: Role


@dataclass(eq=False)
class UnknownGrant(Refusal):
    grant_id: int


@dataclass(eq=False)
class UnknownInvitation(Refusal):
    code: str


@dataclass(eq=False)
class UsedInvitation(Refusal):
    """Somebody took it already; `yours` when it was the very person who asks again."""

    code: str
    yours: bool


@dataclass(eq=False)
class ExpiredInvitation(Refusal):
    code: str
    expired_at: datetime


@dataclass(eq=False)
class AwayInThePast(Refusal):
    until: datetime

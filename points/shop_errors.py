"""What can go wrong at the shops: terms, lines, counting, complaints, each with its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from points.errors import PointsError


@dataclass(eq=False)
class InStock(PointsError):
    """Nobody has to wait for it: there is one to redeem."""

    names: Mapping[str, str]


@dataclass(eq=False)
class NotCounted(PointsError):
    """The reward does not run out, so there is nothing to count."""

    names: Mapping[str, str]


@dataclass(eq=False)
class BadCount(PointsError):
    """A shop counts from `least` to `most`."""

    least: int
    most: int


@dataclass(eq=False)
class RewardPaused(PointsError):
    """The shop hands this one out to nobody for a while."""

    names: Mapping[str, str]


@dataclass(eq=False)
class BudgetSpent(PointsError):
    """Whoever pays for the reward has paid enough this month."""

    names: Mapping[str, str]
    reopens_at: datetime


@dataclass(eq=False)
class OutsideWindow(PointsError):
    """It cannot be redeemed at this hour or day; `opens_at` is None where it never will be again."""

    names: Mapping[str, str]
    opens_at: datetime | None


@dataclass(eq=False)
class AgeUnknown(PointsError):
    """The reward is for those of an age, and this resident never gave a year of birth."""

    names: Mapping[str, str]
    min_age: int


@dataclass(eq=False)
class TooYoung(PointsError):
    names: Mapping[str, str]
    min_age: int


@dataclass(eq=False)
class NotForYourArea(PointsError):
    """The reward is for residents of other areas, named by their codes."""

    names: Mapping[str, str]
    areas: tuple[str, ...]


@dataclass(eq=False)
class CertificateMissing(PointsError):
    names: Mapping[str, str]
    certificate: str


@dataclass(eq=False)
class HandoversPaused(PointsError):
    """Too many wrong codes were tried by this person."""

    until: datetime


@dataclass(eq=False)
class CodeReturned(PointsError):
    """After a complaint its points were given back."""

    code: str
    at: datetime


@dataclass(eq=False)
class AlreadyDisputed(PointsError):
    code: str
    at: datetime


@dataclass(eq=False)
class DisputeTooLate(PointsError):
    code: str
    handed_over_at: datetime


@dataclass(eq=False)
class UnknownDispute(PointsError):
    dispute: int


@dataclass(eq=False)
class DisputeEnded(PointsError):
    """It was decided before, or the shop took the handover back: `state` says which."""

    state: str
    at: datetime | None


@dataclass(eq=False)
class OwnDispute(PointsError):
    """Nobody decides about a complaint of their own, or about their own shop."""

    dispute: int

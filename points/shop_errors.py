"""What can go wrong at the shops: terms, lines, counting, complaints, each with its figures."""

from dataclasses import dataclass
from datetime import datetime

from points.errors import CodeEnded, PointsError, RewardRefused


class InStock(RewardRefused):
    """Nobody has to wait for it: there is one to redeem."""


class NotCounted(RewardRefused):
    """The reward does not run out, so there is nothing to count."""


@dataclass(eq=False)
class BadCount(PointsError):
    """A shop counts from `least` to `most`."""

    least: int
    most: int


class RewardPaused(RewardRefused):
    """The shop hands this one out to nobody for a while."""


@dataclass(eq=False)
class BudgetSpent(RewardRefused):
    """Whoever pays for the reward has paid enough this month."""

    reopens_at: datetime


@dataclass(eq=False)
class OutsideWindow(RewardRefused):
    """It cannot be redeemed at this hour or day; `opens_at` is None where it never will be again."""

    opens_at: datetime | None


@dataclass(eq=False)
class ForAnAge(RewardRefused):
    """The reward is for those of an age and over."""

    min_age: int


class AgeUnknown(ForAnAge):
    """This resident never gave a year of birth."""


class TooYoung(ForAnAge):
    """This resident is not of that age in this year."""


@dataclass(eq=False)
class NotForYourArea(RewardRefused):
    """The reward is for residents of other areas, named by their codes."""

    areas: tuple[str, ...]


@dataclass(eq=False)
class CertificateMissing(RewardRefused):
    certificate: str


@dataclass(eq=False)
class HandoversPaused(PointsError):
    """Too many wrong codes were tried by this person."""

    until: datetime


class CodeReturned(CodeEnded):
    """After a complaint its points were given back."""


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

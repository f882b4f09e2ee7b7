"""What can go wrong with gifts and area funds, by name and with its figures."""

from dataclasses import dataclass
from datetime import datetime

from points.errors import PointsError


@dataclass(eq=False)
class GiftsOff(PointsError):
    """The neighbourhood wants no gifts."""


@dataclass(eq=False)
class OwnGift(PointsError):
    """Giver and receiver are the same."""


@dataclass(eq=False)
class SharedPurse(PointsError):
    """Giver and receiver have their points together: nothing would change."""


@dataclass(eq=False)
class NotEnoughToGive(PointsError):
    available: int
    amount: int


@dataclass(eq=False)
class GivenEnough(PointsError):
    """Of `most` points a month the giver may still give `left`."""

    most: int
    left: int


@dataclass(eq=False)
class ReceivedEnough(PointsError):
    """Of `most` points a month the receiver may still be given `left`."""

    most: int
    left: int


@dataclass(eq=False)
class NotEnoughInFund(PointsError):
    available: int
    amount: int


@dataclass(eq=False)
class TooManyWaiting(PointsError):
    """`most` proposals wait for a second person already."""

    most: int


@dataclass(eq=False)
class UnknownSpending(PointsError):
    spending: int


@dataclass(eq=False)
class SpendingEnded(PointsError):
    """It was decided before, taken back, or nobody decided in time; `by` decided where somebody did."""

    spending: int
    state: str
    by: int | None
    at: datetime | None


@dataclass(eq=False)
class OwnSpending(PointsError):
    """Nobody agrees to what they, or somebody of their `household`, proposed."""

    household: bool


@dataclass(eq=False)
class NoPurpose(PointsError):
    """What it is for was not said, or in more than `most` letters."""

    most: int

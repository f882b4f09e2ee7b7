"""What can go wrong with points, by name and with its figures; the sentence is made at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


class PointsError(Exception):
    """Anything the rules of points refuse."""

    def __str__(self) -> str:
        return repr(self)


@dataclass(eq=False)
class UnknownAccount(PointsError):
    account: int


@dataclass(eq=False)
class BadAmount(PointsError):
    """An amount must be a whole number from 1 up to `most`."""

    amount: int
    most: int


@dataclass(eq=False)
class SameAccount(PointsError):
    account: int


@dataclass(eq=False)
class NotEnoughPoints(PointsError):
    available: int
    price: int


@dataclass(eq=False)
class KeyConflict(PointsError):
    """The key was used before, for something else; both contents are here to compare."""

    key: str
    first: Mapping[str, object]
    second: Mapping[str, object]


@dataclass(eq=False)
class NothingToReverse(PointsError):
    """The transfer named does not exist, is itself a reversal, or is not mirrored by the posting."""

    transfer: int


@dataclass(eq=False)
class AlreadyReversed(PointsError):
    transfer: int
    by: int | None


@dataclass(eq=False)
class LinkRefused(PointsError):
    """Nothing is wrong with this posting, but with the one it is linked to, whose key is `of`."""

    of: str


@dataclass(eq=False)
class ReservedKey(PointsError):
    """The key begins like those of the transfers that the ledger makes by itself."""

    key: str


@dataclass(eq=False)
class HoldEnded(PointsError):
    """The hold is not open any more, or not of this account."""

    hold: int


@dataclass(eq=False)
class HoldLapsed(HoldEnded):
    """The hold's time is over."""

    at: datetime


@dataclass(eq=False)
class HoldExceeded(PointsError):
    """More was asked for than the hold set aside."""

    hold: int
    held: int
    asked: int


@dataclass(eq=False)
class UnknownActivity(PointsError):
    code: str


@dataclass(eq=False)
class RewardRefused(PointsError):
    """It is the reward that cannot be had, and `names` are its names."""

    names: Mapping[str, str]


@dataclass(eq=False)
class CodeEnded(PointsError):
    """A code does not wait any more, since `at`."""

    code: str
    at: datetime


@dataclass(eq=False)
class UnknownReward(PointsError):
    reward: int


class RewardRetired(RewardRefused):
    """It is not in the file any more."""


@dataclass(eq=False)
class PriceChanged(PointsError):
    shown: int
    price: int


class OutOfStock(RewardRefused):
    """Nothing is left of it."""


@dataclass(eq=False)
class LimitReached(PointsError):
    """`count` of the reward were taken in the period already: `per` and `by` are those of its limit."""

    count: int
    per: str
    by: str


@dataclass(eq=False)
class UnknownCode(PointsError):
    code: str


@dataclass(eq=False)
class NotYourReward(PointsError):
    """The reward belongs to another merchant, or the code to another resident."""

    code: str


class AlreadyHandedOver(CodeEnded):
    """Its reward was handed over."""


class CodeLapsed(CodeEnded):
    """Its days are over."""


class CodeCancelled(CodeEnded):
    """Its owner gave it back."""


@dataclass(eq=False)
class NotHandedOver(PointsError):
    code: str


@dataclass(eq=False)
class UndoTooLate(PointsError):
    code: str
    handed_over_at: datetime

"""What can go wrong with a deed, each as a class that carries the facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from points.deeds.models import DeedState
from points.errors import PointsError


@dataclass(eq=False)
class UnknownDeed(PointsError):
    deed: int


@dataclass(eq=False)
class PaysByItself(PointsError):
    """The activity is one that nobody claims: it is paid for what the bot itself saw."""

    names: Mapping[str, str]


@dataclass(eq=False)
class HowLong(PointsError):
    """The activity earns by the hour, and the minutes are missing or not from 1 to `most`."""

    minutes: int | None
    most: int


@dataclass(eq=False)
class HowMany(PointsError):
    """The activity earns by the unit, and the units are missing or not from 1 to `most`."""

    units: int | None
    most: int


@dataclass(eq=False)
class OwnDeed(PointsError):
    """Nobody decides on what they did themselves, or somebody of their `household`."""

    household: bool


@dataclass(eq=False)
class TooClose(PointsError):
    """They cannot be the second person: they and whose deed it is verify each other, or points were given."""

    deed: int


@dataclass(eq=False)
class DeedDecided(PointsError):
    """Somebody was there before; `state` is what the deed came to, `by` and `at` say who and when."""

    deed: int
    state: DeedState
    by: int | None
    at: datetime | None


@dataclass(eq=False)
class SecondPersonNeeded(PointsError):
    """This person agreed already, and another one must as well."""

    deed: int


@dataclass(eq=False)
class NotAskedBack(PointsError):
    """Nobody waits for an answer about this deed, or not from this person."""

    deed: int


@dataclass(eq=False)
class QuestionOpen(PointsError):
    """Somebody else asked the claimant already; the answer goes to everybody who verifies."""

    deed: int
    by: int | None
    question: str


@dataclass(eq=False)
class NotListed(PointsError):
    """The deed is not shown for objection (any more); `state` is where it stands."""

    deed: int
    state: DeedState


@dataclass(eq=False)
class NothingSaid(PointsError):
    """A reason, a question or an answer without a word in it, or longer than `most`."""

    most: int

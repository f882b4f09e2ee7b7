"""What the rules of verifying give back: facts for whoever announces them, never a sentence."""

from dataclasses import dataclass
from datetime import datetime

from bot.community import PersonAddress
from bot.deeds.people import DeedCard
from points import Awarded

People = tuple[PersonAddress, ...]


@dataclass(frozen=True)
class DeedClaimed:
    """Somebody claimed a deed; `asked` are to verify it. Not `new`: it was claimed before."""

    card: DeedCard
    asked: People
    new: bool


@dataclass(frozen=True)
class DeedAskedBack:
    card: DeedCard
    claimant: People


@dataclass(frozen=True)
class DeedAnswered:
    card: DeedCard
    asked: People


@dataclass(frozen=True)
class DeedHalfAgreed:
    """One person agreed, and one of those `asked` must as well."""

    card: DeedCard
    asked: People


@dataclass(frozen=True)
class DeedListed:
    """It is agreed to, and shown to everybody until a moment before it is paid."""

    card: DeedCard
    claimant: People
    until: datetime


@dataclass(frozen=True)
class DeedPaid:
    card: DeedCard
    claimant: People
    objector: People
    award: Awarded


@dataclass(frozen=True)
class DeedUnpaid:
    """It was agreed to, but its activity is not in the neighbourhood's file any more."""

    card: DeedCard
    claimant: People
    deciders: People


@dataclass(frozen=True)
class DeedRejected:
    card: DeedCard
    claimant: People
    objector: People


@dataclass(frozen=True)
class DeedObjected:
    """Somebody objected to a listed deed; `deciders` are to decide."""

    card: DeedCard
    claimant: People
    deciders: People


@dataclass(frozen=True)
class DeedReminded:
    """Nobody decided for a day: `asked` are reminded, or `claimant` where an answer is missing."""

    card: DeedCard
    asked: People
    claimant: People


@dataclass(frozen=True)
class DeedReopened:
    """Who asked back or agreed first is gone: `asked` are asked anew, `claimant` need not answer any more."""

    card: DeedCard
    asked: People
    claimant: People


@dataclass(frozen=True)
class DeedPassedOn:
    """Nobody decided for days: others are asked now."""

    card: DeedCard
    asked: People
    claimant: People


@dataclass(frozen=True)
class DeedUnheard:
    """Everybody was asked and nobody decided: the last of them are reminded for the so-manieth time.

    When it is `over` nobody is `asked` any more, and the `claimant` is to know.
    """

    card: DeedCard
    asked: People
    claimant: People
    times: int

    @property
    def over(self) -> bool:
        """Whether nobody is reminded any more."""
        return not self.asked


@dataclass(frozen=True)
class DeedUnheardOf:
    """There is nobody (yet) who could decide."""

    card: DeedCard

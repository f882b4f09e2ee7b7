"""What can be refused about giving between people, each carrying the facts its sentence needs."""

from dataclasses import dataclass
from datetime import datetime


class GivingRefusal(Exception):
    """A rule of giving said no."""


@dataclass(eq=False)
class NobodyFound(GivingRefusal):
    """No neighbour has this short code, or has this name or @username and wants to be found by it."""

    typed: str


@dataclass(eq=False)
class OnlyYourself(GivingRefusal):
    """Nobody but who asks is called so."""


@dataclass(eq=False)
class NeighbourGone(GivingRefusal):
    """They were there a moment ago."""


@dataclass(eq=False)
class GiftToVerifier(GivingRefusal):
    """Who receives it, or somebody they live with, agreed to a deed of the giver's home lately."""


@dataclass(eq=False)
class FundNotYours(GivingRefusal):
    """The fund is that of an area where they do not live."""


@dataclass(eq=False)
class NobodyToAgree(GivingRefusal):
    """There is no second person who could be asked."""


@dataclass(eq=False)
class SpendingOver(GivingRefusal):
    """It was decided, taken back, or lapsed before; `name` is empty where nobody by name did."""

    name: str
    state: str
    at: datetime | None

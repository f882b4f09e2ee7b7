"""What the rules of giving give back: facts for whoever announces them, never a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.community import AreaView, PersonAddress
from points.giving import Gift, Spending

People = tuple[PersonAddress, ...]


@dataclass(frozen=True)
class GiftGiven:
    """Points went to a neighbour or a fund. `giver` is empty where they hide; a fund is told nothing."""

    gift: Gift
    giver: str
    receiver: People


@dataclass(frozen=True)
class SpendingCard:
    """A proposal with the names that are said about it; who hides or was forgotten has none."""

    spending: Spending
    area: AreaView
    names: Mapping[int, str]

    def name(self, resident_id: int | None) -> str:
        return self.names.get(resident_id, "") if resident_id is not None else ""


@dataclass(frozen=True)
class SpendingProposed:
    """Somebody wants to pay for a common good; one of those `asked` must agree."""

    card: SpendingCard
    asked: People


@dataclass(frozen=True)
class SpendingDone:
    """It does not wait any more; `asked` could have decided."""

    card: SpendingCard
    proposer: People
    asked: People


class SpendingAgreed(SpendingDone):
    """A second person agreed: it is paid."""


class SpendingRefused(SpendingDone):
    """A second person refused: the points are the fund's again."""


class SpendingLapsed(SpendingDone):
    """Nobody decided in time: the points are the fund's again."""


class SpendingWithdrawn(SpendingDone):
    """Who proposed it took it back: the points are the fund's again."""

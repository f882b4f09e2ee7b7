"""Whose points lie together: each resident's own, or a household's in one account, as the file says."""

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

import points
from bot import community
from bot.neighbourhood import PointRules

P = ParamSpec("P")
T = TypeVar("T")


class StillTogether(Exception):
    """The file wants points apart that lie together: nobody could say whose they are."""

    def __init__(self, households: int) -> None:
        self.households = households
        super().__init__(
            f"The points of {households} households lie together and cannot be told apart again: "
            'in community.toml, write account = "household" under [points].'
        )


def settle_purses(session: Session, rules: PointRules, now: datetime) -> None:
    """At start, let the points of each household lie together, where the file says so and they do not yet.

    Raises:
        StillTogether: they do, and the file says otherwise.
    """
    if rules.account == "household":
        homes = community.households_of_several(session)
        for household in points.apart(session, homes):
            points.live_together(session, household=household, residents=homes[household], now=now)
    elif (households := points.purses_shared(session)) > 0:
        raise StillTogether(households)


def sharing(
    rule: Callable[Concatenate[Session, P], T], rules: PointRules, *, resident_id: int, now: datetime
) -> Callable[Concatenate[Session, P], T]:
    """Give a rule after which somebody lives with others, or without, that sees to their points as well."""

    def unit(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
        outcome = rule(session, *args, **kwargs)
        if rules.account == "household":
            home = community.home_of(session, resident_id)
            residents = [one.resident_id for one in home.members]
            points.live_together(session, household=str(home.household_id), residents=residents, now=now)
        return outcome

    return unit

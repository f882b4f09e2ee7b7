"""No second bag of rice by swapping households: what was used stays used by who leaves and who joins."""

from datetime import datetime

import pytest
from points_town import SHANGHAI, Town

from points import LimitReached, catalogue, redeem


def redeems(town: Town, who: int, household: str, left: dict[str, datetime] | None = None) -> None:
    town.earns(who)
    [rice] = [offer for offer in catalogue(town.session) if offer.code == "rice"]
    with town.session.begin_nested():
        redeem(
            town.session,
            resident_id=who,
            household=household,
            reward_id=rice.reward_id,
            price_shown=rice.price,
            now=town.now,
            zone=SHANGHAI,
            left=left,
        )


def test_who_leaves_has_had_what_the_household_had(town: Town) -> None:
    redeems(town, 1, "old")
    with pytest.raises(LimitReached):
        redeems(town, 2, "new", {"old": town.now})
    with pytest.raises(LimitReached):
        redeems(town, 1, "new")
    redeems(town, 3, "other")


def test_who_joins_brings_what_they_had(town: Town) -> None:
    redeems(town, 1, "theirs")
    town.passes(hours=1)
    with pytest.raises(LimitReached):
        redeems(town, 2, "ours", {"theirs": town.now})


def test_what_was_used_after_somebody_left_is_not_theirs(town: Town) -> None:
    left = town.now
    town.passes(hours=1)
    redeems(town, 1, "old")
    redeems(town, 2, "new", {"old": left})


def test_another_month_another_bag(town: Town) -> None:
    redeems(town, 1, "old")
    left = town.now
    town.passes(days=31)
    redeems(town, 2, "new", {"old": left})

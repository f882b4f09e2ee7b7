"""No second bag of rice by swapping households: what was used stays used by who leaves and who joins."""

import pytest
from points_town import SHANGHAI, Town

from points import LimitReached, Shared, catalogue, redeem


def redeems(town: Town, who: int, household: str, shared: Shared | None = None) -> None:
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
            shared=shared or Shared(),
        )


def test_who_leaves_has_had_what_the_household_had(town: Town) -> None:
    redeems(town, 1, "old")
    with pytest.raises(LimitReached):
        redeems(town, 2, "new", Shared({"old": town.now}))
    with pytest.raises(LimitReached):
        redeems(town, 1, "new")
    redeems(town, 3, "other")


def test_who_joins_brings_what_they_had(town: Town) -> None:
    redeems(town, 1, "theirs")
    town.passes(hours=1)
    with pytest.raises(LimitReached):
        redeems(town, 2, "ours", Shared({"theirs": town.now}))


def test_what_was_used_after_somebody_left_is_not_theirs(town: Town) -> None:
    left = town.now
    town.passes(hours=1)
    redeems(town, 1, "old")
    redeems(town, 2, "new", Shared({"old": left}))


def test_another_month_another_bag(town: Town) -> None:
    redeems(town, 1, "old")
    left = town.now
    town.passes(days=31)
    redeems(town, 2, "new", Shared({"old": left}))


def test_what_those_have_who_lately_lived_here_counts_too(town: Town) -> None:
    redeems(town, 1, "new")
    with pytest.raises(LimitReached):
        redeems(town, 2, "old", Shared(parted=(1,)))
    redeems(town, 3, "old", Shared(parted=(4,)))

"""Gifts of points that lie together: moving from household to household opens no second month."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points_town import SHANGHAI, Town

from points import live_together, month_start, verify
from points.gift_errors import GivenEnough, NotEnoughToGive, OwnGift, ReceivedEnough, SharedPurse
from points.gifts import Gift, GiftLimits, GiftRoom, Receiver, check_apart, gave_since, gift_room, give

LIMITS, GENEROUS = GiftLimits(give=50, receive=80), GiftLimits(give=50, receive=1000)
MEI, BO, LI, ANN = 1, 2, 3, 4


def lives(town: Town, household: str, *residents: int) -> None:
    live_together(town.session, household=household, residents=residents, now=town.now)


def gives(town: Town, giver: int, to: int, amount: int, limits: GiftLimits = LIMITS) -> Gift:
    town.keys += 1
    return give(
        town.session,
        key=f"gift:{town.keys}",
        giver_id=giver,
        to=Receiver(resident_id=to),
        amount=amount,
        limits=limits,
        now=town.now,
        zone=SHANGHAI,
    )


def room(town: Town, giver: int) -> GiftRoom:
    return gift_room(town.session, giver_id=giver, limits=LIMITS, now=town.now, zone=SHANGHAI)


@pytest.fixture
def street(town: Town) -> Town:
    """Mei and Bo live together in household 7, Li in 9, Ann in 11; each earned 500."""
    for household, people in (("7", (MEI, BO)), ("9", (LI,)), ("11", (ANN,))):
        lives(town, household, *people)
    for one in (MEI, BO, LI, ANN):
        town.earns(one, f"deed:{one}")
    return town


def test_who_moves_gives_no_more_than_the_months_limit(street: Town) -> None:
    gives(street, MEI, ANN, 50)
    for household, others in (("20", ()), ("9", (LI,)), ("7", (BO,))):
        street.passes(days=1)
        lives(street, household, *others, MEI)
        street.earns(MEI, f"in:{household}")
        assert room(street, MEI).left == 0
        with pytest.raises(GivenEnough):
            gives(street, MEI, ANN, 1)
    assert verify(street.session).problems == ()


def test_who_moves_while_the_clock_is_set_back_over_midnight_gives_no_more_either(street: Town) -> None:
    street.now = month_start("2026-04", SHANGHAI) + timedelta(minutes=5)
    gives(street, MEI, ANN, 50)
    street.passes(minutes=-10)
    lives(street, "20", MEI)
    street.passes(minutes=10)
    street.earns(MEI, "alone")
    assert room(street, MEI).left == 0


def test_who_moves_is_given_no_more_than_the_months_limit(street: Town) -> None:
    gives(street, LI, MEI, 50)
    gives(street, ANN, MEI, 30)
    lives(street, "20", MEI)
    street.passes(days=1)
    lives(street, "9", LI, BO)
    street.passes(days=1)
    with pytest.raises(ReceivedEnough):
        gives(street, BO, MEI, 1)


def test_a_new_month_begins_anew_also_for_who_moved_and_what_others_give_later_is_not_theirs(
    street: Town,
) -> None:
    gives(street, MEI, ANN, 50)
    lives(street, "20", MEI)
    street.earns(MEI, "alone")
    street.now = month_start("2026-04", SHANGHAI)
    gives(street, BO, ANN, 50)
    assert room(street, MEI).left == 50
    assert gives(street, MEI, LI, 50).left == 0


def test_what_was_given_before_moving_is_known_to_who_verifies(street: Town) -> None:
    before = street.now
    gives(street, MEI, LI, 10)
    street.passes(days=1)
    lives(street, "20", MEI)
    lives(street, "11", ANN, LI)
    since = [gave_since(street.session, one, LI, before.replace(hour=0)) for one in (MEI, BO, ANN)]
    assert since == [True, True, False]
    assert not gave_since(street.session, MEI, LI, street.now)


def test_who_has_the_same_points_is_given_none(street: Town) -> None:
    with pytest.raises(SharedPurse):
        gives(street, MEI, BO, 10)
    with pytest.raises(OwnGift):
        gives(street, MEI, MEI, 10)
    with pytest.raises(SharedPurse):
        check_apart(street.session, giver_id=BO, receiver_id=MEI)
    check_apart(street.session, giver_id=BO, receiver_id=LI)


MOVES = st.tuples(st.sampled_from([MEI, BO, LI]), st.sampled_from(["7", "9", "20"]))
GIFTS = st.tuples(st.sampled_from([MEI, BO, LI]), st.integers(1, 50))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(MOVES, GIFTS), max_size=12))
def test_however_they_move_nobody_gives_more_than_the_limit(
    street: Town, steps: Sequence[tuple[int, str | int]]
) -> None:
    homes, gave = {MEI: "7", BO: "7", LI: "9"}, Counter[int]()
    with street.session.begin_nested() as this_life:
        for who, what in steps:
            if isinstance(what, str):
                homes[who] = what
                lives(street, what, *(one for one, home in homes.items() if home == what))
                continue
            with suppress(GivenEnough, NotEnoughToGive):
                gives(street, who, ANN, what, GENEROUS)
                gave[who] += what
        this_life.rollback()
    assert all(amount <= LIMITS.give for amount in gave.values())

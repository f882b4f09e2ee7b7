"""A shop that closes gives back what waits there; a reward that goes leaves its codes good."""

from dataclasses import replace

from points_town import CALLOUT, GARDEN, HAIRCUT, RICE, SHANGHAI, Town

from points import RedemptionState, RewardOffer, look_up, verify
from points.shops import LineEnded, Offered, ShopClosed, close_what_is_gone, wait_for, wait_of

TORCH = RewardOffer("torch", {"*": "Torch"}, 20, "corner-shop", 30)


def closes(town: Town) -> tuple[ShopClosed | LineEnded | Offered, ...]:
    return close_what_is_gone(town.session, now=town.now, zone=SHANGHAI)


def test_codes_of_a_closed_shop_are_given_back_once(town: Town) -> None:
    town.earns(1)
    cut = town.redeems(1, "haircut")
    rice = town.redeems(1)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[RICE])
    [closed] = closes(town)
    assert isinstance(closed, ShopClosed)
    assert (closed.code, closed.price, closed.balance) == (cut.code, 60, 350)
    assert look_up(town.session, cut.code).state is RedemptionState.LAPSED
    assert look_up(town.session, rice.code).state is RedemptionState.WAITING
    assert closes(town) == ()
    assert verify(town.session).problems == ()


def test_codes_of_a_reward_that_is_gone_are_still_handed_over(town: Town) -> None:
    town.earns(1)
    code = town.redeems(1).code
    town.set_up(rules=[CALLOUT, GARDEN], offers=[TORCH, HAIRCUT])
    assert closes(town) == ()
    assert town.hands_over(code, frozenset({"corner-shop"})).price == 150


def test_who_waits_for_what_is_gone_waits_no_more(town: Town) -> None:
    town.set_up(rules=[CALLOUT, GARDEN], offers=[replace(RICE, stock=0), HAIRCUT])
    rice = town.reward("rice")
    wait_for(town.session, resident_id=1, household=None, reward_id=rice, now=town.now, zone=SHANGHAI)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[HAIRCUT])
    [ended] = closes(town)
    assert isinstance(ended, LineEnded)
    assert ended.resident_id == 1
    assert wait_of(town.session, 1, rice) is None
    assert closes(town) == ()


def test_what_the_file_added_is_kept_for_who_waited(town: Town) -> None:
    town.set_up(rules=[CALLOUT, GARDEN], offers=[replace(RICE, stock=0), HAIRCUT])
    rice = town.reward("rice")
    wait_for(town.session, resident_id=1, household=None, reward_id=rice, now=town.now, zone=SHANGHAI)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[RICE, HAIRCUT])
    [offered] = closes(town)
    assert isinstance(offered, Offered)
    assert town.left() == 2

"""What the sender may claim: neither a slow upload nor a silent server keeps an emergency waiting."""

from bot.delivery import Lane
from bot.delivery.claims import Claim
from bot.delivery.hand import SET_ASIDE, SLOW, WAITING, Hand, Line
from bot.delivery.pace import Pace
from tests.bot.delivery.clock import StandingClock


def claimed(number: int, lane: Lane = Lane.BULK) -> Claim:
    return Claim(number, number, lane, False, 1, 0, None, None, None)


def hand_with(*claims: Claim) -> Hand:
    hand = Hand(Pace(StandingClock()), Line())
    for claim in claims:
        hand.take(claim)
    return hand


def test_whoever_waits_for_a_turn_counts() -> None:
    hand = hand_with(claimed(1), claimed(2))
    room = hand.room(0.0)
    assert (room.others, room.own_acts) == (0, 2)
    assert room.busy == {1, 2}


def test_what_is_on_its_way_for_long_makes_room_for_others() -> None:
    slow = [claimed(number) for number in range(1, 4)]
    hand = hand_with(*slow)
    for claim in slow:
        hand.departed(claim, 10.0)
    assert hand.room(10.0).others == 0
    assert hand.room(10.0 + SLOW).others == WAITING
    assert hand.room(10.0 + SLOW).busy == {1, 2, 3}


def test_only_a_few_are_set_aside() -> None:
    slow = [claimed(number) for number in range(1, SET_ASIDE + 4)]
    hand = hand_with(*slow)
    for claim in slow:
        hand.departed(claim, 0.0)
    assert hand.room(SLOW).others == 0


def test_what_is_being_uploaded_is_passed_on() -> None:
    assert hand_with().room(0.0, frozenset({7})).uploading == {7}

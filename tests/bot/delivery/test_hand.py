"""What the sender may claim: neither a slow upload nor a silent server keeps an emergency waiting."""

from bot.delivery import Lane, Sound
from bot.delivery.claims import Claim
from bot.delivery.hand import LINE_RESTS, UNRECORDED, Hand, Line
from bot.delivery.pace import Pace
from tests.bot.delivery.clock import StandingClock


def claimed(number: int, lane: Lane = Lane.BULK) -> Claim:
    return Claim(number, number, lane, Sound.DAY, 1, 0, None, None, None)


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


def test_four_at_most_are_on_their_way_however_slow_the_line() -> None:
    hand = hand_with(*(claimed(number) for number in range(1, UNRECORDED + 1)))
    assert hand.may_depart() == UNRECORDED == 4
    for number in range(1, UNRECORDED + 1):
        hand.departed(claimed(number))
    assert hand.may_depart() == 0
    assert hand.departed_ones() == {1, 2, 3, 4}
    hand.drop(claimed(1))
    assert hand.may_depart() == 1


def test_whoever_is_on_the_way_leaves_room_to_look_for_others() -> None:
    hand = hand_with(claimed(1), claimed(2))
    hand.departed(claimed(1))
    assert hand.room(0.0).others == 1
    assert hand.room(0.0).busy == {1, 2}


def test_what_is_being_uploaded_is_passed_on() -> None:
    assert hand_with().room(0.0, frozenset({7})).uploading == {7}


def test_without_a_connection_the_line_rests_however_few_wait() -> None:
    line = Line()
    line.broke(0.0)
    assert line.is_down
    assert [line.is_resting(at) for at in (0.0, LINE_RESTS[0])] == [True, False]
    line.broke(LINE_RESTS[0])
    assert line.is_resting(LINE_RESTS[0] + LINE_RESTS[1] - 0.1)
    line.worked()
    assert not line.is_down


def test_while_the_line_is_down_one_is_tried_at_a_time() -> None:
    line = Line()
    hand = Hand(Pace(StandingClock()), line)
    line.broke(0.0)
    assert hand.room(0.0).together == 0
    assert hand.room(LINE_RESTS[0]).together == 1
    hand.take(claimed(1, Lane.EMERGENCY))
    assert hand.room(LINE_RESTS[0]).together == 0


def test_one_chat_that_gets_nothing_is_not_the_line() -> None:
    line = Line()
    for _ in range(9):
        line.failed(7, 0.0)
    assert not line.is_down
    for chat in (8, 9):
        line.failed(chat, 0.0)
    assert line.is_down


def test_at_a_fast_pace_a_full_hand_looks_for_more_a_moment_later() -> None:
    fast = Hand(Pace(StandingClock(), per_second=10_000), Line())
    for number in range(8):
        assert not fast.is_stocked()
        fast.take(claimed(number))
    assert fast.is_stocked()
    usual = hand_with(*(claimed(number) for number in range(8)))
    usual_of_four = hand_with(*(claimed(number) for number in range(4)))
    assert usual.is_stocked()
    assert not usual_of_four.is_stocked()  # two of each kind are all that wait at thirty a second

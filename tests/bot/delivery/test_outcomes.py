"""What each of Telegram's answers, and each silence, means for a message."""

import pytest
from telegram.error import NetworkError, TelegramError

from bot.delivery import Lane, State
from bot.delivery.outcomes import AFTER_A_PROXY, BACK_OFF, understand
from bot.delivery.transport import InDoubt, Intercepted, NeverLeft

OFTEN = 1_000
SERVER_FAILED = NetworkError("Bad Gateway")
HALF_AN_ANSWER = TelegramError("Invalid server response")


@pytest.mark.parametrize("lane", Lane)
def test_what_never_left_is_tried_as_often_as_it_takes(lane: Lane) -> None:
    outcome = understand(NeverLeft("no connection"), lane=lane, attempts=OFTEN)
    assert (outcome.state, outcome.counts, outcome.line) == (State.QUEUED, False, False)


@pytest.mark.parametrize("lane", Lane)
def test_a_server_that_fails_is_tried_a_few_times(lane: Lane) -> None:
    ends = [understand(SERVER_FAILED, lane=lane, attempts=number) for number in range(len(BACK_OFF) + 1)]
    assert [each.again_after for each in ends] == [*BACK_OFF, None]
    assert (ends[-1].state, ends[-1].counts) == (State.FAILED, True)


@pytest.mark.parametrize("silence", [InDoubt("no answer"), HALF_AN_ANSWER])
def test_what_may_be_there_is_said_again_a_few_times_in_an_emergency_and_never_else(
    silence: TelegramError,
) -> None:
    for lane in Lane:
        first = understand(silence, lane=lane, attempts=0)
        again = lane in (Lane.EMERGENCY, Lane.CORRECTION)
        assert first.state is (State.QUEUED if again else State.UNKNOWN)
        assert first.counts
    last = understand(silence, lane=Lane.EMERGENCY, attempts=len(BACK_OFF))
    assert last.state is State.UNKNOWN


@pytest.mark.parametrize("lane", Lane)
def test_what_a_proxy_refused_lets_others_pass_and_is_never_given_up(lane: Lane) -> None:
    outcome = understand(Intercepted("a page"), lane=lane, attempts=OFTEN)
    assert (outcome.state, outcome.again_after, outcome.counts) == (State.QUEUED, AFTER_A_PROXY, False)
    assert outcome.chat_state is None

"""Long silences that Telegram asks for: no conversation hangs on them, and one chat holds up no other."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.delivery import Lane
from bot.delivery.limiter import NotNow, PaceLimiter
from bot.delivery.pace import Pace, Paused
from tests.bot.delivery.clock import StandingClock

HOURS = 10_072
Call = Callable[[], Coroutine[Any, Any, bool]]


async def fine() -> bool:
    return True


def refusing(seconds: int) -> Call:
    async def refused() -> bool:
        raise RetryAfter(timedelta(seconds=seconds))

    return refused


class MovingClock(StandingClock):
    """A fifth of a second passes before each thing that is said, so that the bot's own pace is kept."""

    def pass_by(self, seconds: float = 0.2) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


async def say(pace: Pace, clock: MovingClock, chat_id: int, call: Call = fine) -> Any:
    clock.pass_by()
    limiter = PaceLimiter(pace, pauses=())
    return await limiter.process_request(call, (), {}, "sendMessage", {"chat_id": chat_id}, None)


async def test_a_silence_of_hours_sends_away_who_waits_and_who_comes(clock: MovingClock) -> None:
    pace = Pace(clock)
    for _ in range(3):
        await say(pace, clock, 1)
    waits = asyncio.create_task(say(pace, clock, 1))
    await asyncio.sleep(0)
    for chat_id in (2, 3):  # one alone might have been about that chat
        with pytest.raises(RetryAfter):
            await say(pace, clock, chat_id, refusing(HOURS))
    with pytest.raises(NotNow):
        await waits
    with pytest.raises(NotNow):
        await say(pace, clock, 4)
    assert pace.paused_for() >= HOURS


async def test_a_short_silence_is_kept(clock: MovingClock) -> None:
    pace = Pace(clock)
    with pytest.raises(RetryAfter):
        await say(pace, clock, 2, refusing(5))
    waits = asyncio.create_task(say(pace, clock, 3))
    await asyncio.sleep(0)
    assert not waits.done()
    clock.pass_by(6)
    pace._serve()
    assert await waits


async def test_a_chat_that_is_barred_is_left_alone_and_no_other_is(clock: MovingClock) -> None:
    pace = Pace(clock)
    await say(pace, clock, 1)
    with pytest.raises(RetryAfter):
        await say(pace, clock, 2, refusing(HOURS))
    clock.pass_by()
    with pytest.raises(Paused):
        async with pace.turn(Lane.BOARD, 2, longest_pause=1.5):
            raise AssertionError
    assert await say(pace, clock, 1)


async def test_what_waits_in_the_outbox_keeps_any_silence(clock: MovingClock) -> None:
    pace = Pace(clock)
    with pytest.raises(RetryAfter):
        await say(pace, clock, 1, refusing(HOURS))

    async def send() -> bool:
        async with pace.turn(Lane.EMERGENCY, 1):
            return True

    waits = asyncio.create_task(send())
    await asyncio.sleep(0)
    assert not waits.done()
    clock.pass_by(HOURS * 1.1)
    pace._serve()
    assert await waits

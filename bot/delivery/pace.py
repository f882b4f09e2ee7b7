"""One pace for everything the bot sends: whoever wants to send or edit waits here for a turn."""

import asyncio
import math
import os
from collections.abc import AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Protocol

from telegram.error import BadRequest, Forbidden, RetryAfter

from bot.clock import Clock
from bot.delivery.chats import ChatId, ChatLimits
from bot.delivery.messages import Lane
from bot.delivery.rhythm import Flight
from bot.delivery.turns import Turns, Waiter

PER_SECOND = 30

# python-telegram-bot warns at each 429 unless its times may be timedeltas already.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_has_turn: ContextVar[bool] = ContextVar("has_turn", default=False)


class NoTurn(TimeoutError):
    """No turn came in the time somebody was ready to wait."""


class Paused(NoTurn):
    """Telegram asked for more silence than somebody was ready to keep."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"Telegram asked for {math.ceil(seconds)} more seconds of silence")


class Cancellable(Protocol):
    def cancel(self) -> None: ...


CallLater = Callable[[float, Callable[[], None]], Cancellable]
Ticket = asyncio.Future[Flight]


class Pace:
    """Hands out turns in the order of the lanes, within what Telegram allows the bot and each chat."""

    def __init__(
        self,
        clock: Clock,
        *,
        per_second: int = PER_SECOND,
        limits: ChatLimits | None = None,
        call_later: CallLater | None = None,
    ) -> None:
        self._clock = clock
        self._turns: Turns[Ticket] = Turns(per_second, limits)
        self._call_later = call_later
        self.refused = 0  # answers of 429 since the start
        self._timer: Cancellable | None = None
        self._impatient: dict[Waiter[Ticket], float] = {}

    @asynccontextmanager
    async def turn(
        self,
        lane: Lane,
        chat_id: ChatId,
        *,
        patience: float | None = None,
        longest_pause: float = math.inf,
    ) -> AsyncIterator[None]:
        """Wait for a turn and hold it during one request; what the request raises tells how it went.

        Raises:
            NoTurn: it did not come within `patience` seconds.
            Paused: Telegram asks for a silence longer than `longest_pause` seconds.
        """
        waiter: Waiter[Ticket] = Waiter(lane, chat_id, asyncio.get_running_loop().create_future())
        flight = await self._wait_patiently(waiter, patience, longest_pause)
        token = _has_turn.set(True)
        try:
            yield
        except RetryAfter as refusal:
            self.refused += 1
            self._turns.refuse(waiter, flight, seconds_to_wait(refusal), self._clock.monotonic())
            self._dismiss()
            raise
        except (BadRequest, Forbidden):
            self._turns.land(waiter, flight, self._clock.monotonic())
            raise
        else:
            self._turns.land(waiter, flight, self._clock.monotonic())
        finally:
            self._turns.lose(waiter, flight, self._clock.monotonic())
            _has_turn.reset(token)
            self._serve()

    def busy_chats(self) -> AbstractSet[int]:
        """Name the chats that cannot be written to at this moment."""
        return self._turns.chats.busy(self._clock.monotonic())

    def paused_for(self) -> float:
        """Give the seconds for which Telegram asked the whole bot to be silent."""
        return max(0.0, self._turns.rhythm.paused_until - self._clock.monotonic())

    def allowed(self) -> int:
        """Give the requests a second that are possible now."""
        return self._turns.rhythm.allowed(self._clock.monotonic())

    def bulk_is_due(self) -> bool:
        """Tell whether the lowest lane has waited for its floor."""
        return self._turns.bulk_is_due()

    def trip(self) -> float:
        """Give the usual time a request takes, in seconds."""
        return self._turns.rhythm.trip()

    def silent_for(self, chat_id: ChatId) -> float:
        """Give the seconds for which Telegram asked not to write to this chat, or to anybody."""
        now = self._clock.monotonic()
        return max(0.0, self._turns.rhythm.paused_until - now, self._turns.chats.barred_until(chat_id) - now)

    async def _wait_patiently(
        self, waiter: Waiter[Ticket], patience: float | None, longest_pause: float
    ) -> Flight:
        self._impatient[waiter] = longest_pause
        self._dismiss_one(waiter)
        try:
            async with asyncio.timeout(patience):
                return await self._wait(waiter)
        except Paused:
            raise
        except TimeoutError as error:
            raise NoTurn from error
        finally:
            del self._impatient[waiter]

    def _dismiss(self) -> None:
        """After a refusal, send away whoever would have to wait longer than they are ready to."""
        for waiter in tuple(self._impatient):
            self._dismiss_one(waiter)

    def _dismiss_one(self, waiter: Waiter[Ticket]) -> None:
        silence = self.silent_for(waiter.chat_id)
        if silence > self._impatient[waiter] and not waiter.ticket.done():
            waiter.gone = True
            waiter.ticket.set_exception(Paused(silence))

    async def _wait(self, waiter: Waiter[Ticket]) -> Flight:
        if not waiter.gone:
            self._turns.add(waiter)
            self._serve()
        try:
            return await waiter.ticket
        except asyncio.CancelledError:
            waiter.gone = True
            if waiter.ticket.done() and not waiter.ticket.cancelled() and not waiter.ticket.exception():
                self._turns.lose(waiter, waiter.ticket.result(), self._clock.monotonic())
                self._serve()
            raise

    def _serve(self) -> None:
        """Let go whoever may go now, and come back when the next one may."""
        while (taken := self._turns.take(self._clock.monotonic())) is not None:
            waiter, flight = taken
            if waiter.ticket.done():
                self._turns.lose(waiter, flight, self._clock.monotonic())
            else:
                waiter.ticket.set_result(flight)
        self._come_back()

    def _come_back(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._clock.monotonic()
        at = self._turns.next_at(now)
        if at < math.inf:
            later = self._call_later or asyncio.get_running_loop().call_later
            self._timer = later(max(0.0, at - now), self._serve)


def has_turn() -> bool:
    """Tell whether the running task already holds a turn, so that nothing is counted twice."""
    return _has_turn.get()


def seconds_to_wait(refusal: RetryAfter) -> float:
    """Read `retry_after`, which is a timedelta or, for who does not opt in, a number of seconds."""
    wait = refusal.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()

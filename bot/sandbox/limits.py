"""How fast a bot may send: Telegram's limits as sliding windows.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about 30 messages a second
over all chats, one a second in one chat with short bursts, 20 a minute in a group. Edits count like sends
(levlam in https://github.com/tdlib/td/issues/3034); answerCallbackQuery is free
(https://github.com/tdlib/telegram-bot-api/issues/648).
"""

import math
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.errors import TooManyRequests

SECOND = 1.0
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Zero or less switches one limit off."""

    per_second: int = 30
    per_chat: float = 1.0
    burst: int = 3
    per_group_minute: int = 20


NO_LIMITS = Limits(per_second=0, per_chat=0, burst=0, per_group_minute=0)


@dataclass(slots=True)
class _Window:
    """The moments of what passed within the last seconds."""

    seconds: float
    moments: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> int:
        while self.moments and self.moments[0] <= now - self.seconds:
            self.moments.popleft()
        return len(self.moments)

    def wait(self, allowed: int, now: float) -> float:
        if allowed <= 0 or self.count(now) < allowed:
            return 0.0
        return self.moments[-allowed] + self.seconds - now


@dataclass(slots=True)
class _Bucket:
    """One message drips in each `1 / rate` seconds, up to the burst."""

    level: float
    at: float

    def wait(self, rate: float, size: int, now: float) -> float:
        if rate <= 0:
            return 0.0
        self.level = min(size, self.level + (now - self.at) * rate)
        self.at = now
        # what drips in at even steps must not fall short by a rounding error
        return 0.0 if self.level >= 1 - 1e-6 else (1 - self.level) / rate


class Gate:
    """Lets sends and edits pass, or says how long to wait."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.peak = 0
        self.refused = 0
        self._all = _Window(SECOND)
        self._groups: dict[int, _Window] = {}
        self._chats: dict[int, _Bucket] = {}

    def admit(self, chat_id: int, *, is_group: bool, now: float) -> None:
        """Count one send or edit.

        Raises:
            TooManyRequests: with the whole seconds to wait; what is refused is not counted.
        """
        wait = max(self._all.wait(self.limits.per_second, now), self._wait_in_chat(chat_id, is_group, now))
        if wait > 0:
            self.refused += 1
            raise TooManyRequests(max(1, math.ceil(wait)))
        self._pass(chat_id, is_group, now)

    def _wait_in_chat(self, chat_id: int, is_group: bool, now: float) -> float:
        if is_group:
            window = self._groups.setdefault(chat_id, _Window(MINUTE))
            return window.wait(self.limits.per_group_minute, now)
        bucket = self._chats.setdefault(chat_id, _Bucket(self.limits.burst, now))
        return bucket.wait(self.limits.per_chat, self.limits.burst, now)

    def _pass(self, chat_id: int, is_group: bool, now: float) -> None:
        self._all.moments.append(now)
        self.peak = max(self.peak, self._all.count(now))
        if is_group:
            self._groups[chat_id].moments.append(now)
        else:
            self._chats[chat_id].level -= 1

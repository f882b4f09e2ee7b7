"""When a chat may be written to again: one message a second with a short burst, a group twenty a minute."""

import math
from bisect import insort
from collections import deque
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

ChatId = int | str | None

# A little more than the second and the minute Telegram counts, for uneven ways to the server.
SECOND = 1.05
MINUTE = 60.5
TIDY_ABOVE = 4096


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """What Telegram lets one chat get: so many a second after a burst, and a group so many a minute."""

    per_second: float = 1.0
    burst: int = 3
    group_per_minute: int = 20


def is_group(chat_id: ChatId) -> bool:
    """Groups and channels have negative ids, or a name in public."""
    return isinstance(chat_id, str) or (chat_id is not None and chat_id < 0)


class Chats:
    """Remembers what each chat got lately, and forgets it when it no longer matters."""

    def __init__(self, limits: ChatLimits | None = None) -> None:
        self._limits = limits or ChatLimits()
        self._step = SECOND / self._limits.per_second
        self._paid_until: dict[ChatId, float] = {}
        self._groups: dict[ChatId, deque[float]] = {}
        self._barred: dict[ChatId, float] = {}
        self._held_up: set[int] = set()  # whoever may be busy: the others are not looked at again and again

    def ready_at(self, chat_id: ChatId) -> float:
        if chat_id is None:
            return -math.inf
        burst_at = self._paid_until.get(chat_id, -math.inf) - (self._limits.burst - 1) * self._step
        return max(burst_at, self._barred.get(chat_id, -math.inf), self._minute_at(chat_id))

    def leave(self, chat_id: ChatId, now: float) -> None:
        if chat_id is None:
            return
        self._paid_until[chat_id] = max(self._paid_until.get(chat_id, now), now) + self._step
        if is_group(chat_id):
            self._groups.setdefault(chat_id, deque(maxlen=self._limits.group_per_minute)).append(now)
        self._hold_up(chat_id, now)
        if len(self._paid_until) > TIDY_ABOVE:
            self._tidy(now)

    def arrived_late(self, chat_id: ChatId, left: float, seconds: float) -> None:
        """Count from the arrival what left at a moment, for the server does."""
        if chat_id in self._paid_until:
            self._paid_until[chat_id] += seconds
        sent = self._groups.get(chat_id)
        if sent is not None and left in sent:
            sent.remove(left)
            insort(sent, left + seconds)
        self._hold_up(chat_id, left + seconds)

    def bar(self, chat_id: ChatId, until: float) -> None:
        """Leave this chat alone until then, because Telegram said so."""
        self._barred[chat_id] = max(until, self._barred.get(chat_id, until))
        self._hold_up(chat_id, -math.inf)

    def barred_until(self, chat_id: ChatId) -> float:
        """Give the moment until which Telegram said to leave this chat alone."""
        return self._barred.get(chat_id, -math.inf)

    def busy(self, now: float) -> AbstractSet[int]:
        """Name the chats that may not be written to at this moment."""
        self._held_up = {chat_id for chat_id in self._held_up if self.ready_at(chat_id) > now}
        return frozenset(self._held_up)

    def _hold_up(self, chat_id: ChatId, now: float) -> None:
        if isinstance(chat_id, int) and self.ready_at(chat_id) > now:
            self._held_up.add(chat_id)

    def _minute_at(self, chat_id: ChatId) -> float:
        sent = self._groups.get(chat_id)
        return sent[0] + MINUTE if sent and len(sent) == self._limits.group_per_minute else -math.inf

    def _tidy(self, now: float) -> None:
        self._paid_until = {chat: until for chat, until in self._paid_until.items() if until > now}
        self._barred = {chat: until for chat, until in self._barred.items() if until > now}
        self._groups = {chat: sent for chat, sent in self._groups.items() if sent[-1] + MINUTE > now}

"""Whose turn it is: waiting requests by lane and chat, without a clock or a loop of its own."""

import math
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from bot.delivery.chats import ChatId, ChatLimits, Chats, is_group
from bot.delivery.messages import Lane
from bot.delivery.rhythm import PAUSE_MARGIN, WINDOW, Flight, Rhythm

T = TypeVar("T")

# Law 6: while an emergency waits, an own act goes only after two others went.
OTHERS_BETWEEN_OWN_ACTS = 2
# Boards and bulk get every tenth turn between them, unless an emergency or a correction waits: a thousand
# people whose own messages change do not leave the coordinator in front of old figures.
LOW = (Lane.BOARD, Lane.BULK)
OTHERS_BETWEEN_LOW = 9


@dataclass(slots=True, eq=False)
class Waiter(Generic[T]):
    """Somebody who waits for a turn; `gone` when they no longer want it."""

    lane: Lane
    chat_id: ChatId
    ticket: T
    gone: bool = False


_ORDER = tuple(Lane)

Entry = tuple[int, int, Waiter[T]]


@dataclass(slots=True)
class _Lanes(Generic[T]):
    """Waiters whose chat was free when last looked at, first come first served in each lane."""

    heaps: dict[Lane, list[Entry[T]]] = field(default_factory=lambda: {lane: [] for lane in Lane})

    def push(self, entry: Entry[T]) -> None:
        heappush(self.heaps[Lane(entry[0])], entry)

    def waits(self, lane: Lane) -> bool:
        return bool(self.heaps[lane])

    def any_waits(self) -> bool:
        return any(self.heaps.values())


class Turns(Generic[T]):
    """Decides who goes next, and when that may be. A chat that is not ready holds up nobody else."""

    def __init__(self, per_second: int, limits: ChatLimits | None = None) -> None:
        self.rhythm = Rhythm(per_second)
        self.chats = Chats(limits)
        self._lanes: _Lanes[T] = _Lanes()
        self._parked: dict[ChatId, list[Entry[T]]] = {}
        self._calls: list[tuple[float, int, ChatId]] = []
        self._called: set[ChatId] = set()
        self._numbers = count()
        self._since_own_act = self._since_low = self._since_bulk = 0
        self._low = list(LOW)
        self._went_well: tuple[float, ChatId] = (-math.inf, None)
        self._refused_since: set[ChatId] = set()

    def add(self, waiter: Waiter[T]) -> None:
        self._lanes.push((waiter.lane, next(self._numbers), waiter))

    def bulk_is_due(self) -> bool:
        """Tell whether so many others went that one of the lowest lane shall be at hand for its turn."""
        return self._since_bulk >= OTHERS_BETWEEN_LOW

    def next_at(self, now: float) -> float:
        """Give the moment when it is worth asking again; infinite when nobody waits."""
        somebody = self._lanes.any_waits()
        if not somebody and not self._calls:
            return math.inf
        ready = self.rhythm.ready_at(now)
        return ready if somebody else max(ready, self._calls[0][0])

    def take(self, now: float) -> tuple[Waiter[T], Flight] | None:
        """Let one go, if the allowance permits and somebody's chat is ready."""
        if self.rhythm.ready_at(now) > now:
            return None
        self._call_parked(now)
        for lane in self._order():
            waiter = self._first_ready(lane, now)
            if waiter is not None:
                return waiter, self._leave(waiter, now)
        return None

    def land(self, waiter: Waiter[T], flight: Flight, now: float) -> None:
        """Note an answer that was no refusal."""
        self.lose(waiter, flight, now)
        self._went_well = (now, waiter.chat_id)
        self._refused_since.clear()

    def lose(self, waiter: Waiter[T], flight: Flight, now: float) -> None:
        """Note that a request is over, with or without an answer."""
        self.chats.arrived_late(waiter.chat_id, flight.left, self.rhythm.land(flight, now))

    def refuse(self, waiter: Waiter[T], flight: Flight, retry_after: float, now: float) -> None:
        """Note a 429, and hold up the chat it is about, or everything."""
        self.lose(waiter, flight, now)
        if self._is_about_chat(waiter.chat_id, now):
            self.chats.bar(waiter.chat_id, now + retry_after * PAUSE_MARGIN)
        else:
            self.rhythm.refused(retry_after, now)
        self._refused_since.add(waiter.chat_id)

    def _is_about_chat(self, chat_id: ChatId, now: float) -> bool:
        if self._refused_since - {chat_id}:
            return False
        at, other = self._went_well
        return is_group(chat_id) or (now - at <= WINDOW and other != chat_id)

    def _order(self) -> list[Lane]:
        order = list(_ORDER)
        if self._lanes.waits(Lane.EMERGENCY):
            if self._since_own_act < OTHERS_BETWEEN_OWN_ACTS:
                order.remove(Lane.OWN_ACT)
                order.insert(order.index(Lane.EMERGENCY) + 1, Lane.OWN_ACT)
        elif self._since_low >= OTHERS_BETWEEN_LOW and not self._lanes.waits(Lane.CORRECTION):
            return [*self._low, *(lane for lane in order if lane not in LOW)]
        return order

    def _first_ready(self, lane: Lane, now: float) -> Waiter[T] | None:
        heap = self._lanes.heaps[lane]
        while heap:
            entry = heappop(heap)
            waiter = entry[2]
            if not waiter.gone:
                if self.chats.ready_at(waiter.chat_id) <= now:
                    return waiter
                heappush(self._parked.setdefault(waiter.chat_id, []), entry)
            self._plan_call(waiter.chat_id)
        return None

    def _leave(self, waiter: Waiter[T], now: float) -> Flight:
        self._since_own_act = 0 if waiter.lane is Lane.OWN_ACT else self._since_own_act + 1
        self._since_low += 1
        self._since_bulk = 0 if waiter.lane is Lane.BULK else self._since_bulk + 1
        if waiter.lane in LOW:
            self._since_low = 0
            self._low.sort(key=waiter.lane.__eq__)  # the other one is first the next time
        self.chats.leave(waiter.chat_id, now)
        self._plan_call(waiter.chat_id)
        return self.rhythm.leave(now)

    def _plan_call(self, chat_id: ChatId) -> None:
        """See to it that the next one parked for this chat is called when the chat is ready."""
        if chat_id in self._parked and chat_id not in self._called:
            self._called.add(chat_id)
            heappush(self._calls, (self.chats.ready_at(chat_id), next(self._numbers), chat_id))

    def _call_parked(self, now: float) -> None:
        while self._calls and self._calls[0][0] <= now:
            chat_id = heappop(self._calls)[2]
            self._called.discard(chat_id)
            parked = self._parked[chat_id]
            self._lanes.push(heappop(parked))
            if not parked:
                del self._parked[chat_id]

"""When the next request may leave: the whole bot's allowance, as Telegram's server will count it.

The server counts arrivals; we see only when a request left and when its answer came. Until its answer came,
a request may arrive at any moment; afterwards it is counted from its answer, before which it arrived. How the
trip divides into there and back nobody can see from here. So a delayed request makes the next ones wait
instead of making the server see one more than it allows.
"""

import math
from bisect import bisect_right, insort
from collections import deque
from dataclasses import dataclass

WINDOW = 1.001
# A little slower than allowed: uneven delays up to 7 ms then cost no time at all, longer ones a little.
EASE = 0.993
# A late timer may be made up for by so many places, so that lateness does not add up.
CATCH_UP = 2
AFTER_REFUSAL = 0.8
CLEAN_SECONDS = 10.0
PAUSE_MARGIN = 1.05
TRIPS_KNOWN = 64


@dataclass(slots=True, eq=False)
class Flight:
    """One request on its way."""

    left: float
    landed: bool = False


class Rhythm:
    """Spaces departures evenly and holds the law of the window; slows down after a refusal."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self.paused_until = -math.inf
        self._slowed_to = per_second
        self._clean_since = -math.inf
        self._place = -math.inf
        self._in_flight = 0
        self._arrivals: list[float] = []
        self._trips: deque[float] = deque(maxlen=TRIPS_KNOWN)

    def allowed(self, now: float) -> int:
        """Give the departures a second: fewer after a refusal, one more for each ten clean seconds."""
        if self._slowed_to >= self.per_second:
            return self.per_second
        climbed = max(0, int((now - self._clean_since) // CLEAN_SECONDS))
        return min(self.per_second, self._slowed_to + climbed)

    def ready_at(self, now: float) -> float:
        """Give the earliest moment for the next departure; infinite while only an answer can make room."""
        allowed = self.allowed(now)
        del self._arrivals[: bisect_right(self._arrivals, now - WINDOW)]
        return max(self._place, self.paused_until, self._room_at(allowed))

    def leave(self, now: float) -> Flight:
        step = 1 / (self.allowed(now) * EASE)
        self._place = max(self._place, now - CATCH_UP * step) + step
        self._in_flight += 1
        return Flight(now)

    def land(self, flight: Flight, now: float) -> float:
        """Note that the answer came, or that the request is over; give how late it may have arrived."""
        if flight.landed:
            return 0.0
        flight.landed = True
        self._in_flight -= 1
        self._trips.append(now - flight.left)
        insort(self._arrivals, now)
        return now - flight.left

    def trip(self) -> float:
        """Give the usual time from departure to answer, in seconds."""
        return sum(self._trips) / len(self._trips) if self._trips else 0.0

    def refused(self, retry_after: float, now: float) -> None:
        """Stop everything for what the server asks and a little more, then go on at four fifths."""
        until = now + retry_after * PAUSE_MARGIN
        if now >= self.paused_until:  # several refusals of the same moment slow down only once
            self._slowed_to = max(1, int(self.allowed(now) * AFTER_REFUSAL))
        self.paused_until = max(self.paused_until, until)
        self._clean_since = self.paused_until

    def _room_at(self, allowed: int) -> float:
        if self._in_flight >= allowed:
            return math.inf
        over = self._in_flight + len(self._arrivals) - allowed
        return -math.inf if over < 0 else self._arrivals[over] + WINDOW

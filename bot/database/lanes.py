"""A queue that one lane works off, so that units seldom meet; another opens while the open ones are slow."""

import threading
import time
from collections import deque

from bot.database.units import Unit

SLOW = 0.050  # seconds on one unit, or on a commit, after which a lane no longer speaks for the queue


class Lanes:
    """Who takes what is queued; a lane is a number that its worker holds until it finds the queue empty."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._queue: deque[Unit] = deque()
        self._busy_since: dict[int, float] = {}
        self._lock = threading.Lock()

    def put(self, unit: Unit) -> int | None:
        """Queue a unit; give the lane that has to be opened for it, if one has to."""
        with self._lock:
            self._queue.append(unit)
            return self._opened()

    def relieve(self) -> int | None:
        """Give the lane that has to be opened because those there are are slow, if one has to."""
        with self._lock:
            return self._opened() if self._queue else None

    @property
    def waiting(self) -> bool:
        return bool(self._queue)

    def take(self, lane: int) -> Unit | None:
        """Take the next unit, or close the lane."""
        with self._lock:
            if self._queue:
                return self._taken(lane)
            del self._busy_since[lane]
            return None

    def take_along(self, lane: int) -> Unit | None:
        """Take the next unit into the same commit, if there is one."""
        with self._lock:
            return self._taken(lane) if self._queue else None

    def goes_on(self, lane: int) -> None:
        """Note that a lane goes on to something else, as to its commit."""
        self._busy_since[lane] = time.monotonic()

    def _taken(self, lane: int) -> Unit:
        self.goes_on(lane)
        return self._queue.popleft()

    def _opened(self) -> int | None:
        slow = time.monotonic() - SLOW
        if any(since > slow for since in self._busy_since.values()):
            return None
        free = (lane for lane in range(self._most) if lane not in self._busy_since)
        lane = next(free, None)
        if lane is not None:
            self.goes_on(lane)
        return lane

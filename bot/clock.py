"""What time it is: the one place that asks the machine, so that everything else can be told."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Give the moment in UTC, with its zone."""

    def monotonic(self) -> float:
        """Give seconds that never go back, for pacing and waiting."""


class SystemClock:
    def now(self) -> datetime:
        """Give the moment in UTC, with its zone."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Give seconds that never go back, for pacing and waiting."""
        return time.monotonic()


class SteadyClock:
    """The moment in UTC that never goes back while the process lives: a clock put back makes no one wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last, self._at = clock.now(), clock.monotonic()

    def now(self) -> datetime:
        """Give the moment, at least as late as the last one and the seconds that passed since."""
        at = self._clock.monotonic()
        passed = self._last + timedelta(seconds=at - self._at)
        self._last, self._at = max(passed, self._clock.now()), at
        return self._last

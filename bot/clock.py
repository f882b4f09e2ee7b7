"""What time it is: the one place that asks the machine, so that everything else can be told."""

import time
from datetime import UTC, datetime
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

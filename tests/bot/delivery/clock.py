"""A clock for delivery's tests that only moves when it is told to."""

from datetime import UTC, datetime


class StandingClock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 9, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

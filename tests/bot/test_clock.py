"""A clock that was put back makes nobody wait, and one that was put forward is believed."""

from datetime import datetime, timedelta

from bot.clock import SteadyClock
from tests.bot.delivery.clock import StandingClock


class WallClock(StandingClock):
    def __init__(self) -> None:
        super().__init__()
        self.put = timedelta(0)

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.seconds) + self.put


def test_an_hour_back_is_not_gone_through_twice() -> None:
    wall = WallClock()
    steady, began = SteadyClock(wall), wall.now()
    wall.seconds = 5
    assert steady.now() == began + timedelta(seconds=5)
    wall.put = -timedelta(hours=1)
    wall.seconds = 6
    assert steady.now() == began + timedelta(seconds=6)
    wall.put = timedelta(hours=1)
    assert steady.now() == wall.now()

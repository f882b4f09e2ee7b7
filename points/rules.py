"""Rules for earning: what a deed is worth, up to what, how often, when, and for whom it is more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import prod

from points.months import Per
from points.rewards import Limit
from points.shelf import By, Verify
from points.windows import Window


class Part(StrEnum):
    """What a deed can be worth more for; in this order they are multiplied and written down."""

    AGE = "age"
    FIRST = "first"
    STREAK = "streak"
    AREA = "area"


@dataclass(frozen=True)
class Cap:
    """At most so many points by one activity in each period, for each resident or household."""

    points: int
    per: Per
    by: By = By.RESIDENT


@dataclass(frozen=True)
class AgeBand:
    """Ages from the youngest to the oldest, as reached in the calendar year."""

    youngest: int
    oldest: int
    percent: int


@dataclass(frozen=True)
class Streak:
    """So many weeks in a row with this activity, the present one included."""

    weeks: int
    percent: int


@dataclass(frozen=True)
class Multiplier:
    """Whose deed is worth more (or less), each in percent of the whole."""

    ages: tuple[AgeBand, ...] = ()
    first_time_percent: int | None = None
    streak: Streak | None = None
    areas: Mapping[str, int] = field(default_factory=dict)  # by area code

    def for_age(self, age: int | None) -> int | None:
        """Give the percent of an age; who does not say it has none."""
        if age is None:
            return None
        return next((band.percent for band in self.ages if band.youngest <= age <= band.oldest), None)

    def for_area(self, areas: Iterable[str]) -> int | None:
        """Give the percent of the first of these areas that has one: the innermost, if they come so."""
        return next((self.areas[code] for code in areas if code in self.areas), None)

    def could_be(self, part: Part, percent: int) -> bool:
        """Tell whether a part can have this percent at all."""
        known: dict[Part, set[int | None]] = {
            Part.AGE: {band.percent for band in self.ages},
            Part.FIRST: {self.first_time_percent},
            Part.STREAK: {self.streak.percent if self.streak else None},
            Part.AREA: set(self.areas.values()),
        }
        return percent in known[part]


PLAIN = Multiplier()


@dataclass(frozen=True)
class ActivityRule:
    """What an activity earns: once, by the hour in whole minutes, by the unit; how much at most, and when."""

    code: str
    names: Mapping[str, str]
    points: int = 0
    points_per_hour: int = 0
    cap: Cap | tuple[Cap, ...] | None = None
    verify: Verify = Verify.AUTOMATIC
    points_per_unit: int = 0
    unit: Mapping[str, str] | None = None
    limits: tuple[Limit, ...] = ()
    windows: tuple[Window, ...] = ()
    multiplier: Multiplier = PLAIN

    @property
    def caps(self) -> tuple[Cap, ...]:
        if self.cap is None:
            return ()
        return (self.cap,) if isinstance(self.cap, Cap) else self.cap

    def worth(self, minutes: int, units: int = 0, percents: Iterable[int] = ()) -> int:
        """Give what doing it earns before any cap: everything multiplied, then rounded down once."""
        parts = tuple(percents)
        once = self.points + self.points_per_unit * max(units, 0)
        sixtieths = 60 * once + self.points_per_hour * max(minutes, 0)
        return int(sixtieths * prod(parts) // (60 * 100 ** len(parts)))

    def is_open(self, local: datetime) -> bool:
        """Tell whether it earns at a moment on the neighbourhood's own clocks."""
        return not self.windows or any(window.holds(local) for window in self.windows)

    def opens(self, local: datetime) -> datetime | None:
        """Give when it earns again, on the neighbourhood's own clocks; None for never."""
        return min((at for window in self.windows if (at := window.opens(local))), default=None)

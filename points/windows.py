"""When a deed earns or a reward can be redeemed: days, hours and dates on the neighbourhood's own clocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
WEEK = 7
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Window:
    """When something is open: days of the week (0 is Monday), minutes of the day, first and last date.

    No days are all days. A window that begins later than it ends goes past midnight, of the day it began.
    """

    days: tuple[int, ...] = ()
    begins: int = 0
    ends: int = DAY_MINUTES
    since: date | None = None
    until: date | None = None

    def holds(self, local: datetime) -> bool:
        """Tell whether it is open at a moment on the neighbourhood's own clocks."""
        minute, today = local.hour * 60 + local.minute, local.date()
        if self.begins < self.ends:
            return self.begins <= minute < self.ends and self.is_on(today)
        late, early = minute >= self.begins, minute < self.ends
        return (late and self.is_on(today)) or (early and self.is_on(today - DAY))

    def is_on(self, day: date) -> bool:
        """Tell whether it opens on a day."""
        early, late = self.since and day < self.since, self.until and day > self.until
        return not early and not late and (not self.days or day.weekday() in self.days)

    def opens(self, local: datetime) -> datetime | None:
        """Give when it opens next, on the neighbourhood's own clocks; None where it stays as it is."""
        first = max(local.date(), self.since or local.date())
        start = time(self.begins // 60, self.begins % 60)
        for ahead in range(WEEK + 1):
            day = first + ahead * DAY
            at = datetime.combine(day, start, tzinfo=local.tzinfo)
            if at > local and self.is_on(day) and not self.holds(at - INSTANT):
                return at
        return None

    def next_opening(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Give when it opens next after a moment, in UTC; None where it stays as it is from then on."""
        opening = self.opens(moment.astimezone(zone))
        return None if opening is None else opening.astimezone(UTC)

    def has_ended(self, local: datetime) -> bool:
        """Tell whether it will never be open again."""
        return self.until is not None and local.date() > self.until and not self.holds(local)


def window_to_json(window: Window) -> dict[str, Any]:
    """Write a window down."""
    dates = {"since": _text(window.since), "until": _text(window.until)}
    return {"days": list(window.days), "begins": window.begins, "ends": window.ends} | dates


def window_from_json(said: Mapping[str, Any]) -> Window:
    """Read what was written."""
    since, until = (date.fromisoformat(said[key]) if said[key] else None for key in ("since", "until"))
    return Window(tuple(said["days"]), said["begins"], said["ends"], since, until)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

"""Days, weeks and months as the neighbourhood's own calendar counts them."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Per(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    """Give the month, as YYYY-MM, that a moment falls in."""
    local = moment.astimezone(zone)
    return f"{local.year:04d}-{local.month:02d}"


def months_later(month: str, count: int) -> str:
    """Give the month that comes `count` months after (or, below zero, before) another."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year:04d}-{number + 1:02d}"


def month_start(month: str, zone: ZoneInfo) -> datetime:
    """Give the first moment of a month, in UTC."""
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=zone).astimezone(UTC)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Give the first moment of a local day, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def monday(moment: datetime, zone: ZoneInfo) -> date:
    """Give the Monday of the local week that a moment falls in."""
    today = moment.astimezone(zone).date()
    return today - timedelta(days=today.weekday())


def day_end(moment: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """Give the midnight that ends the local day `days` after a moment, in UTC."""
    midnight = _midnight(moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days + 1))
    return midnight.replace(tzinfo=zone).astimezone(UTC)


def period_start(per: Per, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the first moment of the day, week (from Monday), month or year around a moment; None for ever."""
    today = _midnight(moment.astimezone(zone).replace(tzinfo=None))
    starts = {
        Per.DAY: today,
        Per.WEEK: today - timedelta(days=today.weekday()),
        Per.MONTH: today.replace(day=1),
        Per.YEAR: today.replace(month=1, day=1),
    }
    start = starts.get(per)
    return None if start is None else start.replace(tzinfo=zone).astimezone(UTC)


def period_end(per: Per, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the first moment after the day, week, month or year around a moment; None for ever."""
    start = period_start(per, moment, zone)
    if start is None:
        return None
    first = start.astimezone(zone).date()
    ends = {
        Per.DAY: first + timedelta(days=1),
        Per.WEEK: first + timedelta(weeks=1),
        Per.MONTH: (first + timedelta(days=31)).replace(day=1),
        Per.YEAR: first.replace(year=first.year + 1),
    }
    return day_start(ends[per], zone)


def _midnight(local: datetime) -> datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0)

"""Which of the nightly archives stay: each of a week, one a week of a month, one a month of a year."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

STAMP = "%Y%m%dT%H%M%SZ"
EACH_FOR = timedelta(days=7)
WEEKLY_FOR = timedelta(days=31)
MONTHLY_FOR = timedelta(days=366)


def archive_of(folder: Path, community: str, at: datetime) -> Path:
    """Name the archive of a moment."""
    return folder / f"{community}-{at.astimezone(UTC):{STAMP}}.zip"


def archives_in(folder: Path, community: str) -> dict[Path, datetime]:
    """Find the nightly archives of a community, each with its moment; any other file is none of ours."""
    found = {file: _moment(file, community) for file in folder.glob(f"{community}-*.zip")}
    return {file: at for file, at in found.items() if at is not None}


def to_drop(moments: Iterable[datetime], now: datetime) -> frozenset[datetime]:
    """Give those that need not stay; of each week and month the earliest one does, and always the newest."""
    ordered = sorted(moments)
    kept, weeks, months = set(ordered[-1:]), set[tuple[int, int]](), set[tuple[int, int]]()
    for at in ordered:
        week, month, age = at.isocalendar()[:2], (at.year, at.month), now - at
        first_of_week, first_of_month = week not in weeks, month not in months
        weeks.add(week)
        months.add(month)
        weekly, monthly = first_of_week and age <= WEEKLY_FOR, first_of_month and age <= MONTHLY_FOR
        if age <= EACH_FOR or weekly or monthly:
            kept.add(at)
    return frozenset(ordered) - kept


def prune(folder: Path, community: str, now: datetime) -> None:
    """Delete archives that need not stay, and what a kill in the middle of one left."""
    found = archives_in(folder, community)
    spare = to_drop(found.values(), now)
    for file, at in found.items():
        if at in spare:
            file.unlink(missing_ok=True)
    for left in folder.glob(f".{community}-*.zip.unfinished"):
        left.unlink(missing_ok=True)


def _moment(file: Path, community: str) -> datetime | None:
    try:
        return datetime.strptime(file.name, f"{community}-{STAMP}.zip").replace(tzinfo=UTC)
    except ValueError:
        return None

"""Old archives go, but never the newest, none of this week, and each month of the year keeps one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.keeping.pruning import EACH_FOR, MONTHLY_FOR, WEEKLY_FOR, archive_of, archives_in, prune, to_drop

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
AGES = st.lists(st.integers(0, 60 * 24 * 800), max_size=60, unique=True)


@given(AGES)
def test_what_stays_is_the_newest_this_week_and_the_first_of_each_month(minutes: list[int]) -> None:
    moments = {NOW - timedelta(minutes=one) for one in minutes}
    kept = moments - to_drop(moments, NOW)
    assert {one for one in moments if NOW - one <= EACH_FOR} <= kept
    assert not moments or max(moments) in kept
    for one in moments:
        month = {other for other in moments if (other.year, other.month) == (one.year, one.month)}
        if NOW - min(month) <= MONTHLY_FOR:
            assert min(month) in kept


@given(AGES)
def test_pruning_each_night_keeps_few(minutes: list[int]) -> None:
    moments = {NOW - timedelta(minutes=one) for one in minutes}
    old = {one for one in moments - to_drop(moments, NOW) if NOW - one > EACH_FOR}
    assert len(old) <= 6 + 13 + 1


def test_a_night_after_the_other_keeps_a_year() -> None:
    kept: set[datetime] = set()
    for night in range(800):
        now = NOW + timedelta(days=night)
        kept |= {now}
        kept -= to_drop(kept, now)
    ages = sorted((max(kept) - one).days for one in kept)
    assert ages[:8] == list(range(8))
    assert len(kept) <= 8 + 5 + 13
    assert ages[-1] > 300
    assert WEEKLY_FOR > EACH_FOR


def test_only_this_community_s_archives_are_pruned(tmp_path: Path) -> None:
    old = archive_of(tmp_path, "willow", NOW - timedelta(days=900))
    new = archive_of(tmp_path, "willow", NOW)
    others = [
        tmp_path / name for name in ("willow-mine.zip", "willow-bank-20200101T000000Z.zip", "before.zip")
    ]
    half = tmp_path / f".{new.name}.unfinished"
    for file in (old, new, half, *others):
        file.touch()
    assert archives_in(tmp_path, "willow").keys() == {old, new}
    prune(tmp_path, "willow", NOW)
    assert set(tmp_path.iterdir()) == {new, *others}

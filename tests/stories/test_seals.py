"""Stories of the seals: set by the clock, caught up after downtime, and printed where everybody reads."""

from points import month_root, short_root
from shoppers import earns
from town import Town


async def test_each_hour_with_something_new_is_sealed_and_each_month_at_its_end(town: Town) -> None:
    mei = await town.resident("Mei")
    await earns(town, mei, "first")
    await town.later(hours=1)
    await town.later(hours=3)
    assert [row["size"] for row in await town.rows("seal")] == [1]
    await earns(town, mei, "second")
    await town.close()
    town.clock.wind(days=70)
    await town.open()
    await town.later(seconds=1)
    sealed = await town.rows("seal")
    assert sum(row["size"] for row in sealed) == 2
    assert [row["month"] for row in sealed if row["month"]] == ["2026-11", "2026-12"]
    await town.restart()
    await town.later(minutes=5)
    assert await town.rows("seal") == sealed


async def test_the_months_seal_is_read_under_its_leaderboard(town: Town) -> None:
    mei = await town.resident("Mei")
    await earns(town, mei, "first")
    await town.later(days=25)
    root = await town.app.database.read(month_root, "2026-11")
    assert root is not None
    await mei.hears("leaderboard of November 2026", short_root(root))

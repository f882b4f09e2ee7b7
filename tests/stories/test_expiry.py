"""Stories of points that expire: told in time, taken once, also after downtime and after a kill."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from bot.database import writing_engine
from bot.migrating import migrate
from bot.neighbourhood import SAMPLE, load
from bot.settling import settle
from points import Deserved, award_all, verify
from points import expiry as rules
from shoppers import earns
from town import Town

NEWS = "after that day they are gone"


async def test_those_concerned_are_told_twice_and_the_points_go_once(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("阿宝", language="zh")
    await town.resident("Zoe")
    await earns(town, mei, "first")
    await earns(town, bo, "second")
    await mei.says("/points")
    await mei.hears("2027-11-30")
    await _to(town, datetime(2027, 11, 1, 1, tzinfo=UTC))  # nine o'clock, thirty days before
    await mei.hears("Use 20 points by 2027-11-30", NEWS)
    await bo.hears("请在 2027-11-30 前用掉 20 分")
    await mei.taps("🎁", on=NEWS)
    await mei.hears("Tap a reward")  # in the place of the news
    await _to(town, datetime(2027, 11, 24, 1, tzinfo=UTC))  # seven days before
    await mei.sees(lambda one: NEWS in one.text, "the second news")
    await town.restart()
    await _to(town, datetime(2027, 11, 30, 15, 59, tzinfo=UTC))
    assert await _expired(town) == []
    await _to(town, datetime(2027, 11, 30, 16, 1, tzinfo=UTC))
    await town.restart()
    await _to(town, datetime(2027, 12, 5, tzinfo=UTC))
    assert await _expired(town) == [20, 20]
    await mei.says("/points")
    await mei.hears("Neighbourhood points: 0", "−20")
    assert [NEWS in one.text for one in await mei.bubbles()].count(True) == 1
    assert ["请在" in one.text for one in await bo.bubbles()].count(True) == 2
    assert (await town.app.database.read(verify)).problems == ()


async def test_who_spent_or_earned_later_is_not_troubled(town: Town) -> None:
    mei = await town.resident("Mei")
    await _to(town, datetime(2027, 3, 10, tzinfo=UTC))
    await earns(town, mei, "later")
    await _to(town, datetime(2027, 12, 5, tzinfo=UTC))
    assert await _expired(town) == []
    assert not [one for one in await mei.bubbles() if NEWS in one.text]


async def test_after_a_long_pause_each_month_is_caught_up_and_only_news_in_time_is_told(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo")
    await earns(town, mei, "first")
    await town.close()
    town.clock.wind(days=61)
    await town.open()
    await earns(town, bo, "second")
    await town.close()
    town.clock.wind(days=450)
    await town.open()
    await town.later(seconds=1)
    assert await _expired(town) == [20, 20]
    keys = [row["key"].split(":")[1] for row in await town.rows("transfer") if row["kind"] == "expiry"]
    assert keys == ["2027-12", "2028-02"]
    await town.later(minutes=2)  # the news of the coming month waits for the runs that were missed
    assert not [one for one in [*await mei.bubbles(), *await bo.bubbles()] if NEWS in one.text]


@pytest.mark.parametrize("changes", [{"expire_months = 12": "expire_months = 0"}])
async def test_where_points_never_expire_nobody_is_told_and_nothing_goes(town: Town) -> None:
    mei = await town.resident("Mei")
    await earns(town, mei, "first")
    await town.later(days=900)
    assert await _expired(town) == []
    assert not [one for one in await mei.bubbles() if NEWS in one.text]


async def test_many_are_told_and_lose_their_points_step_by_step(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "AT_ONCE", 2)
    monkeypatch.setattr(rules, "TOLD_AT_ONCE", 1)
    people = [await town.resident(f"Person {number}") for number in range(5)]
    for number, phone in enumerate(people):
        await earns(town, phone, f"deed {number}")
    await _to(town, datetime(2027, 11, 24, 2, tzinfo=UTC))
    for phone in people:
        await phone.hears(NEWS)
    await _to(town, datetime(2027, 12, 1, tzinfo=UTC))
    assert await _expired(town) == [20] * 5
    for phone in people:
        assert [NEWS in one.text for one in await phone.bubbles()].count(True) == 1


RUN = """
import asyncio, sys
from datetime import UTC, datetime
from points import expiry
from bot.chat.due import jobs, plan_ahead
from bot.chat.house import House
from bot.database import Database
from bot.neighbourhood import SAMPLE, load
from bot.schedule import Schedule

class Clock:
    def now(self): return datetime.fromisoformat(sys.argv[2])
    def monotonic(self): return 0.0

async def main():
    house = House(load(SAMPLE), bot_id=1, bot_username="linli_bot")
    async with Database(sys.argv[1]) as database:
        await database.write(plan_ahead, house, datetime(2026, 11, 10, tzinfo=UTC))
        await Schedule(database, jobs(house), Clock()).run_due()

expiry.AT_ONCE = 1
asyncio.run(main())
"""


def test_a_kill_in_the_middle_of_a_run_takes_from_everybody_exactly_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'linli.db'}"
    migrate(url)
    _many_earned(url, people=150)
    command = [sys.executable, "-c", RUN, url, "2027-12-02T00:00:00+00:00"]
    killed = 0
    for goal in (20, 60):
        process = subprocess.Popen(command)
        if _wait_until(tmp_path, goal, process):
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
    assert killed
    subprocess.run(command, check=True)
    assert _taken(tmp_path) == 150
    engine = writing_engine(url)
    with Session(engine) as session:
        assert verify(session).problems == ()
    engine.dispose()


def _wait_until(folder: Path, goal: int, process: subprocess.Popen[bytes]) -> bool:
    patience = time.monotonic() + 60
    while _taken(folder) < goal:
        assert time.monotonic() < patience
        if process.poll() is not None:
            return False
    return True


def _taken(folder: Path) -> int:
    database = sqlite3.connect(folder / "linli.db")
    [[count]] = database.execute("SELECT count(*) FROM transfer WHERE kind = 'expiry'")
    database.close()
    return int(count)


def _many_earned(url: str, *, people: int) -> None:
    then = datetime(2026, 11, 10, tzinfo=UTC)
    engine = writing_engine(url)
    with Session(engine) as session:
        settle(session, load(SAMPLE), then)
        deserved = [Deserved(number, f"deed:{number}") for number in range(1, people + 1)]
        zone = ZoneInfo("Asia/Shanghai")
        award_all(session, activity="callout", deserved=deserved, now=then, zone=zone)
        session.commit()
    engine.dispose()


async def _to(town: Town, moment: datetime) -> None:
    """Let time pass up to a moment; the last minute is for news that waits for runs that were missed."""
    await town.later(seconds=(moment - town.clock.now()).total_seconds() - 60)
    await town.later(minutes=1)


async def _expired(town: Town) -> list[int]:
    return [row["amount"] for row in await town.rows("transfer") if row["kind"] == "expiry"]

"""Stories of updates that come twice, at a bad moment or while nobody listens: each counts once, in order."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session

from bot import intake
from bot.database import DatabaseBusy
from bot.intake import Heard, ear, heard, mouth, take
from bot.sandbox.handset import Handset
from town import Town


def _updates(town: Town, phone: Handset, *texts: str, first: int = 10) -> list[Heard]:
    who = {"id": phone.person_id, "is_bot": False, "first_name": phone.name, "language_code": "en"}
    found = []
    for number, text in enumerate(texts):
        message: dict[str, Any] = {
            "message_id": 9000 + number,
            "date": 1_700_000_000,
            "chat": {"id": phone.person_id, "type": "private", "first_name": phone.name},
            "from": who,
            "text": text,
        }
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        found.append(heard(json.dumps({"update_id": first + number, "message": message}).encode()))
    return found


def _take(session: Session, bot_id: int, updates: list[Heard], now: datetime) -> int:
    return len(take(session, bot_id=bot_id, updates=updates, now=now))


async def test_each_step_of_joining_survives_a_restart(town: Town) -> None:
    bo = await town.stranger("Bo")
    await bo.says("/start")
    await bo.sees(lambda one: one.button("✅") is not None, "the consent")
    await town.restart()
    await bo.taps("✅")
    await town.restart()
    await bo.says("Bo Li")
    await bo.hears("Where do you live")
    await town.restart()
    await bo.taps("🏠 Grid 1")
    await town.restart()
    await bo.taps("🏠 Building 2")
    await town.restart()
    await bo.taps(town.team_button("fire", "en"))
    await bo.hears("Bo Li", "Building 2", "Fire station")


async def test_a_preview_survives_a_restart(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly The words")
    await lin.sees(lambda one: one.button("🚨") is not None, "the preview")
    await town.restart()
    await lin.taps("🎯")
    await town.restart()
    await lin.says("4")
    await lin.hears("4 people")
    await town.restart()
    await lin.taps("🚨")
    await wei.hears("The words")
    await lin.sees(lambda one: one.button("🏁") is not None, "the board")
    await town.restart()
    await wei.taps("✅")
    await lin.hears("On the way: Wei")


async def test_the_same_update_twice_counts_once(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    updates = _updates(town, wei, "/me", "/teams")
    bot_id, now = town.app.house.bot_id, town.clock.now()
    assert await town.app.database.write(_take, bot_id, updates, now) == 2
    assert await town.app.database.write(_take, bot_id, updates, now) == 0
    again = _updates(town, wei, "/teams", "/points", first=11)
    assert await town.app.database.write(_take, bot_id, again, now) == 1
    assert len([row for row in await town.rows("intake") if row["update_id"] in (10, 11, 12)]) == 3


async def test_what_was_taken_before_a_crash_is_done_after_it_once_and_in_order(town: Town) -> None:
    bo = await town.stranger("Bo")
    await bo.says("hello")
    await bo.sees(lambda one: one.button("✅") is not None, "the consent")
    words = ("/start a_b1", "1", "Bo Li", "not now", "/me")
    updates = _updates(town, bo, *words)
    await town.app.database.write(_take, town.app.house.bot_id, updates, town.clock.now())
    ours = range(10, 10 + len(words))
    waiting = [row for row in await town.rows("intake") if row["update_id"] in ours]
    assert [row["state"] for row in waiting] == ["waiting"] * len(words)
    assert [json.loads(row["body"])["message"]["text"] for row in waiting] == list(words)
    await town.restart()
    await bo.hears("My card", "Bo Li", "Building 1")
    await town.restart()
    assert [row["name"] for row in await town.rows("resident")] == ["Bo Li"]
    assert len([one for one in await bo.bubbles() if "My card" in one.text]) == 1
    assert all(row["state"] == "done" and row["body"] is None for row in await town.rows("intake"))


async def test_what_came_while_the_bot_was_down_is_done_when_it_is_up(town: Town) -> None:
    mei = await town.resident("Mei")
    await town.close()
    await mei.says("/teams")
    await mei.says("/points")
    await town.open()
    await mei.hears("Neighbourhood points: 0")
    texts = [one.text for one in await mei.bubbles()]
    assert next(line for line in texts if "One core" in line or "points: 0" in line).startswith("One core")


async def test_ones_own_updates_stay_in_order_while_others_come_between(town: Town) -> None:
    phones = [await town.stranger(f"P{number}") for number in range(5)]
    for words in ("/start a_b1", "1", "Person", "not now", "/me"):
        for phone in phones:
            await phone.says(words)
    for phone in phones:
        await phone.hears("My card", "Person", "Building 1")
    assert len(await town.rows("resident")) == 5


async def test_an_answer_that_is_lost_on_the_way_loses_no_update(town: Town) -> None:
    mei = await town.resident("Mei")
    fault = {"method": "getUpdates", "status": 502, "count": 1, "applied": True}
    await town.client.post("/sim/faults", json=fault)
    before = await _polls(town)
    await mei.says("/points")
    while await _polls(town) == before:
        pass  # until the poll whose answer will be lost waits, or has lost its answer
    await mei.says("/teams")
    await mei.hears("One core four wings")
    await mei.hears("Neighbourhood points: 0")
    said = [one.text for one in await mei.bubbles()]
    assert [sum(words in one for one in said) for words in ("One core", "points: 0")] == [1, 1]


async def _polls(town: Town) -> int:
    """Count how often the bot has asked for updates."""
    return int((await town.client.get("/sim/statistics")).json()["calls"]["getUpdates"])


@pytest.mark.parametrize("unit", [intake.take, intake.finish])
@pytest.mark.parametrize("committed", [False, True])
async def test_a_database_that_fails_for_a_moment_loses_nothing_and_repeats_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, unit: Callable[..., object], committed: bool
) -> None:
    mei = await town.resident("Mei")
    monkeypatch.setattr(ear, "AFTER_TROUBLE", 0.0)
    monkeypatch.setattr(mouth, "AFTER_TROUBLE", 0.0)
    failed = _fails_once(town, monkeypatch, unit, committed=committed)
    await mei.says("/teams")
    await mei.hears("One core four wings")
    await mei.says("/points")
    await mei.hears("Neighbourhood points: 0")
    await asyncio.wait_for(failed.wait(), 60)
    await town.restart()
    await mei.says("/me")
    await mei.hears("My card")
    assert len([one for one in await mei.bubbles() if "One core" in one.text]) == 1


async def test_what_cannot_be_noted_holds_up_no_stop_and_is_left_to_the_next_start(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = await town.resident("Mei")
    with monkeypatch.context() as broken:
        _fails_once(town, broken, intake.finish, committed=False, times=1000)
        await mei.says("/teams")
        await mei.hears("One core four wings")
        await town.close()
    await town.open()
    await town.restart()
    assert {row["state"] for row in await town.rows("intake")} == {"done"}


def _fails_once(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    unit: Callable[..., object],
    *,
    committed: bool,
    times: int = 1,
) -> asyncio.Event:
    """Let a unit fail at its next writing: before the commit, or when only the answer was still to come."""
    database, failed, left = town.app.database, asyncio.Event(), iter(range(times))
    write = database.write

    async def flaky(what: Callable[..., object], *args: Any, **facts: Any) -> Any:
        if what is not unit or next(left, None) is None:
            return await write(what, *args, **facts)
        if committed:
            await write(what, *args, **facts)
        failed.set()
        raise DatabaseBusy

    monkeypatch.setattr(database, "write", flaky)
    return failed


async def test_bodies_are_erased_after_a_day_whatever_became_of_them(town: Town) -> None:
    mei = await town.resident("Mei")
    updates = _updates(town, mei, "/me")
    await town.app.database.write(_take, town.app.house.bot_id, updates, town.clock.now())
    assert [row for row in await town.rows("intake") if row["body"]]
    await town.later(hours=25)
    assert not [row for row in await town.rows("intake") if row["body"]]
    await town.later(hours=25)
    assert not [row for row in await town.rows("intake") if row["update_id"] == 10]


async def test_an_update_that_nobody_can_read_holds_up_no_other(town: Town) -> None:
    mei = await town.resident("Mei")
    await town.close()
    await mei.says("/teams")
    for odd in ([], {"message_id": "x", "date": "yesterday"}, {"message_id": 1, "date": 1, "from": {}}):
        town.sandbox.room.updates.add("message", odd)
    await mei.says("/points")
    await town.open()
    await mei.hears("Neighbourhood points: 0")
    assert len([one for one in await mei.bubbles() if "One core" in one.text]) == 1
    await mei.says("/me")
    await mei.hears("My card")

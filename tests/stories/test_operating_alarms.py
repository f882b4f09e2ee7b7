"""Stories of what coordinators hear of the bot's own running: strangers, people who wait, absence."""

import asyncio
from typing import Any

import httpx
import pytest

from bot.app import opened
from bot.intake import ear
from bot.introducing import CannotStartError
from bot.sandbox.handset import Handset
from town import Town


async def coordinators(town: Town) -> tuple[Handset, Handset]:
    return await town.coordinator("Lin"), await town.coordinator("林", language="zh")


async def test_a_foreign_webhook_is_told_and_put_right(town: Town) -> None:
    lin, her = await coordinators(town)
    await town.close()
    await town.client.post(f"/bot{town.sandbox.token}/setWebhook", json={"url": "https://evil.example/x"})
    await town.open()
    await lin.hears("look now", "evil.example")
    await her.hears("请马上", "evil.example")
    await lin.says("/points")
    await lin.hears("Neighbourhood points")
    assert (await town.app.bot.get_webhook_info()).url == ""


async def test_a_foreign_webhook_set_while_we_poll_is_told_and_put_right(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "AFTER_CONFLICT", 0.01)
    lin = await town.coordinator("Lin")
    await town.client.post(f"/bot{town.sandbox.token}/setWebhook", json={"url": "http://127.0.0.1:9/x"})
    await lin.says("/teams")
    await lin.hears("look now", "127.0.0.1")
    await lin.hears("One core")


async def test_our_own_earlier_webhook_alarms_nobody(town: Town) -> None:
    lin = await town.coordinator("Lin")
    polling = town.settings
    port = town.app.hearing.listens_at[0].port
    await town.close()
    town.settings = polling.model_copy(update={"webhook_url": f"http://127.0.0.1:{port}/x"})
    await town.open()
    await town.close()
    town.settings = polling
    await town.open()
    await lin.says("/points")
    await lin.hears("Neighbourhood points")
    assert not [one for one in await lin.bubbles() if "look now" in one.text]


async def test_another_instance_that_polls_again_and_again_is_told_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "AFTER_CONFLICT", 0.01)
    lin, her = await coordinators(town)
    fault = {
        "method": "getUpdates",
        "status": 409,
        "count": 8,
        "description": "Conflict: terminated by other",
    }
    await town.client.post("/sim/faults", json=fault)
    await lin.says("/points")
    await lin.hears("another program is signed in")
    await her.hears("另一个程序")
    await lin.hears("Neighbourhood points")
    assert len([one for one in await lin.bubbles() if "another program" in one.text]) == 1


async def test_taps_that_wait_over_a_minute_are_told_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin, her = await coordinators(town)
    mouth, came, go = town.app.hearing.mouth, asyncio.Event(), asyncio.Event()
    handle = mouth._handle_update

    async def slow(update: Any) -> None:
        if update.callback_query:
            came.set()
        await go.wait()
        await handle(update)

    monkeypatch.setattr(mouth, "_handle_update", slow)
    bubble = await lin.sees(lambda one: one.button("🏠") is not None, "the card")
    await lin.does("tap", {"message_id": bubble.message_id, "label": bubble.button("🏠")})
    await asyncio.wait_for(came.wait(), 60)
    await town.app.hearing.taps.look()
    town.clock.wind(seconds=61)
    for _ in range(3):
        await town.app.hearing.taps.look()
    await lin.hears("waiting for an answer since 10:00")
    await her.hears("从 10:00 起")
    go.set()
    assert len([one for one in await lin.bubbles() if "waiting for an answer" in one.text]) == 1


async def test_an_absence_of_more_than_five_minutes_is_told_with_what_was_missed(town: Town) -> None:
    lin, her = await coordinators(town)
    await town.close()
    town.clock.wind(minutes=4)
    await town.open()
    await town.close()
    town.clock.wind(hours=2)
    await lin.says("/points")
    await town.open()
    await lin.hears("did not run from 2026-11-10 10:04 to 2026-11-10 12:04", "1 message came")
    await her.hears("2026-11-10 10:04", "1 条消息")
    await town.restart()
    assert len([one for one in await lin.bubbles() if "did not run" in one.text]) == 1


async def test_the_token_of_another_bot_is_refused_unless_it_is_meant(town: Town) -> None:
    await town.close()
    room = town.sandbox.room
    room.bot = {**room.bot, "id": 7_000_000_009, "username": "other_bot"}
    with pytest.raises(CannotStartError, match=r"belongs to @linli_demo_bot.*@other_bot.*--new-bot"):
        async with opened(town.settings, town.clock, town.clock.pace()):
            pass
    async with opened(town.settings, town.clock, town.clock.pace(), new_bot=True):
        pass
    await town.open()


async def test_health_and_figures_are_there_for_who_asks(town: Town) -> None:
    mei = await town.resident("Mei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly The words")
    await lin.taps("🚨")
    await mei.hears("The words")
    await lin.hears("delivered 1")
    [address] = town.app.hearing.listens_at
    await town.app.schedule.run_due()
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ok")
        shown = (await client.get("/metrics")).text
        assert (await client.get("/elsewhere")).status_code == 404
    assert "linli_updates_waiting 0.0" in shown
    assert 'linli_well{part="sender"} 1.0' in shown
    assert 'linli_messages_of_the_day{lane="emergency",reason="",state="sent"} 2.0' in shown
    assert "linli_refused_429_total 0.0" in shown
    assert town.sandbox.token not in shown
    assert "Mei" not in shown
    assert "words" not in shown


async def test_it_is_not_ready_without_the_lease_or_the_poll(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    [address] = town.app.hearing.listens_at
    await town.app.schedule.run_due()
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        monkeypatch.setattr(town.app.sender._holding, "fence", None)
        assert (await client.get("/readyz")).json()["sender"] is False
        monkeypatch.setattr(ear, "SILENT_FOR", 0.0)
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["intake"]) == (503, False)
        assert (await client.get("/healthz")).status_code == 200

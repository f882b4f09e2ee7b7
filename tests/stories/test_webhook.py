"""Stories by webhook: Telegram brings each update, and hears 200 only when it is stored."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from bot import intake
from bot.addresses import Address
from bot.database import DatabaseBusy
from bot.remembered import WEBHOOK_SECRET
from bot.web import webhook
from town import Town

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram/updates"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
async def hooked(town: Town, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """Give a town whose updates are brought by webhook, with patience on a slow machine."""
    monkeypatch.setattr(webhook, "WAIT_FOR_ANSWER", 30.0)
    await town.close()
    listen = Address("127.0.0.1", free_port())
    town.settings = town.settings.model_copy(
        update={"listen": listen, "webhook_url": f"http://{listen}{PATH}"}
    )
    await town.client.delete("/sim/statistics")
    await town.open()
    yield town
    assert "getUpdates" not in (await figures(town))["calls"]


async def figures(town: Town) -> Any:
    return (await town.client.get("/sim/statistics")).json()


async def secret(town: Town) -> str:
    kept = {row["name"]: row["value"] for row in await town.rows("remembered")}
    return str(kept[WEBHOOK_SECRET])


async def brings(town: Town, body: bytes, **headers: str) -> int:
    """Bring something to the webhook as somebody who knows its secret; give the status of the answer."""
    known = {SECRET_HEADER: await secret(town), **headers}
    async with httpx.AsyncClient() as client:
        answer = await client.post(str(town.settings.webhook_url), content=body, headers=known)
        return answer.status_code


async def test_joining_and_a_call_out_by_webhook(hooked: Town) -> None:
    wei = await hooked.resident("Wei", team="clinic")
    lin = await hooked.coordinator("Lin")
    await lin.says("/callout elderly The words")
    await lin.taps("🚨")
    await wei.hears("The words")
    await wei.taps("✅")
    await wei.taps("🚶 5")
    await lin.hears("On the way: Wei")
    said = await figures(hooked)
    assert said["in_responses"] > 0
    assert said["calls"]["setWebhook"] == 1


async def test_who_does_not_know_the_secret_is_turned_away(hooked: Town) -> None:
    before = await hooked.rows("intake")
    assert await brings(hooked, b'{"update_id": 1}', **{SECRET_HEADER: "guessed"}) == 401
    assert await brings(hooked, b'{"update_id": 1}', **{SECRET_HEADER: ""}) == 401
    assert await brings(hooked, b" " * (1024 * 1024 + 1)) == 413
    assert await brings(hooked, b"no json") == 400
    assert await brings(hooked, b'{"ok": true}') == 400
    assert await hooked.rows("intake") == before


async def test_the_same_update_twice_and_one_of_an_unknown_type_are_taken_once(hooked: Town) -> None:
    unknown = b'{"update_id": 5, "something_of_the_future": {"from": {"id": 12}}}'
    odd = b'{"update_id": 6, "message": {"message_id": "x"}}'
    assert [await brings(hooked, body) for body in (unknown, unknown, odd)] == [200, 200, 200]
    mei = await hooked.resident("Mei")
    await mei.says("/me")
    await mei.hears("My card")
    assert [row["update_id"] for row in await hooked.rows("intake") if row["update_id"] < 10] == [5, 6]
    await hooked.restart()
    assert {row["state"] for row in await hooked.rows("intake")} == {"done"}


async def test_what_the_database_cannot_store_comes_again(
    hooked: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = await hooked.resident("Mei")
    database, left = hooked.app.database, iter(range(2))
    write = database.write

    async def flaky(what: Callable[..., object], *args: Any, **facts: Any) -> Any:
        if what is intake.take and next(left, None) is not None:
            raise DatabaseBusy
        return await write(what, *args, **facts)

    monkeypatch.setattr(database, "write", flaky)
    await mei.says("/teams")
    await mei.says("/points")
    await mei.hears("Neighbourhood points: 0")
    texts = [one.text for one in await mei.bubbles()]
    assert len([one for one in texts if "One core" in one]) == 1
    assert next(one for one in texts if "One core" in one or "points: 0" in one).startswith("One core")
    known = await hooked.app.bot.get_webhook_info()
    assert known.last_error_message == "Wrong response from the webhook: 503"


async def test_what_was_stored_before_a_kill_is_dealt_with_at_the_next_start(
    hooked: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = await hooked.resident("Mei")

    async def dies(*_: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as broken:
        broken.setattr(hooked.app.hearing.mouth, "_handle_update", dies)
        said = {
            "message_id": 9000,
            "date": 1_700_000_000,
            "text": "/teams",
            "chat": {"id": mei.person_id, "type": "private"},
            "from": {"id": mei.person_id, "is_bot": False, "first_name": "Mei"},
        }
        body = json.dumps({"update_id": 7, "message": said}, indent=1).encode()
        assert await brings(hooked, body) == 200
        [row] = [row for row in await hooked.rows("intake") if row["update_id"] == 7]
        assert row["state"] == "waiting"
        assert row["body"] == body
        for task in tuple(hooked.app.hearing.mouth._lanes._last.values()):
            task.cancel()
    await hooked.restart()
    await mei.hears("One core four wings")


async def test_what_came_while_the_bot_was_down_is_brought_when_it_is_up(hooked: Town) -> None:
    mei = await hooked.resident("Mei")
    before = await secret(hooked)
    await hooked.close()
    await mei.says("/teams")
    await mei.says("/points")
    await hooked.open()
    await mei.hears("Neighbourhood points: 0")
    texts = [one.text for one in await mei.bubbles()]
    assert next(one for one in texts if "One core" in one or "points: 0" in one).startswith("One core")
    assert await secret(hooked) == before

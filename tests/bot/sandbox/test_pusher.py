"""Updates brought to a webhook: each person's in order, again until they were taken, with the secret."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from bot.addresses import Address
from bot.sandbox import Sandbox, serve
from bot.web.server import serve as listen
from bot.web.site import Answer, Request, Site, as_json

TOKEN = "7000000001:pushed-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@dataclass
class Hook:
    """A bot's webhook that refuses as often as it is told to, and answers with a call."""

    refusals: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[bytes] = field(default_factory=set)
    all_came: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0

    async def page(self, request: Request) -> Answer:
        self.secrets.add(request.header(b"x-telegram-bot-api-secret-token"))
        body = (await request.receive())["body"]
        if self.refusals:
            self.refusals -= 1
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        update = json.loads(body)
        self.heard.append(update)
        if len(self.heard) == self.wanted:
            self.all_came.set()
        chat_id = update["message"]["chat"]["id"]
        return as_json(HTTPStatus.OK, {"method": "sendMessage", "chat_id": chat_id, "text": "taken"})


@pytest.fixture
async def room() -> AsyncIterator[httpx.AsyncClient]:
    async with serve(Sandbox(token=TOKEN)) as address, httpx.AsyncClient(base_url=address) as client:
        yield client


async def test_each_person_s_updates_come_in_order_and_again_until_they_are_taken(
    room: httpx.AsyncClient,
) -> None:
    hook = Hook(refusals=3, wanted=6)
    async with listen(Site({"/hook": hook.page}), Address("127.0.0.1", 0)) as address:
        set_to = {"url": f"http://{address}/hook", "secret_token": "between-us"}
        assert (await room.post(f"/bot{TOKEN}/setWebhook", json=set_to)).json()["ok"]
        people = [(await room.post("/sim/people", json={"first_name": name})).json()["id"] for name in "AB"]
        for number in range(3):
            for person in people:
                await room.post(f"/sim/people/{person}/text", json={"text": f"/start {number}"})
        await asyncio.wait_for(hook.all_came.wait(), 60)
        known = (await room.post(f"/bot{TOKEN}/getWebhookInfo")).json()["result"]
        shown = await room.get(f"/sim/chats/{people[0]}/messages", params={"after": 0, "wait": 5})
    assert hook.secrets == {b"between-us"}
    for person in people:
        said = [one["message"]["text"] for one in hook.heard if one["message"]["from"]["id"] == person]
        assert said == ["/start 0", "/start 1", "/start 2"]
    assert known["last_error_message"] == "Wrong response from the webhook: 503"
    assert any(one["text"] == "taken" for one in shown.json()["messages"])


async def test_a_poll_beside_a_webhook_is_refused_and_a_poll_that_waits_ends(room: httpx.AsyncClient) -> None:
    polling = asyncio.create_task(room.post(f"/bot{TOKEN}/getUpdates", json={"timeout": 30}, timeout=60))
    while "getUpdates" not in (await room.get("/sim/statistics")).json()["calls"]:
        pass
    await room.post(f"/bot{TOKEN}/setWebhook", json={"url": "http://127.0.0.1:9/hook"})
    assert (await polling).status_code == 409
    assert (await room.post(f"/bot{TOKEN}/getUpdates")).status_code == 409
    await room.post(f"/bot{TOKEN}/deleteWebhook")
    assert (await room.post(f"/bot{TOKEN}/getUpdates")).status_code == 200
    wrong = {"url": "http://127.0.0.1:9/hook", "secret_token": "not allowed!"}
    assert (await room.post(f"/bot{TOKEN}/setWebhook", json=wrong)).status_code == 400

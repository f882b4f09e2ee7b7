"""A rehearsal room over real HTTP, with a phone, a bot and a clock that is set by hand."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.sandbox import Sandbox, serve


class HandClock:
    """Starts on a fixed morning and moves only when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return 1000.0 + self.seconds

    def move(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Phone:
    """One person's phone, through the control API."""

    client: httpx.AsyncClient
    id: int

    async def does(self, act: str, **values: Any) -> dict[str, Any]:
        answer = await self.client.post(f"/sim/people/{self.id}/{act}", json=values)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, act: str, **values: Any) -> str:
        answer = await self.client.post(f"/sim/people/{self.id}/{act}", json=values)
        assert answer.status_code in (400, 404, 409), answer.text
        return str(answer.json()["error"])

    async def types(self, text: str, **values: Any) -> dict[str, Any]:
        return await self.does("text", text=text, **values)

    async def sees(self, *, after: int = 0, wait: float = 0, chat_id: int | None = None) -> dict[str, Any]:
        query = {"after": after, "wait": wait, "viewer": self.id}
        answer = await self.client.get(f"/sim/chats/{chat_id or self.id}/messages", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def last(self) -> dict[str, Any]:
        messages = (await self.sees())["messages"]
        found: dict[str, Any] = messages[-1]
        return found


@dataclass
class Rehearsal:
    sandbox: Sandbox
    address: str
    client: httpx.AsyncClient
    bot: Bot
    clock: HandClock

    async def phone(self, first_name: str = "Mei", *, started: bool = True, **values: Any) -> Phone:
        person = (await self.control("people", first_name=first_name, **values))["id"]
        phone = Phone(self.client, person)
        if started:
            await phone.types("/start")
        return phone

    async def control(self, path: str, **values: Any) -> dict[str, Any]:
        answer = await self.client.post(f"/sim/{path}", json=values)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def shows(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.client.get(f"/sim/{path}", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def api(self, method: str, **values: Any) -> httpx.Response:
        """Call the Bot API with JSON."""
        return await self.client.post(f"/bot{self.sandbox.token}/{method}", json=values)

    async def drained(self) -> None:
        """Let the bot take all that is pending."""
        found = await self.bot.get_updates(limit=100)
        if found:
            await self.bot.get_updates(offset=found[-1].update_id + 1)


def patient_request() -> HTTPXRequest:
    """Give what the library takes by default, with more patience than its five seconds on a busy machine."""
    return HTTPXRequest(read_timeout=30, write_timeout=30, connect_timeout=30, pool_timeout=30)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def rehearsal(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rehearsal]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the library's coming way to tell spans of time
    sandbox = Sandbox(clock=clock)
    async with (
        serve(sandbox) as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,
        Bot(
            sandbox.token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=patient_request(),
            get_updates_request=patient_request(),
        ) as bot,
    ):
        yield Rehearsal(sandbox, address, client, bot, clock)

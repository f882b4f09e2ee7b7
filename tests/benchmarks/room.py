"""A rehearsal room in a process of its own, and the calls a benchmark makes to it."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import Any

import httpx

from bot.sandbox import Sandbox, serve

TOKEN = "7000000001:benchmarks-only-AAAAAAAAAAAAAAAAAAAAAAA"
BOT_ID = 7000000001
FIRST_PERSON = 1_000_000

Json = dict[str, Any]


class Room:
    def __init__(self, address: str) -> None:
        self.address = address
        self._client = httpx.Client(base_url=address, timeout=120)

    def get(self, path: str, **facts: Any) -> Any:
        return self._client.get(path, params=facts).raise_for_status().json()

    def post(self, path: str, body: Any) -> Any:
        return self._client.post(path, json=body).raise_for_status().json()

    def statistics(self) -> Json:
        return self.get("/sim/statistics")

    def seen(self) -> int:
        """Count the messages that came since the statistics began."""
        return int(self.statistics()["messages"])

    def restart_statistics(self) -> None:
        self._client.delete("/sim/statistics").raise_for_status()

    def limits(self, *, on: bool) -> None:
        """Let the room refuse what Telegram would refuse, or nothing."""
        telegrams = {"per_second": 30, "per_chat": 1, "burst": 3, "per_group_minute": 20}
        self.post("/sim/limits", telegrams if on else {"off": True})

    def phones(self, count: int) -> list[int]:
        """Give people phones on which the bot was started, without the bot hearing of it."""
        people = range(FIRST_PERSON, FIRST_PERSON + count)
        for person in people:
            self.post("/sim/people", {"id": person, "first_name": f"P{person}", "language_code": "en"})
        starts = [{"person": person, "act": "text", "text": "/start"} for person in people]
        assert not [one for one in self.batch(starts) if "error" in one]
        self.post(f"/bot{TOKEN}/deleteWebhook", {"drop_pending_updates": True})
        return list(people)

    def batch(self, wishes: list[Json]) -> list[Json]:
        found: list[Json] = self.post("/sim/batch", wishes)["results"]
        return found

    def messages(self, person: int) -> list[Json]:
        """Give what the bot said in somebody's chat, the newest first."""
        shown = self.get(f"/sim/chats/{person}/messages")["messages"]
        return [one for one in reversed(shown) if one["from_bot"]]

    def close(self) -> None:
        self._client.close()


@contextmanager
def opened() -> Iterator[Room]:
    """Open a room with Telegram's limits on."""
    process = Popen([sys.executable, "-m", "tests.benchmarks.room"], stdout=PIPE, text=True)
    try:
        assert process.stdout is not None
        room = Room(process.stdout.readline().strip())
        yield room
        room.close()
    finally:
        process.terminate()
        process.communicate()


async def _serve() -> None:
    async with serve(Sandbox(token=TOKEN, username="linli_bench_bot")) as address:
        print(address, flush=True)  # noqa: T201 - what the parent waits for
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())

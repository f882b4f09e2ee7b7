"""Stories of `linli demo --keep FOLDER`: one demo at a time, and what was there goes on."""

import asyncio
import pickle
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from bot.sandbox.handset import Handset, Json

READY_WITHIN = 60
GONE_WITHIN = 20


@dataclass
class Place:
    """A folder to keep demos in, and those that were started on it."""

    folder: Path
    started: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--keep", "kept", "--port", "0", *words),
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self.started.append(process)
        return process

    async def opens(self, *words: str) -> tuple[asyncio.subprocess.Process, str]:
        """Start a demo that gets ready; give it with its address."""
        process = await self.start(*words)
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), READY_WITHIN)).decode()
        assert line.startswith("Linli is ready")
        return process, line.partition("Open ")[2].partition("/ ")[0]


async def stops(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), GONE_WITHIN) == 0


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(tmp_path)
    yield place
    for process in place.started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_second_demo_on_a_folder_is_refused_in_one_sentence_and_changes_nothing(place: Place) -> None:
    first, _ = await place.opens("--people", "0")
    second = await place.start("--people", "0")
    said, complaint = await asyncio.wait_for(second.communicate(), READY_WITHIN)
    assert (second.returncode, said) == (1, b"")
    assert complaint.decode().count("\n") == 1
    assert "another demo is running on" in complaint.decode()
    await stops(first)


async def test_a_killed_demo_frees_its_folder_takes_its_bot_along_and_loses_little(place: Place) -> None:
    first, address = await place.opens("--people", "3")
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        before = await joined(client, 3)
        await written_down(place, len(before))
    (bot,) = psutil.Process(first.pid).children()
    first.kill()
    await first.wait()
    second, address = await place.opens()
    await asyncio.to_thread(psutil.wait_procs, [bot], timeout=GONE_WITHIN)
    assert not bot.is_running() or bot.status() == psutil.STATUS_ZOMBIE
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        assert await joined(client, 3) == before
    await stops(second)


async def written_down(place: Place, people: int) -> None:
    """Wait until the room was kept with that many people in it."""
    file = place.folder / "kept" / "room.pickle"
    async with asyncio.timeout(READY_WITHIN):
        while not file.exists() or _people_in(file) < people:
            await moment()


def _people_in(file: Path) -> int:
    return len(pickle.loads(file.read_bytes())["world"]["people"])  # noqa: S301 - the demo's own file


async def moment() -> None:
    await asyncio.sleep(0.1)


async def test_neighbours_of_a_kept_demo_go_on_and_answer_a_call_out(place: Place) -> None:
    first, address = await place.opens("--people", "10")
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        before = await joined(client, 10)
        lin = await coordinator(client)
    await stops(first)
    second, address = await place.opens()
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        assert (await client.get("/room/neighbours")).json()["running"]
        assert await joined(client, 10) == before
        everybody = {one["id"] for one in (await client.get("/sim/people")).json()["people"]}
        assert everybody == {*before, lin["id"]}, "nobody moved in anew"
        phone = Handset(client, lin)
        await phone.says("/callout flood Water in the cellar")
        await phone.taps("🚨", on="Water in the cellar")
        await phone.sees(lambda one: re.search(r"Coming [1-9]", one.text) is not None, "somebody coming")
    await stops(second)


async def joined(client: httpx.AsyncClient, size: int) -> list[int]:
    """Wait until all neighbours have joined; give their ids."""
    async with asyncio.timeout(60):
        while (facts := (await client.get("/room/neighbours")).json())["joined"] + facts["declined"] < size:
            await client.get("/sim/events", params={"after": 10**9, "wait": 0.2})
    assert facts["size"] == size
    people: list[int] = (await client.get("/room/neighbours/people")).json()["people"]
    return people


async def coordinator(client: httpx.AsyncClient) -> Json:
    """Somebody of one's own with the demo's invitation; give them as the page knows them."""
    offers = (await client.get("/room/offers")).json()
    invitation = next(one["payload"] for one in offers["presets"] if one["role"]["en"] == "Coordinator")
    lin = await Handset.new(client, "Lin")
    await lin.says(f"/start {invitation}")
    for sign in ("✅", "👤", "❓", "➖"):
        await lin.taps(sign)
    await lin.hears("Welcome, neighbour")
    found: Json = (await client.get(f"/sim/people/{lin.person_id}")).json()
    return found

"""Stories of `linli demo --keep FOLDER`: one demo at a time, and what was there goes on."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

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
    assert not (place.folder / "kept" / "room.pickle").exists(), "the first one's to write"
    await stops(first)


async def test_a_killed_demo_frees_its_folder_and_takes_its_bot_along(place: Place) -> None:
    first, _ = await place.opens("--people", "0")
    (bot,) = psutil.Process(first.pid).children()
    first.kill()
    await first.wait()
    second, _ = await place.opens("--people", "0")
    await asyncio.to_thread(psutil.wait_procs, [bot], timeout=GONE_WITHIN)
    assert not bot.is_running() or bot.status() == psutil.STATUS_ZOMBIE
    await stops(second)

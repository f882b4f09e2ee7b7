"""Stories of `linli run` as a process: its token stays unseen, a kill loses nothing, errors are sentences."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.sandbox import NO_LIMITS, Sandbox, serve
from bot.sandbox.handset import Handset
from town import TOKEN

READY_WITHIN = 60


@dataclass
class Place:
    """Where a bot can run: a Bot API server, a folder, a neighbourhood's file."""

    address: str
    client: httpx.AsyncClient
    database: Path
    community: Path
    log: Path
    started: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, **changes: str) -> asyncio.subprocess.Process:
        settings = {
            "LINLI_BOT_TOKEN": TOKEN,
            "LINLI_BOT_API_URL": self.address,
            "LINLI_DATABASE_URL": f"sqlite:///{self.database}",
            "LINLI_COMMUNITY": str(self.community),
            "LINLI_LOG": "debug",
            **changes,
        }
        plain = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=self.log.parent,
                env={**plain, **settings},
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    async def fails(self, **changes: str) -> str:
        """Run what cannot run; give what it said, after its exit code was seen to be 1."""
        process = await self.start(**changes)
        assert await asyncio.wait_for(process.wait(), READY_WITHIN) == 1
        return self.log.read_text("utf-8")


@pytest.fixture
async def place(tmp_path: Path, community_file: Path) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve(Sandbox(token=TOKEN, limits=NO_LIMITS)))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60))
        place = Place(address, client, tmp_path / "linli.db", community_file, tmp_path / "said.log")
        yield place
        for process in place.started:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def joins(place: Place) -> Handset:
    mei = await Handset.new(place.client, "Mei")
    await mei.says("/start a_b1")
    await mei.taps("✅")
    await mei.taps("👤")
    await mei.taps("➖")
    return mei


async def test_the_token_is_in_no_line_at_debug_and_a_stop_is_gentle(place: Place) -> None:
    process = await place.start()
    mei = await joins(place)
    await place.client.post("/sim/faults", json={"method": "sendMessage", "status": 500, "count": 1})
    await mei.says("/me")
    await mei.hears("My card")
    process.terminate()
    assert await asyncio.wait_for(process.wait(), READY_WITHIN) == 0
    said = place.log.read_text("utf-8")
    assert "linli.ready" in said
    assert TOKEN not in said
    assert TOKEN.partition(":")[2] not in said
    assert "Traceback" not in said


async def test_no_name_and_no_text_of_anybody_is_in_the_log_of_a_whole_run_at_debug(place: Place) -> None:
    process = await place.start()
    mei = await Handset.new(place.client, "Xiulan")
    await mei.says("/start a_b1")
    await mei.taps("✅")
    await mei.says("Qinghua Zhao")
    await mei.taps("➖")
    for fault in ({"body": "half"}, {"body": "html"}, {"status": 400, "description": 'Bad "Qinghua" tag'}):
        await place.client.post("/sim/faults", json={"method": "sendMessage", "count": 1, **fault})
        await mei.says("the cellar of Xiulan is flooded")
    await mei.says("/me")
    await mei.hears("My card", "Qinghua Zhao")
    await mei.says("/deed")
    await mei.says("something private")
    await mei.says("/privacy")
    await mei.hears("Your information")
    process.terminate()
    assert await asyncio.wait_for(process.wait(), READY_WITHIN) == 0
    said = place.log.read_text("utf-8")
    assert "sendMessage" in said
    for word in ("Xiulan", "Qinghua", "Zhao", "cellar", "private", "My card"):
        assert word not in said, [line for line in said.splitlines() if word in line]


async def test_a_kill_loses_nothing_and_repeats_nothing(place: Place) -> None:
    process = await place.start()
    mei = await joins(place)
    await mei.says("/teams")
    await mei.hears("One core four wings")
    process.kill()
    await process.wait()
    await mei.taps_unanswered("🏥")
    await mei.says("/me")
    again = await place.start()
    await mei.hears("My card", "🏥 Clinic")
    await mei.says("/privacy")
    await mei.hears("Your information")
    again.terminate()
    assert await asyncio.wait_for(again.wait(), READY_WITHIN) == 0
    with closing(sqlite3.connect(place.database)) as database:
        assert database.execute("SELECT count(*) FROM membership").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM intake WHERE body IS NOT NULL").fetchone() == (0,)


async def test_a_token_revoked_while_running_is_one_sentence_and_what_was_said_is_dealt_with(
    place: Place,
) -> None:
    process = await place.start(LINLI_LOG="info")
    mei = await joins(place)
    while (await place.client.get("/sim/statistics")).json()["pending_updates"]:
        pass  # all is confirmed by a poll that now waits: it takes the next words, then comes the fault
    await place.client.post("/sim/faults", json={"method": "getUpdates", "status": 401, "count": 9})
    await mei.says("/teams")
    assert await asyncio.wait_for(process.wait(), READY_WITHIN) == 1
    await mei.hears("One core four wings")
    said = place.log.read_text("utf-8")
    assert "does not know this token" in said
    assert "Traceback" not in said


def _breaks_the_file(place: Place) -> None:
    place.community.write_text('[community]\ncode = "Willow Bank"\nphone = 5\n', "utf-8")


def _is_no_toml(place: Place) -> None:
    place.community.write_text("[community\n", "utf-8")


def _takes_the_file(place: Place) -> None:
    place.community.unlink()


def _is_newer(place: Place) -> None:
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999_from_the_future')")
        database.commit()


@pytest.mark.parametrize(
    ("spoils", "told"),
    [
        (_breaks_the_file, "code"),
        (_is_no_toml, "community.toml"),
        (_takes_the_file, "community.toml"),
        (_is_newer, "newer"),
    ],
)
async def test_what_it_cannot_start_on_is_said_plainly(
    place: Place, spoils: Callable[[Place], None], told: str
) -> None:
    spoils(place)
    said = await place.fails(LINLI_LOG="info")
    assert told in said
    assert "Traceback" not in said


async def test_a_wrong_token_is_one_sentence(place: Place) -> None:
    said = await place.fails(LINLI_BOT_TOKEN=TOKEN[:-1] + "B", LINLI_LOG="info")
    assert "does not know this token" in said
    assert "Traceback" not in said
    assert TOKEN[:-1] not in said

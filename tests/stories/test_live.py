"""Stories of `linli doctor --live`: the token tried on the operator's own chat, against the rehearsal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from command_line import linli, no_settings
from typer.testing import Result

from bot.commands import live
from bot.sandbox import NO_LIMITS, Sandbox, serve
from bot.sandbox.handset import Handset
from town import TOKEN


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A rehearsal room, with the settings of a bot that is to be tried there."""
    no_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(live, "PAUSE", 0.0)
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve(Sandbox(token=TOKEN, limits=NO_LIMITS)))
        monkeypatch.setenv("LINLI_BOT_API_URL", address)
        yield await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60))


async def tried(*words: str) -> Result:
    return await asyncio.to_thread(linli, "doctor", "--live", *words)


async def test_who_wrote_last_gets_five_messages_an_edit_and_a_picture(client: httpx.AsyncClient) -> None:
    lin = await Handset.new(client, "Lin")
    await lin.says("/start")
    done = await tried()
    assert done.exit_code == 0, done.output
    assert "✓ getMe: @linli_demo_bot" in done.stdout
    assert done.stdout.count("✓ sendMessage") == 5
    assert done.stdout.count("✓ editMessageText") == 2
    assert "✓ sendPhoto: a picture" in done.stdout
    assert TOKEN not in done.output
    texts = [one.text for one in await lin.bubbles()]
    assert "Linli: 5 ✅" in texts
    assert any(one.has_photo for one in await lin.bubbles())


async def test_a_named_chat_needs_nobody_to_write(client: httpx.AsyncClient) -> None:
    lin = await Handset.new(client, "Lin")
    await lin.says("/start")
    assert (await tried("--chat", str(lin.person_id))).exit_code == 0


async def test_nobody_to_write_to_is_one_sentence(client: httpx.AsyncClient) -> None:
    done = await tried()
    assert done.exit_code == 1
    assert "Write any message to @linli_demo_bot first" in done.stderr


async def test_a_stranger_and_a_wrong_token_are_said_as_they_are(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await tried("--chat", "999")
    assert done.exit_code == 1
    assert "✗ sendMessage was refused: 4" in done.stdout
    monkeypatch.setenv("LINLI_BOT_TOKEN", "7:wrong")
    done = await tried("--chat", "999")
    assert "✗ getMe was refused: 401 Unauthorized." in done.stdout


async def test_what_is_no_bot_api_server_is_said(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_BOT_API_URL", f"{client.base_url}".rstrip("/") + "/nowhere")
    assert "no Bot API server" in (await tried()).stdout
    monkeypatch.setenv("LINLI_BOT_API_URL", "http://127.0.0.1:9")
    assert "getMe got no answer (ConnectError)" in (await tried()).stdout

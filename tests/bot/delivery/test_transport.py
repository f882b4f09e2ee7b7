"""The transport over real HTTP: straight, through a proxy, and told apart what may have arrived."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from telegram import Bot
from telegram.error import NetworkError

from bot.delivery.transport import BoundedRequest, InDoubt, Intercepted, NeverLeft
from bot.sandbox import Sandbox, serve


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with serve(Sandbox()) as where:
        yield where


@asynccontextmanager
async def a_bot(address: str, request: BoundedRequest) -> AsyncIterator[Bot]:
    async with Bot(Sandbox().token, base_url=f"{address}/bot", request=request) as bot:
        yield bot


@asynccontextmanager
async def a_bot_unasked(address: str) -> AsyncIterator[Bot]:
    """Give a bot that did not ask who it is."""
    request = BoundedRequest()
    await request.initialize()
    try:
        yield Bot("1:A", base_url=f"{address}/bot", request=request)
    finally:
        await request.shutdown()


@asynccontextmanager
async def deaf_server() -> AsyncIterator[str]:
    """Listen, take connections as the system does, and read nothing of them."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        yield f"http://127.0.0.1:{deaf.getsockname()[1]}"


async def fault(address: str, **facts: object) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        (await client.post("/sim/faults", json=facts)).raise_for_status()


async def test_a_file_arrives_whole(address: str) -> None:
    everything = bytes(range(256)) * 300
    async with httpx.AsyncClient(base_url=address) as phone, a_bot(address, BoundedRequest()) as bot:
        person = (await phone.post("/sim/people", json={"first_name": "Mei"})).json()["id"]
        await phone.post(f"/sim/people/{person}/text", json={"text": "/start"})
        sent = await bot.send_document(person, everything, filename="海报.pdf", caption="柳岸")
        shown = (await phone.get(f"/sim/chats/{person}/messages")).json()["messages"][-1]
        assert shown["message_id"] == sent.message_id
        assert (shown["text"], shown["document"]["file_name"]) == ("柳岸", "海报.pdf")
        assert (await phone.get(f"/sim/files/{shown['document']['file_id']}")).content == everything


async def test_where_nobody_listens_nothing_left() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        request = BoundedRequest()
        await request.initialize()
        with pytest.raises(NeverLeft):
            await request.post(f"http://127.0.0.1:{taken.getsockname()[1]}/bot1:A/getMe")
        await request.shutdown()


async def test_silence_leaves_doubt_and_names_no_token(address: str) -> None:
    async with a_bot(address, BoundedRequest()) as bot:
        await fault(address, method="getMe", body="hang")
        with pytest.raises(InDoubt) as silence:
            await bot.get_me(read_timeout=0.05)
        assert bot.token not in str(silence.value)


async def test_a_server_that_reads_nothing_ends_an_upload_in_doubt() -> None:
    async with deaf_server() as address, a_bot_unasked(address) as bot:
        with pytest.raises(InDoubt):
            async with asyncio.timeout(60):
                await bot.send_document(
                    1, bytes(8_000_000), connect_timeout=3, read_timeout=0.05, write_timeout=0.05
                )


async def test_a_server_in_trouble_did_nothing(address: str) -> None:
    async with a_bot(address, BoundedRequest()) as bot:
        await fault(address, method="getMe", status=502, body="html")
        with pytest.raises(NetworkError) as trouble:
            await bot.get_me()
        assert not isinstance(trouble.value, InDoubt | NeverLeft)


@pytest.mark.parametrize("status", [401, 403, 404, 407, 429])
async def test_a_page_of_a_proxy_says_nothing_about_the_token_or_the_person(
    address: str, status: int
) -> None:
    async with a_bot(address, BoundedRequest()) as bot:
        await fault(address, method="getMe", status=status, body="html")
        with pytest.raises(Intercepted) as page:
            await bot.get_me()
        assert "html" not in str(page.value).lower()


async def test_a_proxy_that_lost_patience_leaves_doubt(address: str) -> None:
    async with a_bot(address, BoundedRequest()) as bot:
        await fault(address, method="getMe", status=504, body="html")
        with pytest.raises(InDoubt):
            await bot.get_me()


async def test_half_an_answer_leaves_doubt_and_is_quoted_nowhere(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_bot(address, BoundedRequest()) as bot:
        await fault(address, method="getMe", body="half", status=200)
        with caplog.at_level("DEBUG"), pytest.raises(InDoubt) as half:
            await bot.get_me()
    assert "{" not in str(half.value)
    assert not [each for each in caplog.records if "invalid JSON" in each.getMessage()]


async def test_through_a_socks_proxy_that_looks_names_up(address: str) -> None:
    port = int(address.rpartition(":")[2])
    async with socks_proxy() as (proxy, asked):
        request = BoundedRequest(proxy=f"socks5h://{proxy}")
        async with a_bot(f"http://api.nowhere.invalid:{port}", request) as bot:
            assert (await bot.get_me()).is_bot
    assert asked == {b"api.nowhere.invalid"}


async def test_a_socks_proxy_that_is_not_there_lets_nothing_leave() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        request = BoundedRequest(proxy=f"socks5://127.0.0.1:{taken.getsockname()[1]}")
        await request.initialize()
        with pytest.raises(NeverLeft):
            await request.post("http://api.nowhere.invalid/bot1:A/getMe")
        await request.shutdown()


@asynccontextmanager
async def socks_proxy() -> AsyncIterator[tuple[str, set[bytes]]]:
    """Serve RFC 1928 as far as a client without a password needs it; every name is this computer."""
    asked: set[bytes] = set()
    pumps: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        assert kind == 3, "a name, not an address"
        asked.add(await reader.readexactly((await reader.readexactly(1))[0]))
        port = int.from_bytes(await reader.readexactly(2), "big")
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        pumps.add(asyncio.create_task(pump(reader, far_writer)))
        pumps.add(asyncio.create_task(pump(far_reader, writer)))

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while piece := await source.read(4096):
            target.write(piece)
            await target.drain()
        target.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}", asked
    await asyncio.gather(*pumps)

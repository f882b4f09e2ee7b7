"""The room itself: its life, its profile, its faults."""

import asyncio
import socket
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from telegram import BotCommand, BotCommandScopeChat
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.sandbox import NotLoopback, PortInUse, Sandbox, serve


async def test_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port}"):
            async with serve(Sandbox(), port=port):
                pass


async def test_nobody_else_can_reach_the_room() -> None:
    with pytest.raises(NotLoopback, match=r"not on 192\.0\.2\.1"):
        async with serve(Sandbox(), host="192.0.2.1"):
            pass


async def test_closes_quickly_with_long_polls_open() -> None:
    sandbox = Sandbox()
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient(timeout=60) as client:
        async with serve(sandbox) as address:
            poll = asyncio.create_task(client.get(f"{address}/bot{sandbox.token}/getUpdates?timeout=50"))
            watch = asyncio.create_task(client.get(f"{address}/sim/events?wait=50&after=9"))
            while not {"updates", "events"} <= sandbox.room.bell._waiting.keys():
                await client.get(f"{address}/sim/bot")
            began = loop.time()
        assert loop.time() - began < 30  # they would have waited for 50 seconds
        assert (await poll).json() == {"ok": True, "result": []}
        assert (await watch).json()["events"] == []


async def test_page_mounts_its_own_routes() -> None:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.app.state.room.bot["username"])

    sandbox = Sandbox(username="other_bot", extra_routes=[Route("/", page)])
    async with serve(sandbox) as address, httpx.AsyncClient() as client:
        assert (await client.get(address)).text == "other_bot"


async def test_two_rooms_stand_side_by_side() -> None:
    async with serve(Sandbox()) as one, serve(Sandbox()) as two:
        assert one != two


async def test_commands_are_kept_by_scope_and_language(rehearsal: Any) -> None:
    bot = rehearsal.bot
    await bot.set_my_commands([BotCommand("me", "My card")])
    await bot.set_my_commands([BotCommand("me", "我的名片")], language_code="zh")
    await bot.set_my_commands([BotCommand("callout", "Call out")], scope=BotCommandScopeChat(7))
    assert [command.description for command in await bot.get_my_commands(language_code="zh")] == ["我的名片"]
    listed = (await rehearsal.shows("bot"))["commands"]
    assert {"type": "chat", "chat_id": 7} in [entry["scope"] for entry in listed]
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Wrong!", "x")])


async def test_names_and_descriptions_are_kept(rehearsal: Any) -> None:
    await rehearsal.bot.set_my_name("邻里", language_code="zh")
    await rehearsal.bot.set_my_description("Neighbours")
    await rehearsal.bot.set_my_short_description("Short")
    assert (await rehearsal.bot.get_my_name(language_code="zh")).name == "邻里"
    assert (await rehearsal.bot.get_my_description()).description == "Neighbours"
    assert (await rehearsal.bot.get_my_short_description()).short_description == "Short"
    assert (await rehearsal.shows("bot"))["names"] == {"zh": "邻里"}


async def test_chats_and_members_are_described(rehearsal: Any) -> None:
    bot = rehearsal.bot
    mei, wei = await rehearsal.phone("Mei", username="mei"), await rehearsal.phone("Wei")
    group = await rehearsal.control("groups", title="Gate 3", members=[mei.id])
    sent = await bot.send_message(group["id"], "Board")
    await bot.pin_chat_message(group["id"], sent.message_id)
    chat = await bot.get_chat(group["id"])
    assert (chat.title, chat.pinned_message.text) == ("Gate 3", "Board")
    assert (await bot.get_chat("@mei")).first_name == "Mei"
    statuses = [(await bot.get_chat_member(group["id"], who)).status for who in (mei.id, wei.id, bot.id)]
    assert statuses == ["creator", "left", "member"]
    assert await bot.get_chat_member_count(group["id"]) == 2
    assert await bot.send_chat_action(mei.id, "typing")


async def test_ordered_faults_hit_the_next_calls_only(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.control("faults", method="sendMessage", status=429, retry_after=7)
    with pytest.raises(RetryAfter) as caught:
        await rehearsal.bot.send_message(mei.id, "x")
    assert caught.value.retry_after == timedelta(seconds=7)
    await rehearsal.control("faults", method="*", status=502, body="html")
    with pytest.raises(NetworkError):
        await rehearsal.bot.get_me()
    await rehearsal.control("faults", method="sendMessage", body="half")
    with pytest.raises(TelegramError, match="Invalid server response"):
        await rehearsal.bot.send_message(mei.id, "x")
    assert (await rehearsal.bot.send_message(mei.id, "y")).text == "y"
    assert [m["text"] for m in (await mei.sees())["messages"]] == ["/start", "y"]


async def test_lost_answer_still_leaves_the_message(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.control("faults", method="sendMessage", status=500, applied=True)
    with pytest.raises(NetworkError):
        await rehearsal.bot.send_message(mei.id, "x")
    assert (await mei.last())["text"] == "x"


async def test_hanging_call_times_out_at_the_bot(rehearsal: Any) -> None:
    await rehearsal.control("faults", method="getMe", body="hang")
    with pytest.raises(TelegramError, match="Timed out"):
        await rehearsal.bot.get_me(read_timeout=0.05)


@pytest.mark.parametrize(
    ("path", "values", "words"),
    [
        ("people", {}, "first_name is needed"),
        ("groups", {"title": "x"}, "members are needed"),
        ("groups", {"title": "x", "members": [1]}, "no person 1"),
        ("faults", {"method": "x", "speed": 1}, "a fault has no speed"),
        ("faults", {"method": "x", "body": "odd"}, "body is one of"),
        ("faults", {"method": "x", "status": 1}, "an HTTP status"),
        ("batch", {}, "must be a list"),
        ("limits", {"per_year": 1}, "no limit per_year"),
        ("limits", {"burst": "many"}, "must be a number"),
        ("people/9/text", {"text": "x"}, "no person 9"),
    ],
)
async def test_wrong_wishes_are_answered_with_a_sentence(
    rehearsal: Any, path: str, values: dict[str, Any], words: str
) -> None:
    answer = await rehearsal.client.post(f"/sim/{path}", json=values)
    assert answer.status_code in (400, 404)
    assert words in answer.json()["error"]


async def test_body_that_is_no_json_is_answered_with_a_sentence(rehearsal: Any) -> None:
    answer = await rehearsal.client.post("/sim/people", content=b"{")
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})
    answer = await rehearsal.client.get("/sim/events?after=x")
    assert answer.json() == {"error": "after must be a number"}


async def test_figures_start_again(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.bot.send_message(mei.id, "x")
    assert (await rehearsal.shows("statistics"))["pending_updates"] == 1
    await rehearsal.client.delete("/sim/statistics")
    figures = await rehearsal.shows("statistics")
    assert (figures["messages"], figures["peak_second"], figures["calls"]) == (0, 0, {})

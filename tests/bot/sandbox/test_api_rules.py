"""Telegram's own rules, as python-telegram-bot and plain HTTP meet them."""

import asyncio
import json
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken
from telegram.ext import ApplicationBuilder, CommandHandler
from telegram.request import HTTPXRequest

from bot.sandbox.errors import BadRequest as Refused
from bot.sandbox.text import Entity, found_in, parse_html, to_html, trimmed, units


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("来 <p>x</p>", 'Unsupported start tag "p" at byte offset 4'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<span class="x">y</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_html_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


def test_entities_are_measured_in_utf16_units() -> None:
    text, entities = parse_html('🚨 <b>急 <i>x</i></b> <a href="https://a.b/?x=1&amp;y">&lt;map&gt;</a>')
    assert text == "🚨 急 x <map>"
    assert entities == (
        Entity("bold", 3, 3),
        Entity("italic", 5, 1),
        Entity("text_link", 7, 5, url="https://a.b/?x=1&y"),
    )
    shown = '🚨 <b>急 <i>x</i></b> <a href="https://a.b/?x=1&amp;y">&lt;map&gt;</a>'
    assert to_html(text, entities) == shown


def test_code_block_and_quote_are_known() -> None:
    source = '<pre><code class="language-py">a&b</code></pre><blockquote expandable>q</blockquote>'
    text, entities = parse_html(source)
    assert text == "a&bq"
    assert entities == (Entity("pre", 0, 3, language="py"), Entity("expandable_blockquote", 3, 1))


def test_forged_link_never_becomes_html() -> None:
    entity = Entity("text_link", 0, 1, url="javascript:alert(1)")
    assert to_html("x", (entity,)) == "x"
    assert to_html("<script>", ()) == "&lt;script&gt;"


def test_white_space_at_the_ends_is_cut_and_entities_move() -> None:
    assert trimmed("  ab ", (Entity("bold", 1, 2), Entity("italic", 0, 1))) == ("ab", (Entity("bold", 0, 1),))


def test_commands_are_found_as_telegram_finds_them() -> None:
    found = [(e.type, e.offset, e.length) for e in found_in("🚨 /me a/b https://x.org/start /she@linli_bot")]
    assert found == [("bot_command", 3, 3), ("url", 11, 19), ("bot_command", 31, 14)]
    assert units("🚨") == 2


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "   "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "x", "chat_id": 5}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ],
)
async def test_wrong_message_is_refused(rehearsal: Any, values: dict[str, Any], reason: str) -> None:
    mei = await rehearsal.phone()
    answer = await rehearsal.api("sendMessage", **({"chat_id": mei.id} | values))
    assert answer.status_code == 400
    assert answer.json() == {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}


async def test_text_is_measured_after_entities(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_message(mei.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text) == 4096


@pytest.mark.parametrize(("size", "passes"), [(1, True), (64, True), (65, False), (0, False)])
async def test_callback_data_are_64_bytes(rehearsal: Any, size: int, passes: bool) -> None:
    mei = await rehearsal.phone()
    rows = {"inline_keyboard": [[{"text": "x", "callback_data": "d" * size}]]}
    answer = await rehearsal.api("sendMessage", chat_id=mei.id, text="x", reply_markup=json.dumps(rows))
    assert answer.json()["ok"] is passes
    assert passes or answer.json()["description"] == "Bad Request: BUTTON_DATA_INVALID"


async def test_bytes_not_characters_count_in_callback_data(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "来" * 22}]]}
    answer = await rehearsal.api("sendMessage", chat_id=mei.id, text="x", reply_markup=markup)
    assert answer.json()["description"] == "Bad Request: BUTTON_DATA_INVALID"


async def test_button_without_an_action_is_refused(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    markup = {"inline_keyboard": [[{"text": "x"}]]}
    answer = await rehearsal.api("sendMessage", chat_id=mei.id, text="x", reply_markup=markup)
    assert "Text buttons are unallowed" in answer.json()["description"]


async def test_same_edit_is_not_modified(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])
    sent = await rehearsal.bot.send_message(mei.id, "x", reply_markup=keyboard)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await rehearsal.bot.edit_message_text("x", mei.id, sent.message_id, reply_markup=keyboard)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await rehearsal.bot.edit_message_reply_markup(mei.id, sent.message_id, reply_markup=keyboard)
    await rehearsal.bot.edit_message_reply_markup(mei.id, sent.message_id)
    assert (await mei.last())["buttons"] == []


async def test_only_own_and_living_messages_are_edited(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    typed = await mei.types("hello")
    sent = await rehearsal.bot.send_message(mei.id, "x")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await rehearsal.bot.edit_message_text("y", mei.id, typed["message_id"])
    await mei.does("delete", message_id=sent.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await rehearsal.bot.edit_message_text("y", mei.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await rehearsal.bot.delete_message(mei.id, sent.message_id)
    again = await rehearsal.bot.send_message(mei.id, "x")
    with pytest.raises(BadRequest, match="There is no caption"):
        await rehearsal.bot.edit_message_caption(mei.id, again.message_id, caption="y")


async def test_who_blocked_or_never_came_is_forbidden(rehearsal: Any) -> None:
    mei, stranger = await rehearsal.phone(), await rehearsal.phone("Stranger", started=False)
    await mei.does("block")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await rehearsal.bot.send_message(mei.id, "x")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await rehearsal.bot.send_message(stranger.id, "x")
    await mei.does("unblock")
    await mei.does("deactivate")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await rehearsal.bot.send_message(mei.id, "x")


async def test_group_that_threw_the_bot_out_is_forbidden(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    group = await rehearsal.control("groups", title="Gate 3", type="group", members=[mei.id])
    await rehearsal.control(f"groups/{group['id']}/bot", inside=False)
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await rehearsal.bot.send_message(group["id"], "x")


async def test_wrong_token_is_unauthorized(rehearsal: Any) -> None:
    async with HTTPXRequest() as request:
        stranger = Bot("1:wrong", base_url=f"{rehearsal.address}/bot", request=request)
        with pytest.raises(InvalidToken):
            await stranger.get_me()
    answer = await rehearsal.client.get("/bot1:wrong/getMe")
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_unknown_method_says_so(rehearsal: Any) -> None:
    answer = await rehearsal.api("sendDice", chat_id=1)
    assert answer.status_code == 404
    assert answer.json()["description"] == ("Not Found: method sendDice is not known to this rehearsal room")


async def test_newer_poller_ends_the_older(rehearsal: Any) -> None:
    first = asyncio.create_task(rehearsal.bot.get_updates(timeout=30))
    while (await rehearsal.shows("statistics"))["calls"].get("getUpdates", 0) < 1:
        pass
    await rehearsal.api("getUpdates")
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await asyncio.wait_for(first, 25)


async def test_webhook_and_polling_exclude_each_other(rehearsal: Any) -> None:
    await rehearsal.bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict, match="webhook is active"):
        await rehearsal.bot.get_updates()
    assert (await rehearsal.bot.get_webhook_info()).url == "https://example.org/hook"
    await rehearsal.bot.delete_webhook()
    assert await rehearsal.bot.get_updates() == ()


async def test_tap_waits_150_seconds_for_the_bot(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])
    await rehearsal.bot.send_message(mei.id, "x", reply_markup=keyboard)
    await rehearsal.drained()
    first = await mei.does("tap", label="a")
    rehearsal.clock.move(100)
    await mei.does("tap", label="a")
    rehearsal.clock.move(51)
    [update] = await rehearsal.bot.get_updates()
    assert update.callback_query.id != first["query_id"]
    with pytest.raises(BadRequest, match="Query is too old"):
        await rehearsal.bot.answer_callback_query(first["query_id"])


async def test_allowed_updates_are_kept(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.bot.get_updates(allowed_updates=["callback_query"])
    await rehearsal.drained()
    await mei.types("hello")
    assert await rehearsal.bot.get_updates() == ()


async def test_negative_offset_keeps_the_last(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await mei.types("last")
    [update] = await rehearsal.bot.get_updates(offset=-1)
    assert update.message.text == "last"


async def answer_to(phone: Any) -> str:
    """Wait for the first message of the bot."""
    after = 0
    while True:
        seen = await phone.sees(after=after, wait=10)
        for message in seen["messages"]:
            if message["from_bot"]:
                return str(message["text"])
        after = seen["revision"]


async def test_real_application_hears_a_command(rehearsal: Any) -> None:
    mei = await rehearsal.phone(started=False)
    application = (
        ApplicationBuilder().token(rehearsal.sandbox.token).base_url(f"{rehearsal.address}/bot").build()
    )

    async def start(update: Any, _context: Any) -> None:
        await update.message.reply_text(f"Welcome, {update.effective_user.first_name}")

    application.add_handler(CommandHandler("start", start))
    async with application:
        await application.start()
        await application.updater.start_polling(timeout=20)
        await mei.types("/start")
        words = await answer_to(mei)
        await application.updater.stop()
        await application.stop()
    assert words == "Welcome, Mei"

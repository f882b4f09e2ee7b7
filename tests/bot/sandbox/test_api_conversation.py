"""A conversation between a phone and python-telegram-bot, over HTTP."""

import asyncio
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram.constants import ParseMode

BUTTONS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Coming", callback_data="c:1"),
            InlineKeyboardButton("Map", url="https://example.org"),
        ]
    ]
)


async def test_bot_introduces_itself(rehearsal: Any) -> None:
    me = await rehearsal.bot.get_me()
    assert (me.username, me.is_bot) == ("linli_demo_bot", True)


async def test_typed_command_reaches_the_bot_with_its_entity(rehearsal: Any) -> None:
    mei = await rehearsal.phone("Mei", language_code="zh", started=False)
    await mei.types("  /start poster_7 ")
    [update] = await rehearsal.bot.get_updates()
    assert update.message.text == "/start poster_7"
    assert update.message.from_user.language_code == "zh"
    assert update.message.chat.type == "private"
    [entity] = update.message.entities
    assert (entity.type, entity.offset, entity.length) == ("bot_command", 0, 6)


async def test_offset_confirms_and_ids_rise(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await mei.types("one")
    await mei.types("two")
    updates = await rehearsal.bot.get_updates(limit=2)
    assert [update.message.text for update in updates] == ["/start", "one"]
    assert updates[1].update_id == updates[0].update_id + 1
    [left] = await rehearsal.bot.get_updates(offset=updates[1].update_id + 1)
    assert left.message.text == "two"


async def test_long_poll_answers_at_once_when_somebody_writes(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.drained()
    polling = asyncio.create_task(rehearsal.bot.get_updates(timeout=30))
    await rehearsal.bot.get_me()
    await mei.types("hello")
    [update] = await asyncio.wait_for(polling, 25)
    assert update.message.text == "hello"


async def test_message_with_buttons_is_seen_and_tapped(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.drained()
    sent = await rehearsal.bot.send_message(
        mei.id, "Flood at <b>gate 3</b> &amp; river", parse_mode=ParseMode.HTML, reply_markup=BUTTONS
    )
    assert sent.text_html == "Flood at <b>gate 3</b> &amp; river"
    seen = await mei.last()
    assert (seen["html"], seen["from_bot"], seen["mine"]) == (
        "Flood at <b>gate 3</b> &amp; river",
        True,
        False,
    )
    assert seen["buttons"][0][0] == {"text": "Coming", "data": "c:1", "url": None}
    tapped = await mei.does("tap", message_id=sent.message_id, data="c:1")
    [update] = await rehearsal.bot.get_updates()
    query = update.callback_query
    assert (query.id, query.data, query.from_user.id) == (tapped["query_id"], "c:1", mei.id)
    assert query.message.text == "Flood at gate 3 & river"
    answer = asyncio.create_task(rehearsal.shows(f"queries/{query.id}", wait=10))
    await rehearsal.bot.answer_callback_query(query.id, "Thank you", show_alert=True)
    assert {"answered": True, "text": "Thank you", "show_alert": True}.items() <= (await answer).items()


async def test_buttons_are_found_by_place_and_label(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_message(mei.id, "Coming?", reply_markup=BUTTONS)
    assert "query_id" in await mei.does("tap", message_id=sent.message_id, row=0, column=0)
    assert "query_id" in await mei.does("tap", message_id=sent.message_id, label="Coming")
    assert "query_id" in await mei.does("tap", label="Coming")
    assert "Coming" in await mei.refused("tap", message_id=sent.message_id, data="c:2")
    assert "link" in await mei.refused("tap", message_id=sent.message_id, label="Map")
    assert "query_id" in await mei.does("tap", message_id=sent.message_id, data="c:\0", forge=True)


async def test_edit_comes_as_a_new_revision(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_message(mei.id, "0 coming", reply_markup=BUTTONS)
    seen = await mei.sees()
    waiting = asyncio.create_task(mei.sees(after=seen["revision"], wait=10))
    await rehearsal.bot.edit_message_text("1 coming", chat_id=mei.id, message_id=sent.message_id)
    [changed] = (await waiting)["messages"]
    assert (changed["text"], changed["edited"], changed["buttons"]) == ("1 coming", True, [])


async def test_deleted_message_keeps_its_place_without_its_words(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_message(mei.id, "secret", reply_markup=BUTTONS)
    await rehearsal.bot.delete_message(mei.id, sent.message_id)
    seen = await mei.last()
    assert (seen["deleted"], seen["text"], seen["buttons"]) == (True, "", [])


async def test_tap_on_a_deleted_message_is_inaccessible(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_message(mei.id, "Coming?", reply_markup=BUTTONS)
    await rehearsal.drained()
    await mei.does("delete", message_id=sent.message_id)
    await mei.does("tap", message_id=sent.message_id, data="c:1", forge=True)
    [update] = await rehearsal.bot.get_updates()
    assert not update.callback_query.message.is_accessible


async def test_reply_keyboard_stays_until_removed_and_sends_its_words(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.drained()
    await rehearsal.bot.send_message(mei.id, "Skip?", reply_markup=ReplyKeyboardMarkup([["Skip"], ["Stop"]]))
    assert (await mei.sees())["keyboard"] == [[{"text": "Skip"}], [{"text": "Stop"}]]
    await mei.does("tap", label="Skip")
    [update] = await rehearsal.bot.get_updates()
    assert update.message.text == "Skip"
    await rehearsal.bot.send_message(mei.id, "Gone", reply_markup=ReplyKeyboardRemove())
    assert (await mei.sees())["keyboard"] is None


async def test_block_and_unblock_are_told(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.drained()
    await mei.does("block")
    assert "unblock" in await mei.refused("text", text="hello")
    await mei.does("unblock")
    updates = await rehearsal.bot.get_updates()
    assert [update.my_chat_member.new_chat_member.status for update in updates] == ["kicked", "member"]


async def test_group_tells_the_bot_commands_only(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    group = await rehearsal.control("groups", title="Gate 3", members=[mei.id])
    await rehearsal.drained()
    await mei.types("good morning", chat_id=group["id"])
    await mei.types("/points@linli_demo_bot", chat_id=group["id"])
    [update] = await rehearsal.bot.get_updates()
    assert (update.message.text, update.message.chat.type) == ("/points@linli_demo_bot", "supergroup")
    await rehearsal.bot.send_message(group["id"], "Board")
    assert (await mei.sees(chat_id=group["id"]))["messages"][-1]["text"] == "Board"


async def test_chats_outside_stay_closed(rehearsal: Any) -> None:
    mei, wei = await rehearsal.phone("Mei"), await rehearsal.phone("Wei")
    assert "not in this chat" in await wei.refused("text", text="hello", chat_id=mei.id)
    assert "no chat" in await wei.refused("text", text="hello", chat_id=-5)
    answer = await rehearsal.client.get("/sim/chats/77/messages")
    assert answer.status_code == 404


async def test_storm_is_tapped_in_one_call(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_message(mei.id, "Coming?", reply_markup=BUTTONS)
    wish = {"person": mei.id, "act": "tap", "message_id": sent.message_id, "data": "c:1"}
    answer = await rehearsal.client.post(
        "/sim/batch", json=[wish, wish | {"data": "x"}, wish | {"person": 1}]
    )
    done, wrong, nobody = answer.json()["results"]
    assert "query_id" in done
    assert "no button" in wrong["error"]
    assert "no person" in nobody["error"]


async def test_events_tell_of_every_chat(rehearsal: Any) -> None:
    before = (await rehearsal.shows("events"))["revision"]
    waiting = asyncio.create_task(rehearsal.shows("events", after=before, wait=10))
    mei = await rehearsal.phone(started=False)
    [event] = (await waiting)["events"]
    assert (event["kind"], event["chat_id"]) == ("person", mei.id)


async def test_edited_words_reach_the_bot(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    typed = await mei.types("helo")
    await rehearsal.drained()
    await mei.does("edit", message_id=typed["message_id"], text="hello\0")
    [update] = await rehearsal.bot.get_updates()
    assert update.edited_message.text == "hello"
    sent = await rehearsal.bot.send_message(mei.id, "x")
    assert "their own" in await mei.refused("edit", message_id=sent.message_id, text="y")


async def test_tap_on_an_old_keyboard_needs_forging(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_message(mei.id, "Coming?", reply_markup=BUTTONS)
    await rehearsal.bot.edit_message_text("Closed", mei.id, sent.message_id)
    assert "no button" in await mei.refused("tap", message_id=sent.message_id, data="c:1")
    await rehearsal.drained()
    await mei.does("tap", message_id=sent.message_id, data="c:1", forge=True)
    [update] = await rehearsal.bot.get_updates()
    assert (update.callback_query.data, update.callback_query.message.text) == ("c:1", "Closed")

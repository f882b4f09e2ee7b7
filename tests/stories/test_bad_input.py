"""Stories of what goes wrong: each gets a clear sentence, and nothing is lost."""

import re
from base64 import b64encode

import pytest

from bot import community
from bot.sandbox.handset import Bubble, Handset
from town import Town

PIXEL = b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360f8cfc0f01f0005050102cfa02e3f0000000049454e44ae426082"
    )
).decode()


async def question(phone: Handset, words: str) -> Bubble:
    return await phone.sees(lambda one: words in one.text and bool(one.buttons), f"a question: {words}")


async def to_the_name(town: Town, name: str = "Bo", payload: str = "") -> Handset:
    bo = await town.stranger(name)
    await bo.says(f"/start {payload}".strip())
    await bo.taps("✅")
    await question(bo, "What shall we call you")
    return bo


@pytest.mark.parametrize("payload", ["a_nowhere", "a_", "zzz", "i_nonsense", "x" * 64, "a_b1'--", "c_"])
async def test_a_link_that_leads_nowhere_is_said_to_and_the_welcome_follows(town: Town, payload: str) -> None:
    bo = await town.stranger("Bo")
    await bo.says(f"/start {payload}")
    await question(bo, "Willow Bank")
    [*before, _] = await bo.bubbles()
    if payload != "c_":
        assert re.search("unknown|no such|no longer", before[0].text)
    mei = await town.resident("Mei")
    await mei.says(f"/start {payload}")
    await mei.hears("My card")


async def test_an_expired_invitation_says_when(town: Town) -> None:
    await town.coordinator("Lin")
    offer = await town.app.database.write(
        community.invite, role=community.Role.COORDINATOR, days=1, now=town.clock.now(), granted_by=None
    )
    town.clock.wind(days=2)
    bo = await town.stranger("Bo")
    await bo.says(f"/start i_{offer.code}")
    await bo.hears("expired on 2026-11-11")
    await question(bo, "Willow Bank")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("x" * 65, "at most 64"),
        ("   \n ", "Words are needed"),
        ("\u200b\u200b", "holds no name"),
        ("🎉🎉", "at least one letter or digit"),
        ("!!!", "at least one letter or digit"),
    ],
)
async def test_what_is_no_name_is_asked_again(town: Town, typed: str, why: str) -> None:
    bo = await to_the_name(town, payload="a_b1")
    await bo.says(typed if typed.strip() else "\u2060")
    await bo.hears(why if typed.strip() else "holds no name")
    await bo.says("  Bo\u202e  Li ")
    await bo.taps("➖")
    await bo.hears("Bo Li", "Building 1")


async def test_a_name_of_64_characters_is_taken(town: Town) -> None:
    bo = await to_the_name(town, payload="a_b1")
    await bo.says("王" * 64)
    await bo.taps("➖")
    await bo.hears("王" * 64)


async def test_a_picture_instead_of_words_is_asked_for_words(town: Town) -> None:
    bo = await to_the_name(town, payload="a_b1")
    await bo.does("photo", {"photo": PIXEL})
    await bo.hears("Words are needed here")
    await bo.says("Bo")
    await bo.taps("➖")
    await bo.hears("Bo", "Building 1")
    await bo.does("photo", {"photo": PIXEL})
    await bo.hears("did not understand")


async def after(phone: Handset, last: int, words: str) -> Bubble:
    return await phone.sees(lambda one: one.message_id > last and words in one.text, f"one more: {words}")


@pytest.mark.parametrize("answer", ["1", "i agree"])
async def test_words_instead_of_a_tap_in_every_step_of_joining(town: Town, answer: str) -> None:
    bo = await town.stranger("Bo")
    last = 0
    for typed in ("hello there", "what is this", "agree and join"):
        await bo.says(typed)
        last = (await after(bo, last, "Willow Bank")).message_id
    await bo.says(answer)
    await question(bo, "What shall we call you")
    await bo.says("Bo")
    await question(bo, "Where do you live")
    await bo.says("the moon")
    await bo.hears("the moon", "Where do you live")
    await bo.says("building 4")
    await question(bo, "volunteer")
    await bo.says("maybe one day")
    await bo.hears("tap one of these")
    await bo.says("not now")
    card = await bo.hears("Bo", "Building 4")
    assert card.button("🏠")


async def test_an_old_button_of_joining_leads_on_to_the_last_question(town: Town) -> None:
    """As after a crash between the joining and the message that said so."""
    bo = await to_the_name(town)
    named = await question(bo, "What shall we call you")
    await bo.taps("👤")
    await bo.taps("🏠 Grid 1")
    where = await question(bo, "Grid 1")
    await bo.taps("🏠 Building 2")
    for old, sign in ((where, "🏠 Building 2"), (where, "🏠 Building 3"), (named, "👤")):
        asked = await question(bo, "volunteer")
        await bo.does("delete", {"message_id": asked.message_id, "by_bot": True})
        assert await bo.taps_again(old, sign) == ""
        await question(bo, "volunteer")
    await bo.taps("➖")
    await bo.hears("Bo", "Building 2")


async def test_a_building_is_found_by_part_of_its_name_from_the_top(town: Town) -> None:
    bo = await to_the_name(town)
    await bo.says("Bo")
    await question(bo, "Where do you live")
    await bo.says("uilding 5")
    await bo.taps("🏠 Building 5")
    await bo.taps("➖")
    await bo.hears("Bo", "Building 5")


async def test_start_in_the_middle_begins_again_and_loses_no_link(town: Town) -> None:
    bo = await to_the_name(town, payload="a_b2")
    await bo.says("/start")
    await bo.taps("✅")
    await bo.says("Bo")
    await bo.taps("➖")
    await bo.hears("Building 2")
    await bo.says("/start")
    await bo.hears("My card")


async def test_cancel_leaves_every_step(town: Town) -> None:
    bo = await to_the_name(town)
    await bo.says("/cancel")
    await bo.hears("cancelled")
    await bo.says("Bo")
    await question(bo, "Willow Bank")
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    for first in ("/callout", "/callout elderly", "/me", "/teams", "/available", "/privacy"):
        await lin.says(first)
        await lin.says("/cancel")
    await lin.sees(lambda one: "cancelled" in one.text or "nothing to cancel" in one.text, "the end")
    await lin.says("/callout elderly")
    shown = await question(lin, "Read this")
    await lin.says("取消")
    await lin.hears("cancelled")
    assert "sent or discarded" in await lin.taps_again(shown, "🚨")
    assert not [one for one in await wei.bubbles() if "Can you come" in one.text]


async def test_an_area_retired_while_choosing(town: Town) -> None:
    bo = await to_the_name(town)
    await bo.says("Bo")
    await bo.taps("🏠 Grid 2")
    await question(bo, "Grid 2")
    await town.close()
    text = town.file.read_text("utf-8")
    b6 = text[text.index('[[area]]\ncode = "b6"') : text.index("# ---- Teams")]
    town.changes_its_file(b6, "")
    await town.open()
    assert "no longer in use" in await bo.taps("🏠 Building 6")
    await bo.taps("🏠 Building 5")
    await bo.taps("➖")
    await bo.hears("Building 5")
    ann = await town.stranger("Ann")
    await ann.says("/start a_b6")
    await ann.hears("no longer works")
    await question(ann, "Willow Bank")


async def test_a_message_deleted_behind_its_button_is_sent_anew(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("/me")
    card = await mei.hears("My card")
    await mei.does("delete", {"message_id": card.message_id})
    await mei.sends_data(card.message_id, "mt", forge=True)
    teams = await question(mei, "One core four wings")
    assert teams.message_id > card.message_id


async def test_old_buttons_of_joining_change_nothing(town: Town) -> None:
    mei = await town.resident("Mei")
    message = (await mei.bubbles())[-1].message_id
    for data in ("jy", "jx", "jn", "jl:zh"):
        assert "already" in await mei.sends_data(message, data, forge=True)
    assert "no longer works" in await mei.sends_data(message, "ja:2", forge=True)
    assert len(await town.rows("chat_link")) == 1
    await mei.says("/me")
    await mei.hears("My card", "Mei")


async def test_four_thousand_characters_are_answered(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("很" * 4096)
    await mei.hears("did not understand")
    await mei.says("/start " + "x" * 4000)
    await mei.hears("unknown or no longer works")
    await mei.taps("👤", on="My card")
    await mei.says("&<" * 2000)
    await mei.hears("at most 64")
    await mei.says("/me")
    await mei.taps("🏠", on="My card")
    await mei.says("&" * 4000)
    await mei.hears("Where do you live", "&&&")
    await mei.says("/nosuchcommand")
    await mei.hears("did not understand")


async def test_a_cry_for_help_gets_the_numbers_first(town: Town) -> None:
    bo = await town.stranger("Bo")
    await bo.says("help!! there is a fire")
    shown = await bo.hears("119", "120", "110", "025-5550 0100")
    assert "119" in shown.text.splitlines()[0]
    mei = await town.resident("梅", language="zh")
    await mei.says("3号楼着火了")
    shown = await mei.hears("119", "120", "110", "025-5550 0100")
    assert "119" in shown.text.splitlines()[0]


async def test_plain_words_are_commands(town: Town) -> None:
    mei = await town.resident("梅", language="zh")
    for typed, words in (
        ("我的", "我的卡片"),
        ("积分", "邻里积分"),
        ("帮助", "您现在可以"),
        ("取消", "您现在可以"),
    ):
        await mei.says(typed)
        await mei.hears(words)


async def test_the_language_can_be_changed_at_any_time(town: Town) -> None:
    bo = await town.stranger("Bo")
    await bo.says("/start a_b1")
    await bo.taps("🇨🇳")
    shown = await bo.sees(lambda one: one.text.startswith("加入"), "the Chinese first")
    assert "Willow Bank" in shown.text
    await bo.taps("✅")
    await bo.hears("怎么称呼")
    await bo.taps("👤")
    await bo.taps("➖")
    await bo.says("/language")
    await bo.taps("🇬🇧")
    await bo.says("/me")
    await bo.hears("My card", "Building 1")


async def test_who_blocked_and_comes_back_is_welcome(town: Town) -> None:
    mei = await town.resident("Mei", team="clinic")
    await mei.does("block")
    await mei.does("unblock")
    await mei.says("/start")
    await mei.hears("My card", "Clinic")
    assert [row["state"] for row in await town.rows("chat_link")] == ["reachable"]


async def test_a_day_away_is_read_in_several_ways_or_asked_again(town: Town) -> None:
    mei = await town.resident("Mei", team="clinic")
    await mei.says("/available")
    for typed, shown in (("2026-12-24", "2026-12-24"), ("12-31", "2026-12-31"), ("2027.1.5", "2027-01-05")):
        await mei.taps("📅")
        await mei.says(typed)
        await mei.hears(shown)
    await mei.taps("📅")
    for typed in ("tomorrow-ish", "2026-02-30", "2020-01-01", "99-99", "1" * 50):
        await mei.says(typed)
        await mei.sees(lambda one: "date" in one.text.lower(), "what a date looks like")
    await mei.says("/available")
    await mei.taps("🌙")
    await mei.says("25:99-07:00")
    await mei.hears("22:00-07:00")
    await mei.says("22:00-07:00")
    await mei.hears("22:00–07:00")


@pytest.mark.parametrize("cry", ["help我", "家里gas漏了", "FIRE!", "救命", "I smell " * 40 + "gas"])
async def test_a_cry_in_any_form_gets_the_numbers_first(town: Town, cry: str) -> None:
    mei = await town.resident("Mei")
    await mei.says(cry)
    told = await mei.hears("119")
    first = told.text.split("\n")[0]
    assert all(number in first for number in ("119", "120", "110", "025-5550 0100"))
    await mei.does("photo", {"photo": PIXEL, "caption": cry})
    await mei.sees(lambda one: one.message_id > told.message_id and "119" in one.text, "the numbers again")


async def test_after_looking_at_something_free_words_get_the_help_buttons(town: Town) -> None:
    mei = await town.resident("Mei")
    for shown in ("/points", "/privacy", "/leaderboard", "/nonsense"):
        await mei.says(shown)
        await mei.says("what now?")
        told = await mei.hears("did not understand")
        assert told.button("⭐") is not None
        await mei.does("delete", {"message_id": told.message_id})

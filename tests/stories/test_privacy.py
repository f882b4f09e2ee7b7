"""Stories of what is kept: handed out on request, erased on request, and nothing of those who said no."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

import points
from bot import community
from bot.chat.conversation import Talk, remember
from bot.delivery import Lane, Message, Recipient, enqueue
from bot.sandbox.handset import Handset
from shoppers import shopper
from town import Town

NAME = "Zsófia-Quetzal"


async def nothing_is_kept(town: Town, phone: Handset) -> None:
    kept = await town.everything_kept()
    found = {table for table, rows in kept.items() if NAME in rows or str(phone.person_id) in rows}
    assert not found


async def test_who_says_no_leaves_no_row(town: Town) -> None:
    await town.resident("Mei")
    bo = await town.stranger(NAME)
    await bo.says("/start a_b1")
    await bo.taps("🇨🇳")
    await bo.taps("❌")
    await bo.says("/start")
    await bo.taps("✅")
    await bo.says("/privacy")
    await bo.says("/start")
    await bo.taps("❌")
    await bo.hears("nothing was kept")
    await town.restart()
    await nothing_is_kept(town, bo)


async def test_everything_kept_is_handed_out_as_a_file(town: Town) -> None:
    mei = await town.resident(NAME, team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await mei.taps("✅")
    await mei.taps("📍")
    await town.later(minutes=60)
    await mei.taps("🏁")
    await mei.hears("+30")
    await mei.says("/privacy")
    await mei.taps("📤")
    message = await mei.sees(lambda one: one.document is not None, "the file")
    assert message.document is not None
    everything = json.loads(await mei.file(message.document["file_id"]))
    assert everything["community"]["resident"]["name"] == NAME
    assert everything["community"]["teams"][0]["team"] == "clinic"
    assert everything["callouts"]["asked"][0]["state"] == "done"
    assert "30" in json.dumps(everything["points"])


async def test_what_those_one_answers_for_earned_is_in_the_file_too(town: Town) -> None:
    mei, bo = await town.resident(NAME), await town.resident("Bo")
    await mei.says("/household")
    await mei.taps("👤", on="Who lives with me")
    await mei.says("Grandma Wu")
    await mei.says("1950")
    await mei.hears("Grandma Wu (no Telegram")
    ward = next(row for row in await town.rows("resident") if row["name"] == "Grandma Wu")
    now, zone = town.clock.now(), town.app.house.zone
    await town.app.database.write(_award, ward["id"], now, zone)
    for phone, answers_for in ((mei, [ward["short_code"]]), (bo, [])):
        await phone.says("/privacy")
        await phone.taps("📤")
        message = await phone.sees(lambda one: one.document is not None, "the file")
        assert message.document is not None
        everything = json.loads(await phone.file(message.document["file_id"]))
        assert [one["short_code"] for one in everything["answers_for"]] == answers_for
        assert all(one["points"]["entries"][0]["amount"] > 0 for one in everything["answers_for"])


def _award(session: Session, resident_id: int, now: datetime, zone: ZoneInfo) -> None:
    points.award(session, activity="callout", resident_id=resident_id, key="for her", now=now, zone=zone)


async def test_who_is_forgotten_is_gone_everywhere_but_in_the_sums(town: Town) -> None:
    mei = await town.resident(NAME, team="clinic")
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await mei.taps("✅")
    await lin.hears(f"On the way: {NAME}")
    await mei.taps("📍")
    await town.later(minutes=60)
    await mei.taps("🏁")
    await wei.taps("✅")
    await town.later(minutes=1)
    await mei.says("/privacy")
    await mei.taps("🗑", on="Your information")
    sure = await mei.hears("Your 30 points")
    await mei.taps("🗑", on="Your 30 points")
    await mei.hears("forgotten")
    await mei.taps_again(sure, "🗑")
    await mei.hears("forgotten")
    await lin.sees(lambda one: "As of" in one.text and NAME not in one.text, "a board without the name")
    await nothing_is_kept(town, mei)
    assert [row["amount"] for row in await town.rows("transfer") if row["kind"] == "award"] == [30]
    await town.restart()
    await mei.says("/points")
    await mei.sees(lambda one: one.button("❌") is not None, "the welcome of a stranger")


async def test_a_name_in_what_is_still_underway_is_erased_once_that_is_over(town: Town) -> None:
    mei, wei = await town.resident(NAME), await town.resident("Wei")
    # Something in between refuses this message however often it is tried, and nobody else's.
    fault = {
        "method": "sendMessage",
        "chat_id": wei.person_id,
        "status": 403,
        "body": "html",
        "count": 10_000,
    }
    await town.client.post("/sim/faults", json=fault)
    await town.app.database.write(_tell, wei, f"{NAME} says hello", town.clock.now())
    await _until_told(town, lambda row: row["reason"] is not None)
    await _is_forgotten(mei)
    await town.later(minutes=15)  # in vain, so that the erasing has to come again
    assert f"{NAME} says hello" in (await town.everything_kept())["rendering"]
    await town.client.delete("/sim/faults")
    await town.later(minutes=1)
    await wei.hears(f"{NAME} says hello")
    await _until_told(town, lambda row: row["sent_at"] is not None)
    await town.later(minutes=14)
    await nothing_is_kept(town, mei)


@pytest.mark.parametrize("name", ["Mei", 'O\'Neil "Bo"', "Back\\slash", "می\u200cخواهم"])
async def test_no_draft_of_others_keeps_a_name_however_it_is_spelt(town: Town, name: str) -> None:
    keeper, mei, wei = await town.resident("Keeper"), await town.resident(name), await shopper(town, "Wei")
    await _begins_a_gift(wei, name)
    await _is_forgotten(mei)
    assert name not in await _drafts(town)
    await keeper.says("/household")
    await keeper.taps("👤 Add")
    await keeper.says(name)
    await keeper.taps("➖ I would")
    await keeper.hears(f"{name} (no Telegram")
    await _begins_a_gift(wei, name)
    await keeper.taps(f"👤 {name}")
    since = (await keeper.bubbles())[-1].message_id
    await keeper.taps("🗑 Remove")
    await keeper.sees(
        lambda one: one.message_id >= since and "Who lives with me" in one.text and name not in one.text,
        "alone again",
    )
    assert name not in await _drafts(town)


async def test_a_pseudonym_is_gone_from_what_others_look_at(town: Town) -> None:
    mei, wei = await town.resident("Mei"), await town.resident("Wei")
    number, long = (await town.person(mei)).resident_id, "Tiger of the Seventh Floor with a Garden"
    await town.app.database.write(community.set_pseudonym, resident_id=number, name=long)
    looking = Talk("deed.list", {}, ((f"✋ {long} · Safety patrol"[:60], "do:1"),))
    house, now = town.app.house, town.clock.now()
    await town.app.database.write(remember, looking, bot_id=house.bot_id, user_id=wei.person_id, now=now)
    await _is_forgotten(mei)
    assert "Tiger" not in await _drafts(town)


async def _begins_a_gift(phone: Handset, name: str) -> None:
    since = (await phone.bubbles())[-1].message_id
    await phone.says("/points")
    await phone.taps("💝")
    await phone.says(name)
    asked = f"How many points for {name}"
    await phone.sees(lambda one: one.message_id > since and asked in one.text, asked)


async def _drafts(town: Town) -> str:
    """Give all that people are in the middle of, as they would read it."""
    rows = await town.rows("conversation")
    said = [[*row["draft"].values(), *(label for label, _ in row["choices"])] for row in rows]
    return " ".join(str(word) for words in said for word in words)


async def test_merchants_hear_of_codes_that_a_forgotten_person_gives_back(town: Town) -> None:
    mei = await town.resident(NAME)
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    person, now, zone = await town.person(mei), town.clock.now(), town.app.house.zone
    await town.app.database.write(_give, person, now, zone)
    await mei.says("/rewards")
    await mei.taps("🎁 Rice")
    await mei.taps("✅", on="Redeem")
    await mei.hears("is yours")
    await _is_forgotten(mei)
    await shop.hears("gave “Rice, 5 kg” back")
    await town.later(minutes=15)
    await nothing_is_kept(town, mei)


async def test_a_coordinator_is_forgotten_with_their_acts_kept_nameless(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator(NAME)
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await wei.hears("Can you come")
    await lin.sees(lambda one: one.button("🏁") is not None, "the board")
    await town.later(minutes=1)
    await lin.says("/privacy")
    await lin.taps("🗑", on="Your information")
    await lin.taps("🗑", on="Shall we really")
    await lin.hears("forgotten")
    await nothing_is_kept(town, lin)
    assert "send-call-out" in await town.acts()


async def test_one_forged_tap_forgets_nobody(town: Town) -> None:
    mei = await town.resident("Mei")
    message = (await mei.bubbles())[-1].message_id
    await mei.sends_data(message, "px", forge=True)
    await mei.says("/me")
    await mei.hears("My card", "Mei")
    assert [row["status"] for row in await town.rows("resident")] == ["active"]


async def _is_forgotten(phone: Handset) -> None:
    await phone.says("/privacy")
    await phone.taps("🗑", on="Your information")
    await phone.taps("🗑", on="Shall we really")
    await phone.hears("forgotten")


async def _until_told(town: Town, holds: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until this is recorded of what was told."""
    while not holds((await town.rows("delivery"))[-1]):
        town.app.sender.wake()


def _tell(session: Session, phone: Handset, words: str, now: datetime) -> None:
    to, said = [Recipient(phone.person_id, "en")], {"en": Message(words)}
    enqueue(session, key="story", lane=Lane.ROUTINE, renderings=said, to=to, now=now)


def _give(session: Session, person: community.Person, now: datetime, zone: ZoneInfo) -> None:
    gift = points.Posting(
        key="story",
        kind=points.TransferKind.GIFT,
        debit=points.community_account(session, points.AccountKind.ISSUED),
        credit=points.resident_account(session, person.resident_id),
        amount=150,
    )
    points.post_one(session, gift, now, zone=zone)

"""Stories of good deeds: claimed, verified, rejected, asked about, and never by whose they are."""

import json
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from deed_town import PATROL, VISIT, asked, claims, earned, lives_with, newest, picture, sends_photo, states
from sqlmodel import Session

from bot import community
from bot.intake import Heard, heard, take
from bot.sandbox.handset import Handset
from town import Town


@pytest.fixture
async def lin(town: Town) -> Handset:
    return await town.coordinator("Lin")


@pytest.fixture
async def guo(town: Town) -> Handset:
    return await town.holder("Guo", "grid-officer", area="g1")


@pytest.fixture
async def mei(town: Town) -> Handset:
    return await town.resident("Mei")


async def test_a_deed_is_claimed_approved_and_paid(town: Town, lin: Handset, mei: Handset) -> None:
    await mei.says("/deed")
    await mei.taps("▶️", on="What good did you do?")
    await mei.sees(lambda one: one.button("🙌 Cleaned") is not None, "the second page")
    await mei.taps("◀️", on="What good did you do?")
    await mei.taps(f"🙌 {VISIT}", on="What good did you do?")
    await mei.hears("Please show a little", VISIT)
    await mei.says("Brought Mrs Li her soup")
    await mei.hears("Sent:", "1 person can verify it")
    question = await asked(
        lin, "Please verify: Mei (Building 1) claims", VISIT, "15 points", "Mrs Li her soup"
    )
    await lin.taps("✅", on=VISIT)
    await lin.hears("Lin approved", "+15")
    told = await mei.hears("is approved", "+15 points", "you have 15", "Number 1 in Building 1")
    assert "5 more for “Emergency torch”" in told.text
    assert "approved it already" in await lin.taps_again(question, "❌")
    assert "approved it already" in await lin.taps_again(question, "✅")
    assert (await states(town), await earned(town)) == (["paid"], [15])
    assert "verify-deed" in await town.acts()


async def test_the_same_in_chinese(town: Town) -> None:
    lin = await town.coordinator("林", language="zh-hans")
    mei = await town.resident("梅", language="zh-hans")
    await mei.says("/deed")
    await mei.taps("🙌 看望独居老人")
    await mei.taps("➖", on="补充一点说明")
    await mei.hears("已提交", "1 人可以核实")
    await asked(lin, "请核实：梅（1号楼）申报", "看望独居老人", "15 分")
    await lin.taps("✅", on="请核实")
    await lin.hears("林 已通过", "+15")
    await mei.hears("已通过，谢谢您", "+15", "本月在1号楼排第 1", "再得 5 分")


async def test_time_is_tapped_or_typed_and_must_be_of_one_day(town: Town, mei: Handset) -> None:
    lead = await town.holder("Zhao", "team-lead", of="core")
    wei = await town.resident("Wei", team="core")
    await wei.says("/deed safety patrol")
    await wei.hears("for how long")
    for typed in ("a while", "0", "1441", "99999"):
        await wei.says(typed)
        await wei.hears("1 to 1440 minutes")
    await wei.says("1.5 h")
    await wei.hears("Please show a little", "90 minutes")
    await wei.taps("➖")
    await asked(lead, "Wei", f"{PATROL}, 90 minutes", "15 points")
    await lead.taps("✅", on=PATROL)
    await wei.hears("is approved", "+15")
    await wei.says("/deed patrol")
    await wei.taps("⏱ 30", on=PATROL)
    await wei.hears("Please show a little", "30 minutes")
    assert [row["team"] for row in await town.rows("transfer")] == ["core"]
    assert [row["minutes"] for row in await town.rows("transfer")] == [90]


async def test_a_lead_verifies_their_team_only_and_else_the_coordinators(
    town: Town, lin: Handset, mei: Handset
) -> None:
    zhao = await town.holder("Zhao", "team-lead", of="fire")
    wei = await town.resident("Wei", team="core")
    await claims(wei, "Cleaned a shared place")
    question = await asked(lin, "Wei", "Cleaned a shared place")
    deed_id = (await town.rows("deed"))[0]["id"]
    assert not [one for one in await zhao.bubbles() if "Cleaned" in one.text]
    last = (await zhao.bubbles())[-1].message_id
    assert "does not allow this" in await zhao.sends_data(last, f"dy:{deed_id}", forge=True)
    assert await states(town) == ["claimed"]
    await lin.taps_again(question, "✅")
    await wei.hears("is approved")


@pytest.mark.parametrize("kind", ["dy", "dn", "dq"])
async def test_a_forged_tap_of_anybody_decides_nothing(
    town: Town, lin: Handset, mei: Handset, kind: str
) -> None:
    await claims(mei)
    await asked(lin, "Mei")
    wei = await town.resident("Wei")
    for phone in (wei, mei):
        last = (await phone.bubbles())[-1].message_id
        assert "does not allow this" in await phone.sends_data(
            last, f"{kind}:{await newest(town)}", forge=True
        )
        assert "no longer works" in await phone.sends_data(last, f"{kind}:4711", forge=True)
        assert "no longer works" in await phone.sends_data(last, f"{kind}:x", forge=True)
    assert await states(town) == ["claimed"]


@pytest.mark.parametrize("kind", ["dy", "dn", "dq"])
async def test_nobody_decides_on_their_own_deed_or_their_households(
    town: Town, lin: Handset, guo: Handset, kind: str
) -> None:
    wang = await town.coordinator("Wang")
    await lives_with(town, guo, wang)
    await claims(wang)
    await asked(lin, "Wang", VISIT)
    for phone in (guo, wang):
        assert not [one for one in await phone.bubbles() if "Please verify" in one.text]
    last = (await wang.bubbles())[-1].message_id
    assert "yourself" in await wang.sends_data(last, f"{kind}:{await newest(town)}", forge=True)
    last = (await guo.bubbles())[-1].message_id
    assert "household" in await guo.sends_data(last, f"{kind}:{await newest(town)}", forge=True)
    assert await states(town) == ["claimed"]


async def test_the_first_tap_decides_and_the_others_see_who_it_was(
    town: Town, lin: Handset, guo: Handset, mei: Handset
) -> None:
    await claims(mei)
    question = await asked(lin, "Mei")
    await asked(guo, "Mei")
    await guo.taps("✅", on="Mei")
    closed = await lin.hears("Guo approved", "Mei", VISIT)
    assert (closed.message_id, closed.buttons) == (question.message_id, ())
    assert "Guo approved it already" in await lin.taps_again(question, "❌")
    assert await earned(town) == [15]


async def test_a_deed_is_rejected_for_a_usual_reason_or_a_typed_one(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await claims(mei)
    await lin.taps("❌", on="Please verify")
    await lin.taps("❌ Claimed before", on="rejected?")
    await lin.hears("Lin rejected", "it was claimed before")
    await mei.hears("was not approved: it was claimed before", "/deed")
    await claims(mei, "Spotted a hazard")
    await lin.taps("❌", on="Spotted a hazard")
    await lin.hears("Why is “Spotted a hazard”")
    await lin.says("x" * 501)
    await lin.hears("at most 500 characters")
    await lin.says("The <b>lamp</b> works, help yourself & look")
    await mei.hears("The <b>lamp</b> works, help yourself & look")
    assert (await states(town), await earned(town)) == (["rejected"] * 2, [])
    assert (await town.acts()).count("reject-deed") == 2


async def test_a_verifier_asks_back_and_the_next_text_is_the_answer(
    town: Town, lin: Handset, guo: Handset, mei: Handset
) -> None:
    await claims(mei)
    old = await asked(guo, "Mei")
    await lin.taps("❓", on="Please verify")
    await lin.hears("What do you want to know of Mei?")
    await lin.says("When was it?")
    await lin.hears("Mei was asked")
    await mei.hears("Please answer Lin", "When was it?")
    await town.restart()
    await mei.says("On Monday at noon")
    await mei.hears("Passed on to Lin")
    for phone in (lin, guo):
        await asked(phone, "Lin: When was it?", "On Monday at noon")
    await guo.sees(lambda one: one.message_id == old.message_id and "answered" in one.text, "an old question")
    await mei.says("and it rained")
    await mei.hears("did not understand")
    await guo.taps("✅", on="On Monday")
    await mei.hears("is approved")


async def test_who_is_busy_answers_by_a_button_also_with_a_photo(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await claims(mei)
    await mei.says("/deed patrol")
    await mei.hears("for how long")
    await lin.taps("❓", on="Please verify")
    await lin.says("A picture?")
    await mei.hears("Please answer Lin", "A picture?")
    await mei.says("60")
    await mei.hears("Please show a little", "60 minutes")
    await mei.taps("✍️", on="A picture?")
    await mei.hears("Please answer", "A picture?", "a photo or a place")
    await sends_photo(mei, picture(1), "her door")
    await mei.hears("Passed on to Lin")
    shown = await asked(lin, "A picture?", "her door")
    assert shown.has_photo
    await lin.taps("✅", on="her door")
    await lin.sees(lambda one: one.has_photo and "Lin approved" in one.text, "the picture with who decided")
    last = (await mei.bubbles())[-1].message_id
    assert "Nobody is waiting" in await mei.sends_data(last, f"dw:{await newest(town)}", forge=True)


async def test_a_verifier_who_hides_is_not_named_to_whose_deed_it_is(
    town: Town, lin: Handset, mei: Handset
) -> None:
    """Neither to the claimant who is asked back, reminded or answers, nor to who is awarded."""
    hidden = (await town.person(lin)).resident_id
    await town.app.database.write(community.set_shown, resident_id=hidden, shown_in=community.ShownIn.HIDDEN)
    await claims(mei)
    await lin.taps("❓", on="Please verify")
    await lin.says("A picture?")
    await mei.hears("Please answer the verifier", "A picture?")
    await town.later(days=1)
    await mei.hears("the verifier", "still")
    await mei.taps("✍️", on="A picture?")
    await mei.says("I have none")
    await mei.hears("Passed on to the verifier")
    await lin.says(f"/award {(await town.person(mei)).short_code} visit bravo")
    await lin.taps("✅", on="Award Mei")
    await mei.hears("A coordinator awards you points", VISIT)
    assert not any("Lin" in one.text for one in await mei.bubbles())


async def test_an_answer_that_comes_too_late_says_so(town: Town, lin: Handset, mei: Handset) -> None:
    await claims(mei)
    await lin.taps("❓", on="Please verify")
    await lin.says("When was it?")
    await mei.hears("Please answer Lin")
    await lin.taps("✅", on="Please verify")
    await mei.hears("is approved")
    await mei.says("On Monday")
    await mei.hears("Lin approved it already")
    await mei.says("On Monday")
    await mei.hears("did not understand")


async def test_a_cry_for_help_is_no_answer(town: Town, lin: Handset, mei: Handset) -> None:
    await claims(mei)
    await lin.taps("❓", on="Please verify")
    await lin.says("When was it?")
    await mei.hears("Please answer Lin")
    await mei.says("救命")
    await mei.hears("119")
    assert await states(town) == ["asked"]


async def test_a_place_is_shown_on_the_map_and_a_sticker_is_nothing(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await mei.says(f"/deed {VISIT}")
    await mei.hears("Please show a little")
    await mei.does("document", {"document": "aGVsbG8=", "file_name": "a.txt"})
    await mei.hears("Please send a note, a photo or a place")
    await mei.does("location", {"latitude": 32.03, "longitude": 118.74})
    await mei.hears("Sent:")
    await asked(lin, "Mei")
    assert await lin.taps("📍", on="Mei") == ""
    await lin.sees(lambda one: not one.text and not one.has_photo, "the place on the map")


async def test_a_second_tap_and_an_old_button_send_nothing_more(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await mei.says(f"/deed {VISIT}")
    shown = await mei.hears("Please show a little")
    await mei.taps("➖")
    await mei.hears("Sent:")
    assert "sent already" in await mei.taps_again(shown, "➖")
    await mei.says("/me")
    await mei.hears("My card")
    assert "no longer works" in await mei.sends_data(shown.message_id, "dm:30", forge=True)
    assert "not offered" in await mei.sends_data(shown.message_id, "da:nothing", forge=True)
    assert len(await town.rows("deed")) == 1


async def test_the_conversation_goes_on_after_a_restart(town: Town, lin: Handset) -> None:
    wei = await town.resident("Wei", team="core")
    await wei.says("/deed")
    await town.restart()
    await wei.taps(f"🙌 {PATROL}")
    await town.restart()
    await wei.taps("⏱ 60")
    await town.restart()
    await wei.says("Round the lake")
    await wei.hears("Sent:")
    await town.restart()
    await asked(lin, "Wei", "60 minutes", "Round the lake")
    await lin.taps("❌", on="Wei")
    await town.restart()
    await lin.says("It was closed")
    await wei.hears("It was closed")


async def test_what_pays_by_itself_is_not_offered_and_cannot_be_forged(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await mei.says("/deed answered a call-out")
    listed = await mei.hears("What good did you do?")
    assert not [label for label, _, _ in listed.buttons if "call-out" in label]
    assert "paid by itself" in await mei.sends_data(listed.message_id, "da:callout", forge=True)
    assert not await town.rows("deed")


async def test_words_find_an_activity_and_unknown_ones_say_so(town: Town, mei: Handset) -> None:
    await mei.says("/deed flying")
    await mei.hears("“flying” is none of these")
    await mei.says("aid")
    await mei.sees(
        lambda one: [label for label, _, _ in one.buttons] == ["🙌 Taught first aid"], "the one that fits"
    )
    await mei.says("visit")
    await mei.hears("Please show a little", VISIT)


async def test_a_cap_is_said_when_it_leaves_nothing(town: Town, lin: Handset, mei: Handset) -> None:
    for number in range(3):
        await claims(mei, note=f"Round {number}")
        await lin.taps("✅", on=f"Round {number}")
    await mei.hears("No points this time")
    assert await earned(town) == [15, 15]


async def test_who_is_forgotten_takes_their_deeds_along(town: Town, lin: Handset) -> None:
    mei = await town.resident("Zsófia-Quetzal")
    await claims(mei, note="For Mrs Quetzalcoatl")
    question = await asked(lin, "Quetzalcoatl")
    await town.later(minutes=1)
    await mei.says("/privacy")
    await mei.taps("🗑", on="Your information")
    await mei.taps("🗑", on="Shall we really")
    await mei.hears("forgotten")
    await lin.sees(
        lambda one: one.message_id == question.message_id and "withdrawn" in one.text, "no name any more"
    )
    assert "withdrawn" in await lin.taps_again(question, "✅")
    kept = await town.everything_kept()
    assert not {table for table, rows in kept.items() if "Quetzal" in rows}
    assert await states(town) == ["withdrawn"]


async def test_a_caption_is_no_choice_and_no_command(town: Town, lin: Handset, mei: Handset) -> None:
    for number, caption in enumerate(("1", "help")):
        await mei.says(f"/deed {VISIT}")
        await mei.hears("Please show a little")
        await sends_photo(mei, picture(number), caption)
        await mei.hears("Sent:")
        await lin.sees(lambda one, caption=caption: one.has_photo and f"📝 {caption}" in one.text, caption)
    assert all(row["photo"] for row in await town.rows("deed"))


async def test_what_comes_again_after_a_crash_and_the_rest_of_an_album_are_known(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await mei.says(f"/deed {VISIT}")
    await mei.hears("Please show a little")
    for _ in range(2):
        await hears_again(town, mei, 9000, {"text": "I visited her"})
    known = await mei.hears("This was sent already")
    await lin.taps("❓", on=VISIT)
    await lin.says("Who was it?")
    await mei.hears("Please answer Lin")
    album = {"media_group_id": "garden", "photo": [{"file_id": "x", "file_unique_id": "x"} | SIZE]}
    for number in (9001, 9002, 9001):
        await hears_again(town, mei, number, album)
    await mei.sees(lambda one: "sent already" in one.text and one.message_id > known.message_id, "known too")
    assert [one.text for one in await mei.bubbles()].count("This was sent already.") == 2
    assert len(await town.rows("deed")) == 1
    assert (await town.rows("deed"))[0]["photo"] == "x"


SIZE = {"width": 90, "height": 90}


async def hears_again(town: Town, phone: Handset, message_id: int, content: dict[str, Any]) -> None:
    """Let the bot find a message that it stored and did not finish with before it stopped."""
    person = {"id": phone.person_id, "first_name": phone.name}
    message = {
        "message_id": message_id,
        "date": 1_700_000_000,
        "chat": person | {"type": "private"},
        "from": person | {"is_bot": False, "language_code": "en"},
        **content,
    }
    update = heard(json.dumps({"update_id": next(NUMBERS), "message": message}).encode())
    await town.app.database.write(_stored, town.app.house.bot_id, update, town.clock.now())
    await town.restart()


NUMBERS = count(10_000)


def _stored(session: Session, bot_id: int, update: Heard, now: datetime) -> None:
    take(session, bot_id=bot_id, updates=[update], now=now)

"""Stories of deeds that need two people, that strike, that nobody decides on, and that are listed first."""

from collections.abc import Mapping

import pytest
from deed_town import (
    FIRST_AID,
    VISIT,
    asked,
    claims,
    earned,
    lives_with,
    newest,
    picture,
    sends_photo,
    states,
)

from bot import community
from bot.sandbox.handset import Handset
from points.giving import GiftLimits, Receiver, give
from shoppers import shopper
from tests.stories.test_binding import group_of, says_there
from town import Town


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"# two_people_over = 100": "two_people_over = 20", "# public_over = 100": "public_over = 25"}


@pytest.fixture
async def lin(town: Town) -> Handset:
    return await town.coordinator("Lin")


@pytest.fixture
async def mei(town: Town) -> Handset:
    return await town.resident("Mei")


async def shows_photo(phone: Handset, data: bytes, caption: str = "") -> None:
    await phone.says(f"/deed {VISIT}")
    await phone.hears("Please show a little")
    await sends_photo(phone, data, caption)
    await phone.hears("Sent:")


async def is_listed(town: Town, lin: Handset, guo: Handset, mei: Handset) -> None:
    """Bring a deed onto the list: claimed by Mei, agreed to by Lin and Guo."""
    await claims(mei, FIRST_AID)
    await lin.taps("✅", on=FIRST_AID)
    await asked(guo, "second person", FIRST_AID)
    await guo.taps("✅", on="second person")
    await mei.hears("is approved and listed until 2026-11-13 10:00", "+30")


async def test_two_different_people_agree_to_what_is_worth_much(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo = await town.coordinator("Guo")
    await claims(mei, FIRST_AID)
    question = await asked(lin, FIRST_AID)
    first = await asked(guo, FIRST_AID)
    await lin.taps("✅", on=FIRST_AID)
    await lin.hears("Lin agreed", "a second person was asked")
    assert "another person must agree" in await lin.taps_again(question, "✅")
    await asked(guo, "verify as the second person", "Lin agreed; it is worth so much")
    await guo.sees(lambda one: one.message_id == first.message_id and not one.buttons, "the old one closed")
    await town.restart()
    await guo.taps("✅", on="second person")
    await mei.hears("is approved and listed")
    [row] = await town.rows("deed")
    assert row["verifier"] != row["decided_by"]


async def test_without_a_second_person_it_goes_to_an_admin(town: Town, lin: Handset, mei: Handset) -> None:
    root = await town.holder("Root", "admin")
    await claims(mei, FIRST_AID)
    await asked(lin, FIRST_AID)
    assert not [one for one in await root.bubbles() if FIRST_AID in one.text]
    await lin.taps("✅", on=FIRST_AID)
    await asked(root, "second person", "Lin agreed")
    await root.taps("❌", on="second person")
    await root.taps("❌ The time is wrong")
    await mei.hears("was not approved: the time is not right")
    await lin.hears("Root rejected")


async def test_without_anybody_it_waits_and_says_so(town: Town, lin: Handset, mei: Handset) -> None:
    await claims(mei, FIRST_AID)
    await lin.taps("✅", on=FIRST_AID)
    await lin.hears("Lin agreed", "there is none to reach yet")
    guo = await town.coordinator("Guo")
    await town.later(days=1)
    await asked(guo, "Still waiting for you", "second person")


async def test_two_who_verify_each_other_need_a_third(town: Town, lin: Handset) -> None:
    guo = await town.coordinator("Guo")
    await claims(lin, note="by Lin")
    await guo.taps("✅", on="by Lin")
    await lin.hears("is approved", "+15")
    await claims(guo, note="by Guo")
    wang = await town.coordinator("Wang")
    await lin.taps("✅", on="by Guo")
    await lin.hears("a second person was asked")
    await asked(wang, "second person", "these two verified each other lately", "in the last 30 days")
    assert await earned(town) == [15]
    await wang.taps("✅", on="by Guo")
    await guo.hears("is approved", "+15")


async def test_a_ring_of_three_who_verify_each_other_needs_a_human_look(town: Town, lin: Handset) -> None:
    guo, wang = await town.coordinator("Guo"), await town.coordinator("Wang")
    for who, by, note in ((lin, guo, "by Lin"), (guo, wang, "by Guo")):
        await claims(who, note=note)
        await asked(by, note)
        await by.taps("✅", on=note)
        await who.hears("is approved", "+15")
    zhao = await town.coordinator("Zhao")
    await claims(wang, note="by Wang")
    await asked(lin, "by Wang")
    await lin.taps("✅", on="by Wang")
    await asked(zhao, "second person", "in a ring", "by Wang")
    await zhao.taps("✅", on="second person")
    await wang.hears("is approved", "+15")


async def test_two_of_one_home_are_not_two_people(town: Town, lin: Handset, mei: Handset) -> None:
    """Nor are two who lived together lately; who does not is asked."""
    guo, wang = await town.coordinator("Guo"), await town.coordinator("Wang")
    await lives_with(town, guo, lin)
    await claims(mei, FIRST_AID)
    await asked(guo, FIRST_AID)
    await lin.taps("✅", on=FIRST_AID)
    await asked(wang, "second person", FIRST_AID)
    assert not [one for one in await guo.bubbles() if "as the second person" in one.text]
    last = (await guo.bubbles())[-1].message_id
    answer = await guo.sends_data(last, f"dy:{await newest(town)}", forge=True)
    assert "who agreed first lives with you" in answer
    gone = (await town.person(guo)).resident_id
    await town.app.database.write(community.leave_household, resident_id=gone, now=town.clock.now())
    answer = await guo.sends_data(last, f"dy:{await newest(town)}", forge=True)
    assert "who agreed first lives with you" in answer
    assert await states(town) == ["claimed"]
    await wang.taps("✅", on="second person")
    await mei.hears("is approved and listed")


async def test_who_was_given_points_is_no_second_person(town: Town, lin: Handset) -> None:
    guo, wang, mei = await town.coordinator("Guo"), await town.coordinator("Wang"), await shopper(town, "Mei")
    await town.app.database.write(
        give,
        key="thanks",
        giver_id=(await town.person(mei)).resident_id,
        to=Receiver(resident_id=(await town.person(guo)).resident_id),
        amount=5,
        limits=GiftLimits(give=50, receive=50),
        now=town.clock.now(),
        zone=town.app.house.zone,
    )
    await claims(mei, FIRST_AID)
    first = await asked(guo, FIRST_AID)
    await lin.taps("✅", on=FIRST_AID)
    await asked(wang, "second person", FIRST_AID)
    assert not [one for one in await guo.bubbles() if "as the second person" in one.text]
    answer = await guo.sends_data(first.message_id, f"dy:{await newest(town)}", forge=True)
    assert "Somebody else must agree as the second person" in answer
    await wang.taps("✅", on="second person")
    await mei.hears("is approved and listed")


async def test_who_lived_with_the_claimant_lately_verifies_nothing_of_theirs(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo = await town.coordinator("Guo")
    await lives_with(town, mei, guo)
    gone = (await town.person(mei)).resident_id
    await town.app.database.write(community.leave_household, resident_id=gone, now=town.clock.now())
    await claims(mei)
    await asked(lin, VISIT)
    assert not [one for one in await guo.bubbles() if VISIT in one.text]
    last = (await guo.bubbles())[-1].message_id
    assert "within a month" in await guo.sends_data(last, f"dy:{await newest(town)}", forge=True)
    code = (await town.person(mei)).short_code
    await guo.says(f"/award {code} {VISIT}")
    await guo.hears("who lived with them within a month")
    await town.later(days=32)
    await claims(mei, note="much later")
    await asked(guo, "much later")


async def test_groups_read_what_is_listed_and_come_to_it_by_a_button(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo, wei = await town.coordinator("Guo"), await town.resident("Wei")
    await town.resident("Ann", area="b4")
    group, small = await group_of(town, lin, title="All"), await group_of(town, lin, title="Block 4")
    await says_there(town, lin, group, "bind")
    await says_there(town, lin, small, "bind b4")
    await small.hears("leaderboards of Building 4", "Fewer than five people")
    await group.hears("leaderboards of Willow Bank")
    await is_listed(town, lin, guo, mei)
    post = await group.hears("Listed: tap below to object until 2026-11-13 10:00", "M*i (Willow Bank)", "+30")
    assert "Mei" not in post["text"]
    link = post["buttons"][0][0]["url"]
    assert link == town.app.house.start_link("o_")
    await wei.says("/start o_")
    await wei.hears("Listed: paid then", "Mei (Building 1)")
    await town.restart()
    await town.later(days=1)
    assert sum("Listed: tap" in one["text"] for one in await group.said()) == 1
    assert not any("Listed: tap" in one["text"] for one in await small.said())


async def test_the_months_post_says_how_much_is_listed_then(town: Town, lin: Handset, mei: Handset) -> None:
    guo = await town.coordinator("Guo")
    group = await group_of(town, lin, title="All")
    await says_there(town, lin, group, "bind")
    await group.hears("leaderboards of")
    await is_listed(town, lin, guo, mei)
    await town.later(days=4)
    await mei.hears("Nobody objected")
    town.clock.wind(days=15, hours=0)
    await claims(mei, FIRST_AID, note="again")
    await lin.taps("✅", on="again")
    await asked(guo, "second person", "again")
    await guo.taps("✅", on="again")
    await group.hears("Listed: tap below", times=2)
    await town.later(days=2)
    post = await group.hears("leaderboard of November 2026", "Listed before they are paid: 1")
    assert [row[0]["url"] for row in post["buttons"]][1] == town.app.house.start_link("o_")


async def test_the_same_picture_is_shown_to_the_verifier_in_words(
    town: Town, lin: Handset, mei: Handset
) -> None:
    wei = await town.resident("Wei")
    await shows_photo(mei, picture(1))
    first = await asked(lin, "Mei")
    assert first.has_photo
    assert "⚠️" not in first.text
    await town.later(days=7)
    await shows_photo(wei, picture(1, size=500, quality=60), "Soup")
    await asked(lin, "Wei", "📝 Soup", "⚠️ The same picture was sent on 2026-11-10 by another person")
    await shows_photo(mei, picture(1))
    await asked(lin, "Mei", "on 2026-11-10 by the same person")
    await shows_photo(wei, picture(2), "Bread")
    assert "⚠️" not in (await asked(lin, "Wei", "Bread")).text
    await lin.taps("✅", on="📝 Soup")
    await wei.hears("is approved")


async def test_what_is_no_picture_inside_is_compared_as_it_is(town: Town, lin: Handset, mei: Handset) -> None:
    await shows_photo(mei, b"\xff\xd8\xff broken")
    await asked(lin, "Mei")
    await shows_photo(mei, b"\xff\xd8\xff broken", "again")
    await asked(lin, "again", "by the same person")


async def test_ten_within_an_hour_are_flagged_and_none_is_refused(
    town: Town, lin: Handset, mei: Handset
) -> None:
    for number in range(10):
        await claims(mei, note=f"Number {number}")
    assert "⚠️" not in (await asked(lin, "Number 8")).text
    await asked(lin, "Number 9", "⚠️ 10 deeds within an hour")
    assert await states(town) == ["claimed"] * 10


async def test_who_does_not_decide_is_reminded_after_a_day_and_others_asked_after_three(
    town: Town, lin: Handset, mei: Handset
) -> None:
    root = await town.holder("Root", "admin")
    await claims(mei)
    await asked(lin, "Please verify: Mei")
    await town.later(hours=23)
    await town.later(hours=1)
    await asked(lin, "Still waiting for you", "Mei")
    await town.close()
    town.clock.wind(days=5)
    await town.open()
    await asked(root, "Still waiting for you", "Mei")
    await mei.hears("waited for days; others are asked now")
    passed_on = await reminders(root)
    await town.restart()
    await town.later(days=10)
    await is_reminded(root, passed_on)
    assert (len(await reminders(lin)), len(await reminders(root))) == (1, 2)
    await root.taps("✅", on="Mei")
    await mei.hears("is approved")
    await lin.hears("Root approved")


async def reminders(phone: Handset) -> list[int]:
    return [one.message_id for one in await phone.bubbles() if "Still waiting" in one.text]


async def is_reminded(phone: Handset, before: list[int]) -> None:
    """Wait for one more reminder, and no two."""
    await phone.sees(lambda one: "Still waiting" in one.text and one.message_id not in before, "a reminder")
    assert len(await reminders(phone)) == len(before) + 1


async def test_when_all_were_asked_the_last_are_reminded_for_a_week_and_then_it_is_said(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo = await town.coordinator("Guo")
    await claims(mei)
    for phone in (lin, guo):
        await asked(phone, "Please verify: Mei")
    for days in (1, 2, *[1] * 6):  # as anybody after a day; then others would be asked, and there are none
        before = [await reminders(phone) for phone in (lin, guo)]
        await town.later(days=days)
        for phone, heard in zip((lin, guo), before, strict=True):
            await is_reminded(phone, heard)
    assert not [one for one in await mei.bubbles() if "still waits" in one.text]
    await town.later(days=1)
    await mei.hears("still waits: all who can decide were asked", "025-5550 0100")
    await town.later(days=5)
    assert len(await reminders(lin)) == 8
    await guo.taps("✅", on="Still waiting")
    await mei.hears("is approved")


async def test_who_comes_when_nobody_could_decide_is_reminded_as_anybody(town: Town, mei: Handset) -> None:
    await claims(mei)
    await town.later(days=4)
    lin = await town.coordinator("Lin")
    await town.later(days=1)
    await asked(lin, "Still waiting")
    for days in (4, 1, 1):
        before = await reminders(lin)
        await town.later(days=days)
        await is_reminded(lin, before)


async def test_an_answer_that_never_comes_is_decided_without_and_brought_up_again(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await claims(mei)
    await lin.taps("❓", on="Please verify")
    await lin.says("When was it?")
    await mei.hears("Please answer Lin")
    await town.later(days=3)
    await asked(lin, "Still waiting", "When was it?")
    for days in (3, 1, 1):
        before = await reminders(lin)
        await town.later(days=days)
        await is_reminded(lin, before)


async def test_a_lead_who_is_silent_is_passed_over_to_coordinators_and_then_admins(
    town: Town, lin: Handset
) -> None:
    zhao = await town.holder("Zhao", "team-lead", of="core")
    root = await town.holder("Root", "admin")
    wei = await town.resident("Wei", team="core")
    await claims(wei, "Cleaned a shared place")
    await asked(zhao, "Wei")
    assert not [one for one in await lin.bubbles() if "Cleaned" in one.text]
    await town.later(days=3)
    await asked(lin, "Still waiting", "Cleaned")
    assert not [one for one in await root.bubbles() if "Cleaned" in one.text]
    await town.later(days=3)
    await asked(root, "Still waiting", "Cleaned")
    await zhao.taps("✅", on="Cleaned")
    await wei.hears("is approved")


async def test_who_is_to_answer_is_reminded_and_after_days_others_decide(
    town: Town, lin: Handset, mei: Handset
) -> None:
    root = await town.holder("Root", "admin")
    await claims(mei)
    await town.later(days=1)
    await asked(lin, "Still waiting")  # asked about after the first reminder, as before it
    await lin.taps("❓", on="Still waiting")
    await lin.says("When was it?")
    await mei.hears("Please answer Lin")
    await town.later(days=1)
    await mei.hears("Lin still waits for your answer", "When was it?")
    await town.later(days=1)
    assert not [one for one in await root.bubbles() if VISIT in one.text]
    await town.later(days=1)
    await asked(root, "Still waiting", "When was it?")
    await mei.hears("Your answer about", "is still missing")
    await mei.says("On Monday")
    await asked(lin, "On Monday")
    await town.later(days=1)
    await asked(lin, "Still waiting", "On Monday")


async def test_one_question_at_a_time(town: Town, lin: Handset, mei: Handset) -> None:
    guo = await town.coordinator("Guo")
    await claims(mei)
    await asked(guo, VISIT)
    for phone in (lin, guo):
        await phone.taps("❓", on=VISIT)
        await phone.hears("What do you want to know of Mei?")
    await lin.says("Who was it?")
    await mei.hears("Please answer Lin", "Who was it?")
    await guo.says("When was it?")
    await guo.hears("Lin asked already: “Who was it?”")
    await mei.says("Mrs Zhao")
    for phone in (lin, guo):
        await asked(phone, "Who was it?", "Mrs Zhao")


async def test_what_a_verifier_began_who_is_forgotten_others_begin_anew(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo, wang = await town.coordinator("Guo"), await town.coordinator("Wang")
    await claims(mei, FIRST_AID)
    await claims(mei)
    await lin.taps("✅", on=FIRST_AID)
    await asked(guo, "second person")
    await lin.taps("❓", on=VISIT)
    await lin.says("Who was it?")
    await mei.hears("Please answer Lin")
    await lin.says("/privacy")
    await lin.taps("🗑")
    await lin.taps("🗑", on="")
    await mei.hears("Others verify", VISIT, "need not answer")
    for phone in (guo, wang):
        await asked(phone, "Please verify", FIRST_AID)
    await guo.taps("✅", on=FIRST_AID)
    await asked(wang, "second person", FIRST_AID)
    await wang.taps("✅", on="second person")
    await guo.taps("✅", on=VISIT)
    await mei.hears("is approved", VISIT)


async def test_what_is_listed_is_paid_though_its_activity_is_gone(
    town: Town, lin: Handset, mei: Handset
) -> None:
    await is_listed(town, lin, await town.coordinator("Guo"), mei)
    text = town.file.read_text("utf-8")
    begins = text.rindex("[[activity]]", 0, text.index(FIRST_AID))
    town.changes_its_file(text[begins : text.index("[[", begins + 2)], "")
    await town.restart()
    for command in ("/points", "/leaderboard"):
        await mei.says(command)
        await mei.sees(lambda one: one.button("📜") is not None, "the list's button")
    await town.later(days=3)
    await mei.hears("Nobody objected", FIRST_AID, "+30")
    assert await states(town) == ["paid"]


async def test_what_is_listed_is_read_by_all_and_paid_once_after_three_days_also_after_downtime(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo, wei = await town.coordinator("Guo"), await town.resident("Wei")
    await is_listed(town, lin, guo, mei)
    await wei.says("/deed")
    await wei.taps("📜")
    await wei.hears("Listed", "Mei (Building 1)", FIRST_AID, "+30", "2026-11-13 10:00")
    assert await earned(town) == []
    await town.close()
    town.clock.wind(days=20)
    await town.open()
    await mei.hears("Nobody objected", FIRST_AID, "+30 points", "you have 30")
    await town.restart()
    await town.later(days=1)
    assert (await earned(town), await states(town)) == ([30], ["paid"])
    assert "not listed any more" in await wei.taps("✋")


@pytest.mark.parametrize("post", [True, False])
async def test_an_objection_goes_to_a_coordinator_who_had_nothing_to_do_with_it(
    town: Town, lin: Handset, mei: Handset, post: bool
) -> None:
    guo, wei = await town.coordinator("Guo"), await town.resident("Wei")
    wang, fang = await town.coordinator("Wang"), await town.coordinator("Fang")
    await is_listed(town, lin, guo, mei)
    await wei.says("/deed")
    await wei.taps("📜")
    await wei.taps("✋", on="Listed")
    await wei.hears("Why do you object", "Mei")
    await wei.says("I was there, it was Ann")
    await wei.hears("Passed on to the coordinators")
    await mei.hears("Somebody objects")
    question = await asked(wang, "Wei objects to", FIRST_AID, "Mei", "I was there, it was Ann")
    assert not [one for one in await lin.bubbles() if "objects" in one.text]
    await town.later(days=4)
    assert await earned(town) == []
    last = (await lin.bubbles())[-1].message_id
    for kind in ("du", "dx"):
        assert "yourself" in await lin.sends_data(last, f"{kind}:{await newest(town)}", forge=True)
    for phone in (wei, mei):
        last = (await phone.bubbles())[-1].message_id
        assert "does not allow" in await phone.sends_data(last, f"du:{await newest(town)}", forge=True)
    await wang.taps("✅" if post else "❌", on="Wei objects")
    await fang.hears("Wang decided")
    if post:
        await mei.hears("The objection was looked at", "+30")
        await wei.hears("it counts")
    else:
        await mei.hears("After an objection", "gives no points")
        await wei.hears("no points are given")
    assert "already" in await wang.taps_again(question, "❌" if post else "✅")
    assert await earned(town) == ([30] if post else [])
    assert ("settle-objection" if post else "uphold-objection") in await town.acts()


async def test_nobody_decides_on_the_objection_of_whom_they_live_with(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo, wei = await town.coordinator("Guo"), await town.resident("Wei")
    wang, fang = await town.coordinator("Wang"), await town.coordinator("Fang")
    await lives_with(town, wang, wei)
    await is_listed(town, lin, guo, mei)
    await wei.says("/deed")
    await wei.taps("📜")
    await wei.taps("✋", on="Listed")
    await wei.taps("✋ It did not happen")
    await asked(fang, "Wei objects to", FIRST_AID)
    assert not [one for one in await wang.bubbles() if "objects" in one.text]
    last = (await wang.bubbles())[-1].message_id
    for kind in ("du", "dx"):
        assert "yourself" in await wang.sends_data(last, f"{kind}:{await newest(town)}", forge=True)
    await fang.taps("❌", on="Wei objects")
    await mei.hears("After an objection", "gives no points")


async def test_a_usual_objection_needs_one_tap_and_a_second_one_is_told(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo, wei, ann = await town.coordinator("Guo"), await town.resident("Wei"), await town.resident("Ann")
    root = await town.holder("Root", "admin")
    await is_listed(town, lin, guo, mei)
    for phone in (wei, ann):
        await phone.says("/deed")
        await phone.taps("📜")
        await phone.taps("✋", on="Listed")
        await phone.hears("Why do you object")
    await wei.taps("✋ Counted twice")
    await wei.hears("Passed on")
    assert "objected before you" in await ann.taps("✋ It did not happen")
    await asked(root, "Wei objects", "it was counted twice")
    await mei.says("/deed")
    await mei.hears("What good did you do?")
    last = (await mei.bubbles())[-1].message_id
    await mei.sends_data(last, "dv", forge=True)
    await mei.hears("Nothing is listed")


async def test_nobody_objects_to_their_own(town: Town, lin: Handset, mei: Handset) -> None:
    guo = await town.coordinator("Guo")
    await is_listed(town, lin, guo, mei)
    await mei.says("/deed")
    await mei.taps("📜")
    await mei.taps("✋", on="Listed")
    assert "yourself" in await mei.taps("✋ It did not happen")
    assert await states(town) == ["listed"]


async def test_swapping_households_opens_no_way_to_verify_ones_own_family(
    town: Town, lin: Handset, mei: Handset
) -> None:
    """Who lived with the claimant at the claim stays out after moving, who moves in later is out as well."""
    guo = await town.coordinator("Guo")
    await lives_with(town, mei, guo)
    await claims(mei)
    await asked(lin, "Mei")
    wei = await town.resident("Wei")
    await lives_with(town, guo, wei)
    last = (await guo.bubbles())[-1].message_id
    assert "household" in await guo.sends_data(last, f"dy:{await newest(town)}", forge=True)
    await lives_with(town, mei, lin)
    assert "household" in await lin.taps("✅", on="Mei")
    assert await states(town) == ["claimed"]


async def test_an_objection_that_nobody_decides_on_goes_to_admins_too(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo, wei = await town.coordinator("Guo"), await town.resident("Wei")
    wang, root = await town.coordinator("Wang"), await town.holder("Root", "admin")
    await is_listed(town, lin, guo, mei)
    await wei.says("/deed")
    await wei.taps("📜")
    await wei.taps("✋", on="Listed")
    await wei.taps("✋ The time is wrong")
    await asked(wang, "Wei objects", "the time is wrong")
    await town.later(days=1)
    await asked(wang, "Still waiting", "Wei objects")
    assert not [one for one in await root.bubbles() if "objects" in one.text]
    await town.later(days=2)
    await asked(root, "Still waiting", "Wei objects")
    await town.restart()
    await root.taps("❌", on="Wei objects")
    await wang.hears("Root decided")
    await mei.hears("gives no points")

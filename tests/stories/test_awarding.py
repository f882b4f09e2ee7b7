"""Stories of /award: by code, name or username, after a preview, never to oneself or one's household."""

from collections.abc import Mapping

import pytest
from deed_town import FIRST_AID, PATROL, VISIT, asked, earned, lives_with, states

from bot import community
from bot.sandbox.handset import Handset
from town import Town


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"# two_people_over = 100": "two_people_over = 50", "# public_over = 100": "public_over = 25"}


@pytest.fixture
async def lin(town: Town) -> Handset:
    return await town.coordinator("Lin")


async def previews(lin: Handset, *words: str) -> None:
    await lin.sees(
        lambda one: one.button("✖️") is not None and all(word in one.text for word in ("Award", *words)),
        f"a preview with {words}",
    )


async def test_by_short_code_and_activitys_code_with_a_note(town: Town, lin: Handset) -> None:
    mei = await town.resident("Mei")
    code = (await town.person(mei)).short_code
    await lin.says(f"/award {code.lower()} visit Thank you & <b>bravo</b>")
    await previews(lin, "Mei (Building 1)", VISIT, "+15", "Thank you & <b>bravo</b>")
    assert not await town.rows("deed")
    shown = await lin.hears("Award Mei")
    await lin.taps("✅", on="Award Mei")
    await lin.hears("Mei has +15 points")
    await mei.hears("Lin awards you points", VISIT, "bravo", "+15 points", "you have 15", "Number 1")
    assert "awarded already" in await lin.taps_again(shown, "✅")
    assert (await earned(town), await states(town)) == ([15], ["paid"])
    assert "award" in await town.acts()


async def test_by_name_and_activitys_name_in_any_language(town: Town, lin: Handset) -> None:
    wang = await town.resident("王 小英", language="zh-hans")
    await lin.says("/award 王小英 看望独居老人 辛苦了")
    await previews(lin, "王 小英", VISIT, "辛苦了")
    await lin.taps("✅", on="Award")
    await wang.hears("Lin 给您记了积分", "看望独居老人", "辛苦了")
    await lin.says("/award 王 小英 visited SOMEONE living alone")
    await previews(lin, "王 小英", VISIT)


async def test_two_people_of_one_name_are_told_apart(town: Town, lin: Handset) -> None:
    one, other = await town.resident("Ann Li", area="b1"), await town.resident("Ann Li", area="b4")
    await lin.says("/award Ann Li visit")
    asked_which = await lin.hears("Which Ann Li is it?")
    assert [label for label, _, _ in asked_which.buttons] == [
        "👤 Ann Li · Building 1",
        "👤 Ann Li · Building 4",
    ]
    await lin.taps("👤 Ann Li · Building 4")
    await previews(lin, "Ann Li (Building 4)", VISIT)
    await lin.taps("✅", on="Award")
    await other.hears("+15 points")
    assert not [bubble for bubble in await one.bubbles() if "+15" in bubble.text]


async def test_by_username_once_they_have_written_and_erased_with_them(town: Town, lin: Handset) -> None:
    mei = await _with_username(town, "Mei", "Mei_Li")
    await lin.says("/award @mei_li visit")
    await previews(lin, "Mei (Building 1)")
    await lin.says("/award @MEI_LI visit")
    await previews(lin, "Mei (Building 1)")
    await lin.says("/award @nobody visit")
    await lin.hears("Nobody in your area is called “@nobody visit”", "short code", "@username")
    await town.later(minutes=1)
    await mei.says("/privacy")
    await mei.taps("🗑", on="Your information")
    await mei.taps("🗑", on="Shall we really")
    await mei.hears("forgotten")
    kept = await town.everything_kept()
    assert not {table for table, rows in kept.items() if "mei_li" in rows.lower() or "Mei" in rows}
    await lin.says("/award @mei_li visit")
    await lin.hears("Nobody in your area is called “@mei_li visit”")


async def test_a_conversation_asks_for_what_is_missing(town: Town, lin: Handset) -> None:
    mei = await town.resident("Mei")
    await lin.says("/award")
    await lin.hears("Who is it for?")
    await lin.says("Nobody I know")
    await lin.hears("Nobody in your area")
    await town.restart()
    await lin.says("mei")
    await lin.hears("What is it for? Mei (Building 1)")
    await lin.says("flying")
    await lin.hears("“flying” is none of these")
    await lin.taps("▶️")
    await lin.taps("◀️")
    await town.restart()
    await lin.taps(f"🙌 {PATROL}")
    await lin.hears("for how long")
    await lin.says("none")
    await lin.hears("1 to 1440 minutes")
    await lin.taps("⏱ 120")
    await previews(lin, "Safety patrol, 120 minutes", "+20")
    await lin.says("Help in the rain")
    await previews(lin, "+20", "📝 Help in the rain")
    await town.restart()
    await lin.taps("✅", on="rain")
    await mei.hears("Lin awards you", "Help in the rain", "+20 points")


async def test_minutes_may_stand_behind_the_activity(town: Town, lin: Handset) -> None:
    await town.resident("Mei")
    await lin.says("/award Mei patrol 90 round the lake")
    await previews(lin, "Safety patrol, 90 minutes", "+15", "📝 round the lake")


async def test_what_follows_a_name_and_is_no_activity_is_kept_as_the_note(town: Town, lin: Handset) -> None:
    await town.resident("Mei")
    await lin.says("/award Mei for the soup")
    await lin.hears("What is it for?")
    await lin.says("visit")
    await previews(lin, VISIT, "📝 for the soup")
    await lin.taps("✖️")
    await lin.hears("cancelled")
    assert not await town.rows("deed")


@pytest.mark.parametrize("typed", ["/award Lin visit", "/award Guo visit"])
async def test_nobody_awards_themselves_or_their_household(town: Town, lin: Handset, typed: str) -> None:
    guo = await town.resident("Guo")
    await lives_with(town, guo, lin)
    await lin.says(typed)
    await lin.hears("another coordinator must")
    assert not await town.rows("deed")


async def test_a_role_gone_or_a_household_joined_after_the_preview_is_noticed(
    town: Town, lin: Handset
) -> None:
    mei = await town.resident("Mei")
    await lin.says("/award Mei visit")
    await previews(lin, "Mei")
    await lives_with(town, mei, lin)
    assert "another coordinator" in await lin.taps("✅", on="Award")
    grant = (await town.person(lin)).roles[0].grant_id
    await town.app.database.write(community.end_grant, grant_id=grant, ended_by=None, now=town.clock.now())
    assert "does not allow" in await lin.taps("✅", on="Award")
    assert not await town.rows("deed")


async def test_only_coordinators_award_and_only_in_their_area(town: Town) -> None:
    far = await town.coordinator("Far", area="g2")
    mei = await town.resident("Mei")
    await far.says("/award Mei visit")
    await far.hears("Nobody in your area is called")
    for phone in (mei, await town.holder("Guo", "grid-officer")):
        await phone.says("/award Mei visit")
        await phone.hears("does not allow")
        last = (await phone.bubbles())[-1].message_id
        for data in ("ay:x", "ar:1", "aa:visit", "am:30", "ap:0", "aq:0"):
            assert "no longer works" in await phone.sends_data(last, data, forge=True)
    assert not await town.rows("deed")


async def test_above_the_bounds_a_second_person_and_then_everybody_is_asked(town: Town, lin: Handset) -> None:
    mei, guo = await town.resident("Mei"), await town.coordinator("Guo")
    await lin.says("/award Mei patrol 330")
    await previews(lin, "+55", "Over 50 points: a second person", "Over 25 points: listed")
    await lin.taps("✅", on="Award")
    await lin.hears("Lin agreed", "a second person was asked")
    question = await asked(guo, "second person: Lin awards Mei", "55 points")
    assert question.button("❓") is None
    await guo.taps("✅", on="Lin awards Mei")
    await guo.hears("Guo approved", "listed for three days first")
    await mei.hears("listed until 2026-11-13", "+55")
    await town.later(days=3)
    await mei.hears("Nobody objected", "you have 40")
    assert await earned(town) == [40]  # the rule's cap of a day
    assert "another person" not in await guo.taps_again(question, "✅")


async def test_one_without_a_chat_is_awarded_and_the_coordinator_tells_them(town: Town, lin: Handset) -> None:
    mei = await town.resident("Mei")
    await mei.does("block")
    await lin.says(f"/award Mei {FIRST_AID.lower()}")
    await lin.taps("✅", on="Award")
    await lin.hears("listed for three days first")
    await lin.says("/award Mei translation")
    await lin.taps("✅", on="Award")
    await lin.hears("Mei has +8 points", "please tell them yourself")


async def test_a_cap_that_leaves_nothing_is_said_to_the_coordinator(town: Town, lin: Handset) -> None:
    mei = await town.resident("Mei")
    for _ in range(3):
        await lin.says("/award Mei visit")
        await lin.taps("✅", on="Award")
        await lin.hears("Mei")
    await lin.hears("reached the most")
    await mei.hears("No points this time")
    assert await earned(town) == [15, 15]


async def test_two_of_one_name_in_one_building_are_told_apart_by_code(town: Town, lin: Handset) -> None:
    for _ in range(2):
        await town.resident("Ann Li")
    await lin.says("/award Ann Li visit")
    which = await lin.hears("Which Ann Li")
    codes = {row["short_code"] for row in await town.rows("resident") if row["name"] == "Ann Li"}
    labels = {label for label, _, _ in which.buttons if label.startswith("👤")}
    assert labels == {f"👤 Ann Li · Building 1 · {code}" for code in codes}


async def _with_username(town: Town, name: str, username: str) -> Handset:
    answer = await town.client.post(
        "/sim/people", json={"first_name": name, "language_code": "en", "username": username}
    )
    phone = Handset(town.client, answer.raise_for_status().json())
    await phone.says("/start a_b1")
    await phone.taps("✅")
    await phone.taps("👤")
    await phone.taps("➖")
    await phone.sees(lambda one: one.button("🏠") is not None and name in one.text, "the card")
    return phone

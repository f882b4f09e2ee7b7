"""Stories of a coordinator's preview: what is sent is what was read, to whom it was read, or nothing."""

from collections.abc import Mapping

import pytest

from bot.sandbox.handset import Bubble, Handset
from town import Town

PLAN_TEXT = 'en = "An elderly neighbour at {place} needs help: please look in"'


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"second_person_over = 50": "second_person_over = 1"}


async def preview(phone: Handset, *words: str) -> Bubble:
    return await phone.sees(
        lambda one: one.button("🎚") is not None and all(word in one.text for word in words),
        f"a preview with {words}",
    )


async def test_another_team_chosen_after_the_preview_is_not_sent_unread(town: Town) -> None:
    wei = await town.resident("Wei", team="core")
    ann = await town.resident("Ann", team="school")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly The first words")
    first = await preview(lin, "The first words")
    await lin.says("Other words")
    second = await preview(lin, "Other words")
    await lin.taps_again(first, "👥")
    await lin.taps("⬜ 🏫")
    assert "older preview" in await lin.taps_again(second, "🚨")
    await preview(lin, "Other words", "School")
    assert not await town.rows("ask")
    await lin.taps("🚨")
    await wei.hears("Other words")
    await ann.hears("Other words")


async def test_a_plan_worded_anew_is_read_before_it_is_sent(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    read = await preview(lin, "needs help: please look in")
    await town.close()
    town.changes_its_file(PLAN_TEXT, 'en = "Please ring at {place} and call back"')
    await town.open()
    assert "older preview" in await lin.taps_again(read, "🚨")
    await preview(lin, "Please ring at Willow Bank and call back")
    assert not await town.rows("callout")
    await lin.taps("🚨")
    await wei.hears("Please ring at Willow Bank and call back")


async def test_the_cross_of_an_older_preview_drops_nothing(town: Town) -> None:
    await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly The first words")
    first = await preview(lin, "The first words")
    await lin.says("Other words")
    second = await preview(lin, "Other words")
    assert "older preview" in await lin.taps_again(first, "✖️")
    newest = await lin.sees(lambda one: one.message_id > second.message_id, "the newest preview")
    await lin.taps_again(newest, "✖️")
    await lin.hears("Discarded")


async def test_who_speaks_a_language_that_was_dropped_is_called_too(town: Town) -> None:
    ann = await town.resident("Ann", team="clinic", language="en")
    mei = await town.resident("梅", team="clinic", language="zh")
    lin = await town.coordinator("林", language="zh")
    await town.close()
    town.changes_its_file('languages = ["zh", "en"]', 'languages = ["zh"]')
    await town.open()
    await lin.says("/callout elderly 请去看看赵奶奶")
    await lin.taps("🚨")
    await ann.hears("请去看看赵奶奶", "Can you come")
    await mei.hears("请去看看赵奶奶")


async def test_no_exercise_begins_beside_a_real_emergency(town: Town) -> None:
    wei = await town.resident("Wei", team="fire")
    lin = await town.coordinator("Lin")
    await lin.says("/callout gas Smell of gas in building 2")
    await lin.taps("🚨")
    await wei.hears("Smell of gas in building 2")
    await lin.says("/callout gas Let us rehearse")
    await lin.taps("🧪")
    shown = await preview(lin, "EXERCISE", "Let us rehearse")
    told = await lin.taps_again(shown, "🧪")
    assert told.startswith("🧪 EXERCISE")
    assert "real call-out is open" in told
    assert [row["exercise"] for row in await town.rows("callout")] == [False]
    await lin.taps("🏁")
    await lin.hears("Stood down")
    await lin.taps_again(shown, "🧪")
    await lin.hears("EXERCISE", "Asked 1")


async def test_a_second_coordinator_who_cannot_be_reached_is_no_second_one(town: Town) -> None:
    for name in ("Wei", "Ann"):
        await town.resident(name, team="fire")
    guo = await town.coordinator("Guo")
    lin = await town.coordinator("Lin")
    await guo.does("block")
    await lin.says("/callout fire The kitchen of building 3 burns")
    await preview(lin, "none to reach")


async def test_who_never_heard_of_a_call_out_hears_no_stand_down(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    fault = {"method": "sendMessage", "status": 429, "retry_after": 1, "count": 40, "chat_id": wei.person_id}
    await town.client.post("/sim/faults", json=fault)
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await lin.taps("🏁")
    await lin.hears("Stood down")
    await town.client.delete("/sim/faults")
    await wei.says("/points")
    await wei.hears("Neighbourhood points")
    assert not [one for one in await wei.bubbles() if "Stand-down" in one.text or "Can you come" in one.text]


async def test_a_team_lead_watches_and_cannot_end(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lead = await town.holder("Lead", "team-lead", of="clinic")
    other = await town.holder("Other", "team-lead", of="school")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await wei.taps("✅")
    await other.says("/board")
    await other.hears("No call-out is open")
    await lead.says("/board")
    first = await lead.hears("Coming 1", "As of")
    assert not first.buttons
    await wei.taps("📍")
    await lead.hears("Arrived 1")
    await lead.says("/board")
    await lead.sees(
        lambda one: one.message_id > first.message_id and "Arrived 1" in one.text, "a newer board"
    )
    await lead.sees(
        lambda one: one.message_id == first.message_id and "further down" in one.text, "where it moved"
    )
    number = (await town.rows("callout"))[0]["id"]
    assert "not allow" in await lead.sends_data(first.message_id, f"cs:{number}:y", forge=True)

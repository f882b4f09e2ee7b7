"""Stories of preparing a call-out: by plan or in free words, each change of it, and what 🚨 sends."""

import re

from bot.sandbox.handset import Bubble, Handset
from town import Town


async def preview(phone: Handset, *words: str, sign: str = "🚨") -> Bubble:
    return await phone.sees(
        lambda one: (
            one.button(sign) is not None
            and one.button("🎚") is not None
            and all(word in one.text for word in words)
        ),
        f"a preview with {words}",
    )


async def test_a_plan_and_a_text_go_straight_to_the_preview(town: Town) -> None:
    wei = await town.resident("Wei", team="fire")
    lin = await town.coordinator("Lin")
    await lin.says("/callout flood Cellar of building 3 is under water")
    shown = await preview(lin, "Cellar of building 3 is under water", "Flood", "1 person")
    assert shown.buttons[0][0].startswith("🚨")
    assert {"👥", "🎚", "🎯", "📍", "✏️", "🧪", "✖️"} <= {label.split()[0] for label, *_ in shown.buttons}
    await lin.taps("🚨")
    await wei.hears("Cellar of building 3 is under water")
    await lin.hears("Flood", "Asked 1")


async def test_a_plan_is_recognised_by_any_of_its_names(town: Town) -> None:
    lin = await town.coordinator("林", language="zh")
    for typed in (
        "内涝 地下室进水了",
        "ＦＬＯＯＤ　地下室进水了",
        "内 涝地下室进水了",
        "flood\n地下室进水了",
    ):
        await lin.says(f"/callout {typed}")
        shown = await preview(lin, "内涝", "地下室进水了")
        assert "🔴 红色" in shown.text
        await lin.taps("✖️")
        await lin.hears("已放弃")


async def test_words_without_a_plan_are_kept_while_the_plan_is_asked(town: Town) -> None:
    await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout Old Mrs Zhao does not answer the door")
    await lin.says("elderly")
    await preview(lin, "Old Mrs Zhao does not answer the door", "Elderly neighbour")


async def test_a_plan_s_button_bears_its_name(town: Town) -> None:
    lin = await town.coordinator("Lin")
    await lin.says("/callout Old Mrs Zhao does not answer the door")
    await lin.taps("📋 Elderly neighbour")
    await preview(lin, "Old Mrs Zhao does not answer the door", "Elderly neighbour")


async def test_free_words_go_by_level_and_teams(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout")
    await lin.taps("📝")
    await lin.taps("🟡")
    assert "team" in await lin.taps("✅", on="Who shall be called")
    await lin.taps("⬜ 🏥")
    await lin.taps("✅", on="Who shall be called")
    await lin.says("Please check on the clinic's fridge")
    await preview(lin, "Please check on the clinic's fridge", "1 person", "Yellow")
    await lin.taps("🚨")
    await wei.hears("Please check on the clinic's fridge")


async def test_each_part_of_the_draft_can_be_changed(town: Town) -> None:
    for name, team in (("Wei", "clinic"), ("Ann", "school"), ("Bob", "school")):
        await town.resident(name, team=team)
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await preview(lin, "1 person", "Yellow")
    await lin.taps("👥")
    await lin.taps("⬜ 🏫")
    await lin.taps("✅", on="Who shall be called")
    await preview(lin, "3 people")
    await lin.taps("🎚")
    await lin.taps("🟠")
    await preview(lin, "Orange")
    await lin.taps("🎯")
    await lin.taps("🎯 20")
    await preview(lin, "20 people")
    await lin.taps("📍")
    await lin.says("Building 2, door 301")
    await preview(lin, "An elderly neighbour at Building 2, door 301")
    await lin.taps("✏️")
    await lin.says("Mrs Zhao fell, bring a chair")
    shown = await preview(lin, "Mrs Zhao fell, bring a chair", "Building 2, door 301", "Orange", "20 people")
    assert "An elderly neighbour" not in shown.text


async def test_the_audience_can_be_narrowed_to_a_grid(town: Town) -> None:
    await town.resident("Wei", team="clinic", area="b1")
    await town.resident("Ann", team="clinic", area="b4")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await preview(lin, "2 people")
    await lin.taps("👥")
    await lin.taps("🏠")
    await lin.taps("🏠 Grid 2")
    await lin.taps("🏠 All of Grid 2")
    await preview(lin, "1 person", "Grid 2")


async def test_how_many_are_needed_can_be_typed(town: Town) -> None:
    await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    for typed in ("5", "7", "2"):
        await lin.taps("🎯")
        await lin.says(typed)
        await preview(lin, f"{typed} people")
    await lin.taps("🎯")
    for nonsense in ("many", "0", "1000", "-3", "99999999999999999999"):
        await lin.says(nonsense)
        await lin.hears("1", "999")
    await lin.says("3")
    await preview(lin, "3 people")


async def test_one_tap_sends_what_was_read_and_a_second_sends_nothing(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    shown = await preview(lin)
    await lin.taps("🚨")
    await wei.hears("An elderly neighbour")
    assert await lin.taps_again(shown, "🚨") == "Sent"
    assert len(await town.rows("callout")) == 1
    assert len([one for one in await wei.bubbles() if "An elderly neighbour" in one.text]) == 1


async def test_an_older_preview_sends_nothing_and_shows_the_newest(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly The first words")
    older = await preview(lin, "The first words")
    await lin.says("/callout elderly The second words")
    newer = await preview(lin, "The second words")
    assert "older" in await lin.taps_again(older, "🚨")
    newest = await lin.sees(lambda one: one.message_id > newer.message_id, "the newest preview")
    assert "The second words" in newest.text
    assert not await town.rows("callout")
    assert "older" in await lin.taps_again(newer, "🚨")
    await lin.sees(lambda one: one.message_id > newest.message_id, "the newest of all")
    await lin.taps("🚨")
    await wei.hears("The second words")


async def test_discarding_sends_nothing(town: Town) -> None:
    await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    shown = await preview(lin)
    await lin.taps("✖️")
    await lin.hears("Nothing was sent")
    assert await lin.taps_again(shown, "🚨")
    assert not await town.rows("callout")


async def test_nobody_to_ask_is_said_before_and_refused_after(town: Town) -> None:
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await preview(lin, "⚠️")
    assert "nothing was sent" in await lin.taps("🚨")
    assert not await town.rows("callout")


async def test_an_exercise_stays_one_and_everything_it_sends_says_so(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    mei = await town.resident("梅", team="clinic", language="zh")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await preview(lin)
    before = {phone.name: len(await phone.bubbles()) for phone in (wei, mei)}
    await lin.taps("🧪")
    shown = await preview(lin, sign="🧪")
    assert shown.text.startswith("🧪 EXERCISE")
    assert shown.button("🚨") is None
    assert not await town.rows("callout")
    await lin.taps("🎚")
    assert (await lin.hears("How urgent")).text.startswith("🧪 EXERCISE")
    await lin.taps("🟠")
    shown = await preview(lin, "Orange", sign="🧪")
    assert shown.button("🚨") is None
    flashed = [await lin.taps("🧪")]
    flashed += [await wei.taps("✅"), await wei.taps("🚶 10"), await wei.taps("📍")]
    board = await lin.sees(lambda one: one.button("🏁") is not None, "the board")
    assert board.text.startswith("🧪 EXERCISE")
    flashed.append(await lin.taps("🏁"))
    await lin.taps("🏁", on="all the same")
    assert (await lin.hears("🏁 Stood down")).text.startswith("🧪 EXERCISE")
    flashed.append(await mei.taps("✅"))
    assert all(one.startswith("🧪") for one in flashed if one), flashed
    for phone, mark in ((wei, "🧪 EXERCISE"), (mei, "🧪 演练")):
        heard = (await phone.bubbles())[before[phone.name] :]
        assert heard
        assert all(one.text.startswith(mark) for one in heard), [one.text for one in heard]
    assert not [row for row in await town.rows("transfer") if row["kind"] == "award"]


async def test_a_real_emergency_ends_a_running_exercise(town: Town) -> None:
    wei = await town.resident("Wei", team="fire")
    lin = await town.coordinator("Lin")
    await lin.says("/callout gas")
    await lin.taps("🧪")
    await preview(lin, sign="🧪")
    await lin.taps("🧪")
    await wei.taps("✅", on="EXERCISE")
    await lin.says("/callout fire")
    await lin.taps("🚨")
    await wei.hears("EXERCISE", "real emergency")
    await wei.hears("Fire at")
    exercise, real = await town.rows("callout")
    assert (exercise["state"], real["state"]) == ("stood-down", "open")
    await lin.sees(lambda one: one.text.startswith("🧪") and "Stood down" in one.text, "the closed board")


async def test_a_yellow_call_out_leaves_an_exercise_alone(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout fire")
    await lin.taps("🧪")
    await preview(lin, sign="🧪")
    await lin.taps("🧪")
    await wei.hears("EXERCISE")
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await wei.sees(lambda one: one.text.startswith("Please") and "elderly" in one.text, "the real one")
    assert [row["state"] for row in await town.rows("callout")] == ["open", "open"]


async def test_what_is_typed_is_read_as_typed(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly <b>&amp; {place} \u202eback\u202c")
    await preview(lin, "<b>&amp; {place}")
    await lin.taps("🚨")
    await wei.hears("<b>&amp; {place}")


async def test_too_long_a_text_is_said_to_be(town: Town) -> None:
    await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly " + "很" * 4000)
    refused = await lin.hears("4000", "1000")
    assert not re.search("unexpected|went wrong", refused.text)
    await lin.says("/callout elderly " + "&" * 1000)
    await preview(lin, "&" * 1000)

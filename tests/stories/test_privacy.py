"""Stories of what is kept: handed out on request, erased on request, and nothing of those who said no."""

import json

from bot.sandbox.handset import Handset
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
    await mei.taps("🗑", on="Your 30 points")
    await mei.hears("forgotten")
    await lin.sees(lambda one: "As of" in one.text and NAME not in one.text, "a board without the name")
    await nothing_is_kept(town, mei)
    assert [row["amount"] for row in await town.rows("transfer") if row["kind"] == "award"] == [30]
    await town.restart()
    await mei.says("/points")
    await mei.sees(lambda one: one.button("❌") is not None, "the welcome of a stranger")


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

"""Stories of those who are asked: each answer, each change of mind, the board they move, what they earn."""

import re

from bot.sandbox.handset import Bubble, Handset
from town import Town


async def call_out(coordinator: Handset, words: str = "elderly") -> None:
    await coordinator.says(f"/callout {words}")
    await coordinator.taps("🚨")


async def board(coordinator: Handset, *lines: str) -> Bubble:
    return await coordinator.sees(
        lambda one: "As of" in one.text and all(line in one.text for line in lines), f"a board with {lines}"
    )


async def test_from_on_my_way_to_done(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    asked = await wei.sees(lambda one: one.button("✅") is not None, "the question")
    assert [label.split()[0] for label, *_ in asked.buttons] == ["✅", "🕒", "❌"]
    first = await board(lin, "Coming 0", "No answer 1", "delivered 1")
    await wei.taps("✅")
    await board(lin, "Coming 1", "No answer 0", "On the way: Wei")
    await wei.taps("🚶 10")
    await wei.hears("about 10:10")
    await board(lin, "First arrival about 10:10")
    await town.later(minutes=9)
    await wei.taps("📍")
    await board(lin, "Arrived 1", "Coming 0", "There: Wei")
    await town.later(minutes=90)
    await wei.taps("🏁")
    done = await wei.hears("90 minutes", "+35")
    assert done.button("🏁") is None
    assert done.message_id == asked.message_id
    last = await board(lin, "done 1", "Arrived 0")
    assert last.message_id == first.message_id
    await wei.says("/points")
    await wei.hears("Neighbourhood points: 35")


async def test_whoever_is_there_at_stand_down_is_paid_once(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    ann = await town.resident("Ann", team="clinic")
    bob = await town.resident("Bob", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    asked = await wei.sees(lambda one: one.button("✅") is not None, "the question")
    await wei.taps("✅")
    await wei.taps("📍")
    await ann.taps("✅")
    await bob.taps("❌")
    await town.later(minutes=90)
    await board(lin, "Coming 1", "Arrived 1", "cannot 1")
    await lin.taps("🏁")
    sure = await lin.hears("1 on the way", "1 there")
    assert [row["state"] for row in await town.rows("callout")] == ["open"]
    await lin.taps_again(sure, "🏁")
    await wei.hears("Stand-down", "+35")
    await ann.hears("Stand-down")
    await bob.hears("Stand-down")
    await lin.hears("Stood down: 🧓 Elderly", "1 person served")
    assert "already" in await lin.taps_again(sure, "🏁")
    for sign in ("✅", "❌"):
        assert "stood down" in await wei.taps_again(asked, sign)
    assert [row["amount"] for row in await town.rows("transfer") if row["kind"] == "award"] == [35]
    closed = await lin.sees(lambda one: "As of" in one.text and "Stood down" in one.text, "the closed board")
    assert not closed.buttons


async def test_nobody_coming_is_stood_down_by_one_tap(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    await wei.taps("🕒")
    await lin.taps("🏁")
    await wei.hears("Stand-down")


async def test_minds_change_until_stand_down(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    asked = await wei.sees(lambda one: one.button("✅") is not None, "the question")
    await wei.taps("🕒")
    await board(lin, "later 1", "No answer 0")
    await wei.taps("❌")
    await board(lin, "cannot 1", "later 0")
    await wei.taps("✅")
    await wei.taps("🚶 30")
    await board(lin, "Coming 1", "cannot 0", "about 10:30")
    await wei.taps("🚶 5")
    await board(lin, "about 10:05")
    await wei.taps("❌")
    await board(lin, "cannot 1", "Coming 0")
    await wei.taps_again(asked, "✅")
    await wei.taps("📍")
    await board(lin, "Arrived 1")
    await wei.taps_again(asked, "❌")
    await board(lin, "Arrived 0", "cannot 1")


async def test_a_second_tap_changes_nothing(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    asked = await wei.sees(lambda one: one.button("✅") is not None, "the question")
    await board(lin, "delivered 1")  # otherwise that is noted somewhere between the taps, or after an answer
    await wei.taps("✅")
    await wei.taps("🚶 10")
    there = await wei.hears("about 10:10")
    version = (await town.rows("callout"))[0]["version"]
    for _ in range(3):
        assert await wei.taps_again(asked, "✅")
        assert await wei.taps_again(there, "🚶 10")
    assert (await town.rows("callout"))[0]["version"] == version
    await wei.taps("📍")
    await town.later(minutes=30)
    on_the_spot = await wei.sees(lambda one: one.button("🏁") is not None, "🏁")
    await wei.taps("🏁")
    await wei.hears("+25")
    await town.later(minutes=30)
    await wei.taps_again(on_the_spot, "🏁")
    await board(lin, "done 1", "Coming 0")
    assert [row["amount"] for row in await town.rows("transfer") if row["kind"] == "award"] == [25]
    assert len(await town.rows("ask_change")) == 6  # asked, delivered, coming, when, there, done


async def test_answers_can_be_typed(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    mei = await town.resident("梅", team="clinic", language="zh")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    await wei.hears("Can you come")
    await wei.says("On my way!")
    await board(lin, "Coming 1")
    await wei.says("5")
    await wei.hears("about 10:05")
    await wei.says("I am here")
    await board(lin, "Arrived 1")
    await mei.hears("您能来吗")
    await mei.says("3")
    await board(lin, "cannot 1")
    await mei.says("马上到")
    await board(lin, "Coming 1")
    await mei.says("20")
    await mei.hears("10:20")
    await mei.says("🕒")
    await board(lin, "later 1")


async def test_a_typed_number_answers_what_came_last(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await wei.says("/teams")
    await wei.sees(lambda one: one.button("➖") is not None, "the teams")
    await town.later(minutes=1)
    await call_out(lin)
    await wei.hears("Can you come")
    await wei.says("1")
    await board(lin, "Coming 1")
    await town.later(minutes=1)
    await wei.says("/teams")
    await wei.says("5")
    await wei.sees(lambda one: len([label for label, *_ in one.buttons if "➖" in label]) == 2, "two teams")


async def test_a_call_out_reads_in_each_ones_language(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    mei = await town.resident("梅", team="clinic", language="zh")
    lin = await town.coordinator("林", language="zh")
    await lin.says("/callout 独居老人求助")
    await lin.taps("🚨")
    await wei.hears("An elderly neighbour at Willow Bank needs help")
    await mei.hears("柳岸社区有老人需要帮助")


async def test_a_link_shows_the_call_out_to_who_was_asked(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    ann = await town.resident("Ann")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    number = (await town.rows("callout"))[0]["id"]
    first = await wei.hears("Can you come")
    await wei.says(f"/start c_{number}")
    again = await wei.sees(lambda one: one.message_id > first.message_id and bool(one.button("✅")), "again")
    await wei.taps_again(again, "✅")
    await board(lin, "Coming 1")
    await ann.says(f"/start c_{number}")
    await ann.hears("not asked")
    for nonsense in ("999", "x", "9" * 40):
        await ann.says(f"/start c_{nonsense}")
        told = await ann.hears("This link is unknown")
        await ann.does("delete", {"message_id": told.message_id})
    await lin.taps("🏁")
    await lin.taps("🏁", on="1 on the way")
    await lin.hears("Stood down")
    await wei.says(f"/start c_{number}")
    await wei.hears("This call-out has been stood down")


async def test_those_away_or_off_are_left_out_and_counted(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    ann = await town.resident("Ann", team="clinic")
    bob = await town.resident("Bob", team="clinic")
    await ann.says("/available")
    await ann.taps("⚪")
    await bob.says("/available")
    await bob.taps("🧳")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    shown = await lin.sees(lambda one: one.button("🚨") is not None, "the preview")
    assert re.search("1 not available", shown.text)
    assert re.search("1 away", shown.text)
    await lin.taps("🚨")
    await wei.hears("Can you come")
    assert len(await town.rows("ask")) == 1


async def test_who_blocked_the_bot_counts_as_unreachable(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    await town.resident("Ann", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await lin.sees(lambda one: "2 people" in one.text, "the preview")
    await wei.does("block")
    await lin.taps("🚨")
    await board(lin, "unreachable 1", "No answer 1")
    await wei.does("unblock")
    await wei.says("/start")
    await wei.hears("My card")
    assert [row["state"] for row in await town.rows("chat_link")] == ["reachable"] * 3


async def test_a_second_tap_brings_what_the_first_one_could_not_show(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    asked = await wei.hears("Can you come")
    fault = {"method": "editMessageText", "status": 400, "chat_id": wei.person_id, "description": "no"}
    await town.client.post("/sim/faults", json=fault | {"count": 1})
    await town.client.post(
        "/sim/faults", json={"method": "sendMessage", "status": 400, "chat_id": wei.person_id}
    )
    await wei.taps("✅")
    await board(lin, "Coming 1")
    await wei.taps_again(asked, "✅")
    await wei.taps("🚶 10")
    await wei.hears("about 10:10")
    town.clock.wind(seconds=20)
    await wei.taps_again(await wei.hears("about 10:10"), "🚶 10")
    assert [row["eta_at"] for row in await town.rows("ask_change") if row["eta_at"]][1:] == []

"""Stories of those no chat reaches: their own addresses, their area's, and a human with a list."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.community.contacts import set_contacts
from tests.bot.delivery.receiver import Receiver, receiving
from tests.stories.test_calling_out import preview
from tests.stories.test_volunteers import board, call_out
from town import Town


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


async def gone(town: Town, name: str, *urls: str, language: str = "en") -> int:
    """Somebody of the clinic's team whose chat is blocked, with other addresses or none."""
    phone = await town.resident(name, team="clinic", language=language)
    who = (await town.person(phone)).resident_id
    await town.app.database.write(set_contacts, resident_id=who, urls=urls)
    await town.client.post(f"/sim/people/{phone.person_id}/block", json={})
    return who


async def said(receiver: Receiver, times: int, town: Town) -> list[str]:
    for _ in range(100):
        if len(receiver.heard) >= times:
            break
        await town.later(seconds=1)
        await asyncio.sleep(0.05)
    return receiver.said()


async def test_who_blocked_the_bot_hears_by_mail_and_counts_as_reached(
    town: Town, receiver: Receiver
) -> None:
    await gone(town, "Wei", receiver.url("200"))
    await gone(town, "Ann", receiver.url("500"))
    await town.resident("Bo", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    heard = await said(receiver, 2, town)
    assert all("Please come and help" in one and "Telephone 025-5550 0100" in one for one in heard)
    await town.later(seconds=1)
    await board(lin, "unreachable 1", "delivered 2", "By other ways: 1 reached")
    kept = repr(await town.rows("delivery")) + repr(await town.rows("broadcast"))
    assert "json://" not in kept
    await lin.taps("🏁")
    await lin.hears("Stood down")
    for _ in range(100):  # meanwhile Ann's gateway, which is broken, is tried again
        if any("Nobody else needs to come" in one for one in receiver.said()):
            break
        await town.later(seconds=1)
        await asyncio.sleep(0.05)
    assert sum("Nobody else needs to come" in one for one in receiver.said()) == 1


async def test_a_human_tells_who_is_still_unreached(town: Town, receiver: Receiver) -> None:
    wei = await gone(town, "Wei")
    await gone(town, "Ann", receiver.url("404"))
    bo = await town.resident("Bo", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    await said(receiver, 1, town)
    await board(lin, "unreachable 2")
    number = (await town.rows("callout"))[0]["id"]
    asked = await bo.hears("Can you come?")
    ways = (f"c1:{number}", f"c2:{number}:1:0", f"c3:{number}:0", f"c7:{number}:1:0", f"c8:{number}:1:0")
    for data in ways:
        assert "does not allow" in await bo.sends_data(asked.message_id, data, forge=True)
    await lin.taps("📞 Call list")
    listed = await lin.hears("telephone or visit 2 people")
    assert [row[0] for row in listed.buttons] == ["📞 Wei · Building 1", "📞 Ann · Building 1"]
    await lin.taps("📞 Wei")
    await lin.hears("Please tell Wei (Building 1)")
    assert "Noted: not reached" in await lin.taps("❌ Not reached")
    listed = await lin.hears("telephone or visit 2 people")
    assert [row[0] for row in listed.buttons] == ["📞 Ann · Building 1", "📞 Wei · Building 1 · tried 1 time"]
    await lin.taps("📞 Wei")
    assert "Noted: told" in await lin.taps("✅ Told")
    await lin.hears("telephone or visit 1 person")
    for data in (f"c2:{number}:{wei}:0", f"c7:{number}:{wei}:0", f"c8:{number}:{wei}:0"):
        assert "before" in await lin.sends_data(listed.message_id, data, forge=True)
    await board(lin, "unreachable 1", "delivered 2")
    await lin.taps("📞 Ann")
    await lin.taps("✅ Told")
    await lin.hears("Everybody has been told")
    acts = await town.acts()
    assert (acts.count("told-by-phone"), acts.count("not-reached-by-phone")) == (2, 1)


async def test_who_was_told_by_hand_is_told_by_hand_that_it_is_over(town: Town, receiver: Receiver) -> None:
    wei = await gone(town, "Wei", language="zh")
    await gone(town, "Ann", receiver.url("200"))
    bo = await town.resident("Bo", team="clinic")
    lin = await town.coordinator("Lin", language="zh")
    await lin.says("/callout elderly")
    await lin.taps("🧪")
    await lin.taps("🧪 ")
    await said(receiver, 1, town)
    await bo.hears("Can you come?")
    number = (await town.rows("callout"))[0]["id"]
    await lin.sees(lambda one: "联系不上 1" in one.text and one.button("📞") is not None, "a board")
    await lin.taps("📞 待通知名单")
    await lin.taps("📞 Wei · 1号楼")
    await lin.taps("✅ 通知到了")
    await lin.hears("都通知到了")
    await lin.taps("🏁")
    await lin.sees(lambda one: "🏁 已收队" in one.text and one.button("📞") is not None, "how it ended")
    assert (await said(receiver, 2, town))[1].startswith("🧪 EXERCISE")
    await lin.taps("📞 待通知名单")
    listed = await lin.hears("请告诉这 1 人不用来了")
    assert listed.text.startswith("🧪 演练")
    assert [row[0] for row in listed.buttons] == ["📞 Wei · 1号楼"]
    await lin.taps("📞 Wei")
    assert (await lin.hears("请告诉Wei（1号楼）不用来了")).text.startswith("🧪 演练")
    await lin.taps("✅ 通知到了")
    await lin.sees(lambda one: one.message_id == listed.message_id and not one.buttons, "nobody is left")
    again = await lin.sends_data(listed.message_id, f"c7:{number}:{wei}:0", forge=True)
    assert again.startswith("🧪 演练")
    assert (await town.acts()).count("told-it-is-over") == 1


async def test_who_could_not_be_told_the_end_by_another_way_is_called(town: Town, receiver: Receiver) -> None:
    ann = await gone(town, "Ann", receiver.url("200"))
    await town.resident("Bo", team="clinic")
    lin = await town.coordinator("Lin")
    await call_out(lin)
    await said(receiver, 1, town)
    await board(lin, "delivered 2")
    await town.app.database.write(set_contacts, resident_id=ann, urls=[receiver.url("404")])
    await lin.taps("🏁")
    summary = await lin.hears("Stood down")
    assert summary.button("📞") is None  # it is being said
    await said(receiver, 2, town)
    await town.later(seconds=2)
    shown = await lin.sees(lambda one: "Stood down" in one.text and one.button("📞") is not None, "a board")
    await lin.taps("📞 Call list", on=shown.text[:20])
    await lin.hears("It is over: please tell 1 person")


async def test_a_call_out_to_people_without_any_chat(town: Town, receiver: Receiver) -> None:
    wei = await gone(town, "Wei", receiver.url("200"))
    await gone(town, "Ann", language="zh")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await preview(lin, "📵 2 of them without a chat that works: 1 told by other ways, 1 for you to telephone")
    await lin.taps("🚨")
    await lin.hears("2 people called")
    await board(lin, "Asked 2 · delivered 0", "unreachable 2")
    assert "Please come and help" in (await said(receiver, 1, town))[0]
    await town.later(seconds=1)
    await board(lin, "Asked 2 · delivered 1", "unreachable 1", "By other ways: 1 reached")
    await lin.taps("📞 Call list")
    await lin.taps("📞 Ann")
    await lin.taps("✅ Told")
    await board(lin, "Asked 2 · delivered 2", "unreachable 0")
    assert {one["resident_id"]: one["state"] for one in await town.rows("ask")}[wei] == "delivered"


async def test_an_exercise_says_so_first_and_so_does_its_end(town: Town, receiver: Receiver) -> None:
    await gone(town, "魏", receiver.url("200"), language="zh")
    await town.resident("Bo", team="clinic")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await lin.taps("🧪")
    await lin.taps("🧪 ")
    [first] = await said(receiver, 1, town)
    assert first.startswith("🧪 演练\n")
    await lin.taps("🏁")
    await lin.hears("Stood down")
    assert (await said(receiver, 2, town))[1].startswith("🧪 演练\n")


async def test_an_area_hears_once_for_all_who_have_no_address(town: Town, receiver: Receiver) -> None:
    for name in ("Wei", "Ann"):
        await gone(town, name)
    await town.resident("Bo", team="clinic")
    lin = await town.coordinator("Lin")
    grid = 'name = {zh = "第一网格", en = "Grid 1"}'
    town.changes_its_file(grid, f'{grid}\nfallback = ["{receiver.url("200")}"]')
    await town.restart()
    await call_out(lin)
    [told] = await said(receiver, 1, town)
    assert "有人用手机联系不上" in told
    assert "Wei" not in told
    await town.later(seconds=30)
    await board(lin, "unreachable 2")
    assert len(receiver.heard) == 1


async def test_an_exercise_says_so_to_areas_too_and_ends_there_when_it_gets_real(
    town: Town, receiver: Receiver
) -> None:
    await gone(town, "Wei")
    await gone(town, "Ann", receiver.url("200"))
    lin = await town.coordinator("Lin")
    grid = 'name = {zh = "第一网格", en = "Grid 1"}'
    town.changes_its_file(grid, f'{grid}\nfallback = ["{receiver.url("200")}"]')
    await town.restart()
    await lin.says("/callout elderly")
    await lin.taps("🧪")
    await lin.taps("🧪 ")
    rehearsed = await said(receiver, 2, town)
    assert sorted(one.partition("\n")[0] for one in rehearsed) == ["🧪 EXERCISE", "🧪 演练"]
    await town.resident("Bo", team="fire")
    await call_out(lin, "flood The cellar is under water")
    for _ in range(100):
        if len(receiver.heard) >= 4:
            break
        await town.later(seconds=1)
        await asyncio.sleep(0.05)
    over = [one for one in receiver.said() if "停止演练" in one or "The exercise is over" in one]
    assert sorted(one.partition("\n")[0] for one in over) == ["🧪 EXERCISE", "🧪 演练"]

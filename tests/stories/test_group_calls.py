"""Stories of emergencies in bound groups: first of all, once, with its mark, and over when it is over."""

from typing import Any

from sqlalchemy import update
from sqlmodel import col

from bot.delivery.models import Delivery, State
from bot.sandbox.handset import Handset
from tests.stories.test_binding import Group, group_of, says_there
from tests.stories.test_volunteers import call_out
from town import Town

ANSWER = "✋"


async def bound(town: Town, coordinator: Handset, *words: str, kind: str = "supergroup") -> Group:
    group = await group_of(town, coordinator, kind=kind, title=" ".join(("Block", *words)))
    await says_there(town, coordinator, group, " ".join(("bind", *words)))
    await group.hears("leaderboards of")
    return group


def link(post: dict[str, Any]) -> str:
    [[button]] = post["buttons"]
    assert button["text"].startswith(ANSWER)
    return str(button["url"]).partition("?start=")[2]


async def posts(group: Group, words: str) -> int:
    return sum(words in one["text"] for one in await group.said())


async def test_a_group_reads_of_an_emergency_before_anybody_is_asked(town: Town) -> None:
    lin, wei = await town.coordinator("Lin"), await town.resident("Wei", team="fire")
    group = await bound(town, lin)
    before = (await town.client.get("/sim/events")).json()["revision"]
    await call_out(lin, "flood Cellar of building 3 under water")
    post = await group.hears("Please come at once", "Cellar of building 3", "keep away")
    await wei.hears("Cellar of building 3")
    assert not any(name in post["text"] for name in ("Lin", "Wei"))
    heard = (await town.client.get("/sim/events", params={"after": before})).json()
    said = [one["chat_id"] for one in heard["events"] if one["kind"] == "message"]
    assert said.index(group.id) < said.index(wei.person_id)
    await wei.says(f"/start {link(post)}")
    asked = await wei.sees(lambda one: one.button("✅") is not None and "Can you come" in one.text, "buttons")
    await wei.taps_again(asked, "✅")
    await lin.hears("Coming 1")


async def test_who_was_not_asked_hears_what_to_do_and_nothing_of_the_call(town: Town) -> None:
    lin, ann = await town.coordinator("Lin"), await town.resident("Ann")
    await town.resident("Wei", team="fire")
    group = await bound(town, lin)
    await call_out(lin, "flood Cellar under water")
    payload = link(await group.hears("Cellar under water"))
    await ann.says(f"/start {payload}")
    said = await ann.hears("You were not asked this time", "025-5550 0100")
    assert "Cellar" not in said.text
    await ann.taps("🧭 Join")
    await ann.hears("team")
    mei = await town.stranger("Mei")
    await mei.says(f"/start {payload}")
    await mei.taps("✅")
    await mei.taps("👤")
    await mei.taps("🏠 Grid 1")
    await mei.taps("🏠 Building 1")
    await mei.taps("➖")
    await mei.hears("You were not asked this time")
    await mei.says("/start c_999")
    await mei.hears("link is unknown")
    await lin.taps("🏁")
    await lin.hears("Stood down")
    for phone in (ann, await town.stranger("Bo")):
        await phone.says(f"/start {payload}")
        await phone.hears("has been stood down")


async def test_what_waits_for_a_second_coordinator_is_nobodys_to_look_up(town: Town) -> None:
    lin, ann = await town.coordinator("Lin"), await town.resident("Ann")
    for name in ("Wei", "Bo"):
        await town.resident(name, team="fire")
    await town.coordinator("Second")
    town.changes_its_file("second_person_over = 50", "second_person_over = 1")
    await town.restart()
    group = await bound(town, lin)
    await call_out(lin, "flood Cellar under water")
    await lin.hears("Waiting for a second coordinator")
    number = (await town.rows("callout"))[-1]["id"]
    await ann.says(f"/start c_{number}")
    await ann.hears("link is unknown")
    assert await posts(group, "Cellar") == 0


async def test_a_post_says_once_that_it_is_over(town: Town) -> None:
    lin = await town.coordinator("Lin")
    await town.resident("Wei", team="fire")
    group = await bound(town, lin)
    await call_out(lin, "flood Cellar under water")
    post = await group.hears("Cellar under water")
    await town.restart()
    await lin.taps("🏁")
    over = await group.hears("Stand-down", "Nobody else needs to come")
    assert (over["message_id"], over["buttons"]) == (post["message_id"], [])
    assert await posts(group, "come at once") == 0


async def test_an_exercise_says_so_first_and_ends_when_it_gets_real(town: Town) -> None:
    lin = await town.coordinator("林", language="zh")
    await town.resident("Wei", team="fire")
    group = await group_of(town, lin)
    await says_there(town, lin, group, "bind")
    await group.hears("排行榜")
    await lin.says("/callout flood 地下室进水")
    await lin.taps("🧪")
    await lin.taps("🧪 ")
    post = await group.hears("地下室进水")
    assert post["text"].startswith("🧪 演练")
    await call_out(lin, "flood 3号楼真的进水了")
    real = await group.hears("3号楼真的进水了")
    assert not real["text"].startswith("🧪")
    ended = await group.hears("停止演练")
    assert ended["text"].startswith("🧪 演练")
    assert ended["message_id"] == post["message_id"]


async def test_only_groups_that_it_concerns_read_of_it_and_no_lesser_call(town: Town) -> None:
    lin = await town.coordinator("Lin")
    await town.resident("Wei", team="fire", area="b1")
    await town.resident("Ann", team="clinic", area="b1")
    whole, one, four = await bound(town, lin), await bound(town, lin, "b1"), await bound(town, lin, "b4")
    await call_out(lin, "elderly Mrs Zhao does not answer")
    await lin.hears("Asked 1")
    grid = await town.coordinator("Gao", area="g1")
    await call_out(grid, "flood Cellar under water")
    for group in (whole, one):
        await group.hears("Cellar under water")
        assert await posts(group, "Mrs Zhao") == 0
    assert await posts(four, "Cellar") == 0


async def test_a_channel_gets_it_too(town: Town) -> None:
    lin = await town.coordinator("Lin")
    await town.resident("Wei", team="fire")
    channel = await group_of(town, lin, kind="channel", title="News")
    await lin.taps("📌")
    await lin.hears("leaderboards of Willow Bank")
    await call_out(lin, "flood Cellar under water")
    assert link(await channel.hears("Cellar under water")).startswith("c_")


async def test_a_post_in_doubt_after_a_crash_is_sent_again(town: Town) -> None:
    lin = await town.coordinator("Lin")
    await town.resident("Wei", team="fire")
    group = await bound(town, lin)
    await call_out(lin, "flood Cellar under water")
    await group.hears("Cellar under water")
    await lin.hears("delivered 1")  # so the post, which left before, is recorded
    mine = update(Delivery).where(col(Delivery.chat_id) == group.id, col(Delivery.lane) == 3)
    await town.app.database.write(lambda session: session.execute(mine.values(state=State.SENDING)) and None)
    await town.restart()
    await group.hears("Cellar under water", times=2)

"""Stories of bound groups: a coordinator ties one to an area, and its leaderboard comes there, once."""

from typing import Any

import pytest
import structlog
import structlog.testing

from bot import community
from bot.delivery import bind_chat
from bot.sandbox.handset import Handset
from tests.stories.test_leaderboards import _earns as earns
from town import Town

RIGHTS = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos"),
    *("can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages"),
    *("can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages"),
    *("can_manage_topics", "can_edit_tag", "can_react_to_messages"),
)


class Group:
    """A group or channel, seen from outside."""

    def __init__(self, town: Town, chat: dict[str, Any]) -> None:
        self._town = town
        self.id = int(chat["id"])

    async def hears(self, *words: str, times: int = 1) -> dict[str, Any]:
        """Wait until the bot has said all these words there, so many times; give the newest."""
        revision = 0
        for _ in range(10):
            news = {"after": revision, "wait": 6}
            answer = (await self._town.client.get(f"/sim/chats/{self.id}/messages", params=news)).json()
            revision = answer["revision"]
            found = [one for one in await self.said() if all(word in one["text"] for word in words)]
            if len(found) >= times:
                return found[-1]
        raise AssertionError(f"{words} in {[one['text'] for one in await self.said()]}")

    async def said(self) -> list[dict[str, Any]]:
        answer = (await self._town.client.get(f"/sim/chats/{self.id}/messages")).json()
        return [one for one in answer["messages"] if one["from_bot"]]

    async def has_bot(self, inside: bool) -> None:
        await self._town.client.post(f"/sim/groups/{self.id}/bot", json={"inside": inside})


async def group_of(town: Town, *phones: Handset, kind: str = "supergroup", title: str = "Block 1") -> Group:
    members = [phone.person_id for phone in phones]
    body = {"title": title, "members": members, "type": kind}
    return Group(town, (await town.client.post("/sim/groups", json=body)).json())


async def says_there(town: Town, phone: Handset, group: Group, command: str) -> None:
    name, _, rest = command.partition(" ")
    text = f"/{name}@{town.app.house.bot_username} {rest}".strip()
    await phone.does("text", {"text": text, "chat_id": group.id})


async def test_a_bound_group_gets_the_months_board_once_with_masked_names(town: Town) -> None:
    lin, mei = await town.coordinator("Lin"), await town.resident("Mei")
    group = await group_of(town, lin, mei)
    await says_there(town, lin, group, "bind")
    await group.hears("gets the leaderboards of Willow Bank")
    await earns(town, mei, times=2)
    await earns(town, lin, times=1)
    await town.later(days=25)
    post = await group.hears("leaderboard of November 2026", "🥇 M*i", "🥈 L*n")
    assert post["photo"]
    assert "Mei" not in post["text"]
    assert post["buttons"][0][0]["url"] == town.app.house.chat_link
    await town.restart()
    await town.later(days=1)
    await mei.says("/points")
    await mei.hears("Neighbourhood points")
    assert sum("leaderboard of" in one["text"] for one in await group.said()) == 1
    assert await town.acts() == ["invite", "grant-role", "bind-group"]


async def test_a_group_of_a_building_reads_of_its_own_people_only(town: Town) -> None:
    lin = await town.coordinator("林", language="zh")
    mei, bo = await town.resident("王小英"), await town.resident("Bo", area="b4")
    for name in ("Ann", "Wei", "Gao", "Li"):
        await town.resident(name)
    group = await group_of(town, lin)
    await says_there(town, lin, group, "bind 1号楼")
    assert "不到五人" not in (await group.hears("这里会收到1号楼的排行榜"))["text"]
    await earns(town, mei, times=1)
    await earns(town, bo, times=3)
    await town.later(days=25)
    post = await group.hears("1号楼 · 2026年11月排行榜", "🥇 王*英 · 20")
    assert "B*" not in post["text"]


async def test_a_building_of_under_five_people_points_at_nobody_in_its_group(town: Town) -> None:
    """Not even as a neighbour: those who live there know who they are not."""
    lin = await town.coordinator("Lin")
    bo, ann = await town.resident("Bo", area="b4"), await town.resident("Ann", area="b4")
    small, all_of_it = await group_of(town, lin, title="Block 4"), await group_of(town, lin, title="All")
    await says_there(town, lin, small, "bind b4")
    await small.hears("leaderboards of Building 4", "Fewer than five people live there")
    await says_there(town, lin, all_of_it, "bind")
    await all_of_it.hears("leaderboards of Willow Bank")
    hidden = (await town.person(bo)).resident_id
    await town.app.database.write(community.set_shown, resident_id=hidden, shown_in=community.ShownIn.HIDDEN)
    await earns(town, bo, times=1)
    await town.later(days=25)
    await all_of_it.hears("leaderboard of November 2026", "🥇 a neighbour")
    assert not any("leaderboard of November" in one["text"] for one in await small.said())
    for phone in (bo, ann):
        who = (await town.person(phone)).resident_id
        await town.app.database.write(community.set_shown, resident_id=who, shown_in=community.ShownIn.NAME)
    await earns(town, bo, times=1)
    await town.later(days=31)
    await small.hears("leaderboard of Building 4, December 2026", "🥇 Bo")


async def test_who_chose_a_name_is_shown_by_it_in_groups(town: Town) -> None:
    lin, mei = await town.coordinator("Lin"), await town.resident("Mei")
    group = await group_of(town, lin)
    await says_there(town, lin, group, "bind")
    await mei.says("/me")
    await mei.taps("🏆")
    await mei.taps("✏️ Another")
    await mei.says("Lin")
    await mei.hears("called that already")
    await mei.says("Sunflower")
    await mei.hears("On leaderboards: Sunflower")
    await earns(town, mei, times=1)
    await lin.says("/leaderboard")
    await lin.hears("🥇 Sunflower")
    await town.later(days=25)
    await group.hears("🥇 Sunflower", "a small group")


async def test_only_coordinators_bind_and_only_where_they_may(town: Town) -> None:
    mei = await town.resident("Mei")
    lin, wei = await town.coordinator("Lin"), await town.coordinator("Wei", area="g2")
    group = await group_of(town, lin, wei, mei)
    refusals = 0
    for phone, command in ((mei, "bind"), (mei, "unbind"), (wei, "bind g1")):
        await says_there(town, phone, group, command)
        refusals += 1
        await group.hears("does not allow this", times=refusals)
    await says_there(town, lin, group, "bind nowhere")
    await group.hears("no such area")
    await says_there(town, wei, group, "unbind")
    await group.hears("no leaderboards anyway")
    assert await town.rows("binding") == []
    await says_there(town, lin, group, "bind")
    await group.hears("leaderboards of Willow Bank")
    for command in ("bind", "unbind"):
        await says_there(town, wei, group, command)
        refusals += 1
        await group.hears("does not allow this", times=refusals)
    await says_there(town, lin, group, "bind")
    await group.hears("leaderboards of Willow Bank", times=2)
    await says_there(town, lin, group, "unbind")
    await group.hears("gets no more leaderboards")
    assert [act for act in await town.acts() if "bind" in act] == ["bind-group", "unbind-group"]


async def test_the_coordinators_own_area_is_what_a_group_is_bound_to(town: Town) -> None:
    wei = await town.coordinator("Wei", area="g2")
    group = await group_of(town, wei)
    await says_there(town, wei, group, "bind")
    await group.hears("leaderboards of Grid 2")
    await wei.says("/bind")
    await wei.hears("Block 1: Grid 2")
    await wei.taps("✖️ Block 1")
    await wei.hears("Add me to a group")
    assert await town.rows("binding") == []


async def test_the_binding_ends_when_the_bot_is_removed(town: Town) -> None:
    lin = await town.coordinator("Lin")
    group = await group_of(town, lin)
    await says_there(town, lin, group, "bind")
    await group.hears("leaderboards of")
    await group.has_bot(False)
    await lin.says("/bind")
    await lin.hears("Add me to a group")
    assert (await town.acts())[-2:] == ["bind-group", "unbind-group"]


@pytest.mark.parametrize("inside", [True, False])
async def test_a_bot_that_was_restricted_and_then_left_is_gone(town: Town, inside: bool) -> None:
    lin = await town.coordinator("Lin")
    group = await group_of(town, lin)
    await says_there(town, lin, group, "bind")
    await group.hears("leaderboards of")
    town.sandbox.room.updates.add("my_chat_member", _restricted(town, lin, group, inside=inside))
    await lin.says("/bind")
    await lin.hears("Block 1: Willow Bank" if inside else "Add me to a group")


async def test_many_bound_groups_are_listed_on_pages(town: Town) -> None:
    lin = await town.coordinator("Lin")
    me, root = (await town.person(lin)).resident_id, (await town.rows("area"))[0]["id"]
    for number in range(1, 21):
        await town.app.database.write(
            bind_chat,
            chat_id=-number,
            title=f"Group {number:02} " + "长" * 118,
            area_id=root,
            language="en",
            by=me,
            now=town.clock.now(),
        )
    await lin.says("/bind")
    first = await lin.hears("tap one to end it", "Group 20", "Group 13")
    assert (len(first.buttons), "Group 12" in first.text) == (9, False)
    await lin.taps("▶️")
    await lin.hears("Group 12")
    await lin.taps("▶️", on="Group 12")
    last = await lin.hears("Group 01")
    await lin.taps("✖️ Group 01")
    await lin.hears("tap one to end it", "Group 20")
    assert len(await town.rows("binding")) == 19
    mei = await town.resident("Mei")
    forged = (await mei.bubbles())[-1].message_id
    assert "does not allow" in await mei.sends_data(forged, "bl:1", forge=True)
    assert last.button("▶️") is None


async def test_a_channel_is_bound_from_the_private_chat_by_who_leads_it(town: Town) -> None:
    lin, wei = await town.coordinator("Lin"), await town.coordinator("Wei")
    channel = await group_of(town, lin, kind="channel", title="News")
    shown = await lin.hears("Shall “News” get the leaderboards")
    refused = await wei.sends_data((await wei.bubbles())[-1].message_id, f"bc:{-channel.id}", forge=True)
    assert "you do not lead it" in refused
    await lin.taps_again(shown, "📌")
    await lin.hears("leaderboards of Willow Bank")
    await earns(town, wei, times=1)
    await town.later(days=25)
    assert (await channel.hears("leaderboard of November 2026", "W*i"))["photo"]


async def test_bind_in_a_channel_shows_the_way_to_the_private_chat(town: Town) -> None:
    lin, mei = await town.coordinator("Lin"), await town.resident("Mei")
    channel = await group_of(town, lin, kind="channel", title="News")
    await lin.hears("Shall “News” get the leaderboards")
    for typed, times in (("/bind", 1), (f"/BIND@{town.app.house.bot_username} b1", 2)):
        await lin.does("text", {"text": typed, "chat_id": channel.id})
        answer = await channel.hears("Tap below to bind this channel", times=times)
    await lin.does("text", {"text": "/bind@some_other_bot", "chat_id": channel.id})
    await lin.does("text", {"text": "Good morning", "chat_id": channel.id})
    [[button]] = answer["buttons"]
    payload = button["url"].partition("?start=")[2]
    await mei.says(f"/start {payload}")
    await mei.hears("role does not")
    before = [one.message_id for one in await lin.bubbles()]
    await lin.says(f"/start {payload}")
    asked = await lin.sees(
        lambda one: one.message_id not in before and "Shall “News” get" in one.text, "the question again"
    )
    await lin.taps_again(asked, "📌")
    await lin.hears("leaderboards of Willow Bank")
    await lin.does("text", {"text": "/unbind", "chat_id": channel.id})
    await channel.hears("Tap below to bind this channel", times=3)
    await lin.says(f"/start {payload}")
    await lin.taps("✖️", on="tap one to end it")
    assert (await town.acts())[-2:] == ["bind-group", "unbind-group"]
    assert len(await channel.said()) == 3
    for forged in ("b_x", "b_", "b_9" + "9" * 30, "b_77"):
        await lin.says(f"/start {forged}")
    await lin.hears("I am not in this channel")


async def test_a_channels_link_is_only_for_who_leads_that_channel(town: Town) -> None:
    lin, guo = await town.coordinator("Lin"), await town.coordinator("Guo")
    channel = await group_of(town, lin, kind="channel", title="News")
    group = await group_of(town, lin, guo, title="Block 1")
    for chat in (channel, group):
        await guo.says(f"/start b_{-chat.id}")
    await guo.sees(lambda one: "I am not in this channel" in one.text, "the refusal")
    await lin.says(f"/start b_{-group.id}")
    await lin.hears("I am not in this channel")
    assert not any("Shall" in one.text for one in await guo.bubbles())
    assert not any("Block 1" in one.text for one in (*await lin.bubbles(), *await guo.bubbles()))


@pytest.mark.parametrize("changes", [{'en = "Building 4"': 'en = "Building 1"'}])
async def test_a_name_of_two_places_is_asked_about(town: Town, changes: dict[str, str]) -> None:
    assert changes
    lin = await town.coordinator("Lin")
    group = await group_of(town, lin)
    await says_there(town, lin, group, "bind Building 1")
    bot = town.app.house.bot_username
    await group.hears(
        "Send one of these", f"/bind@{bot} b1 for Grid 1 · Building 1", f"/bind@{bot} b4 for Grid 2"
    )
    assert "bind-group" not in await town.acts()
    await says_there(town, lin, group, "bind b4")
    await group.hears("leaderboards of Building 1")


async def test_a_stranger_who_adds_the_bot_to_a_channel_is_asked_nothing(town: Town) -> None:
    await town.resident("Mei")
    stranger = await town.stranger("Zed")
    await group_of(town, stranger, kind="channel", title="Ads")
    await stranger.says("/help")
    await stranger.sees(lambda one: bool(one.text), "anything")
    assert not any("Ads" in one.text for one in await stranger.bubbles())


async def test_a_group_that_became_a_supergroup_is_followed(town: Town) -> None:
    lin = await town.coordinator("Lin")
    group = await group_of(town, lin, kind="group")
    await says_there(town, lin, group, "bind")
    await group.hears("leaderboards of")
    town.sandbox.room.updates.add("message", _upgraded(lin, group.id, -1009))
    await lin.says("/bind")
    await lin.hears("Block 1: Willow Bank")
    await lin.taps("✖️ Block 1")
    await lin.hears("Add me to a group")
    ended = (await town.rows("audit_entry"))[-1]
    assert (ended["act"], ended["facts"]) == ("unbind-group", {"chat": -1009})


@pytest.mark.parametrize("command", ["bind", "unbind", "points"])
async def test_a_group_in_which_the_bot_may_not_write_breaks_nothing(town: Town, command: str) -> None:
    lin, mei = await town.coordinator("Lin"), await town.resident("Mei")
    group = await group_of(town, lin, mei)
    words = "Bad Request: not enough rights to send text messages to the chat"
    fault = {"method": "sendMessage", "chat_id": group.id, "status": 400, "count": 9, "description": words}
    await town.client.post("/sim/faults", json=fault)
    with structlog.testing.capture_logs() as said:
        for phone in (mei, lin):  # Mei is refused, which cannot be said there either
            await says_there(town, phone, group, command)
        while len(troubles := [one["event"] for one in said if one["log_level"] != "info"]) < 2:
            await town.rows("binding")
    assert troubles == ["group.not_answered"] * 2
    assert len(await town.rows("binding")) == (1 if command == "bind" else 0)


@pytest.mark.parametrize("where", ["post", "card"])
async def test_who_wants_no_monthly_board_gets_none(town: Town, where: str) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo")
    await earns(town, mei, times=1)
    if where == "card":
        await mei.says("/me")
        await mei.taps("🏆")
    else:
        await town.later(days=25)
        await mei.hears("leaderboard of November 2026")
        await earns(town, mei, times=1)
    await mei.taps("🔕")
    await mei.hears("no longer get the monthly leaderboard")
    await town.later(days=31)
    month = "December" if where == "post" else "November"
    await bo.hears(f"leaderboard of {month} 2026")
    await mei.says("/points")
    await mei.hears("Neighbourhood points")
    assert not any(f"leaderboard of {month}" in one.text for one in await mei.bubbles())
    await mei.taps("🔔")
    await mei.hears("on the 1st of each month")
    assert await town.app.database.read(community.wants_board_news, (await town.person(mei)).resident_id)


def _restricted(town: Town, phone: Handset, group: Group, *, inside: bool) -> dict[str, Any]:
    """Make the update that tells that a group restricted the bot, which may have left as well."""
    me = {"id": town.app.house.bot_id, "is_bot": True, "first_name": "Linli", "username": "linli"}
    may = dict.fromkeys(RIGHTS, False)
    return {
        "chat": {"id": group.id, "type": "supergroup", "title": "Block 1"},
        "from": {"id": phone.person_id, "is_bot": False, "first_name": "Lin"},
        "date": int(town.clock.now().timestamp()),
        "old_chat_member": {"status": "member", "user": me},
        "new_chat_member": {
            "status": "restricted",
            "user": me,
            "is_member": inside,
            "until_date": 0,
            **may,
        },
    }


def _upgraded(phone: Handset, old: int, new: int) -> dict[str, Any]:
    """Make the message by which Telegram tells that a group became a supergroup."""
    return {
        "message_id": 900,
        "date": 1,
        "chat": {"id": old, "type": "group", "title": "Block 1"},
        "from": {"id": phone.person_id, "is_bot": False, "first_name": phone.name},
        "migrate_to_chat_id": new,
    }

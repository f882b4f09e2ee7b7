"""Stories of who may do what: the button's bytes never decide, and every coordinator act is written down."""

import pytest

from bot.sandbox.handset import Handset
from town import Town

FORGED = (
    *("cq:flood", "cq:", "cp", "cg:00000000", "cw:00000000", "cw:00000000:1", "ck", "ct:fire", "cb", "cr"),
    *(
        "ci",
        "cl:red",
        "cj",
        "cm:5",
        "co",
        "cu",
        "cv",
        "cx",
        "cy:1",
        "cn:1",
        "cz:1",
        "cz:1:1",
        "cs:1",
        "cs:1:y",
    ),
    *("cf:1", "ca:1:y", "ce:1:5", "ch:1", "cd:1"),
)
NONSENSE = (
    *(
        "",
        "\x00",
        "ca:\x00:y",
        "jt:\x00",
        "tj:\x00",
        "cq:\x00",
        "x" * 64,
        "ca",
        "ca:1",
        "ca:-1:y",
        "ca:1.5:y",
    ),
    *(
        "ca:١:y",
        "ca:99999999999999999999999:y",
        "ca:999999999999999999:y",
        "zz:1",
        ":",
        "::::",
        "ca:1:y:extra",
    ),
    *(
        "jt:nowhere",
        "tj:nowhere",
        "tl:nowhere",
        "ja:999999",
        "jp:1:99999999",
        "jw:1",
        "jq",
        "mw:everything",
        "l:xx",
    ),
    *(
        "vd:999999999999",
        "ro:999",
        "ry:999",
        "wk:999",
        "kc:XXXXXXXX",
        "ky:1",
        "bm:9999-99",
        "pf",
        "h:callout",
    ),
)


async def latest(phone: Handset) -> int:
    return (await phone.bubbles())[-1].message_id


async def test_a_residents_call_out_is_refused_in_one_sentence(town: Town) -> None:
    mei = await town.resident("Mei")
    last = await latest(mei)
    for typed in ("/callout", "/callout flood Water!", "/board"):
        await mei.says(typed)
        refused = await mei.sees(
            lambda one, last=last: one.message_id > last and "Your role does not allow this" in one.text,
            "one more refusal",
        )
        last = refused.message_id
    assert not await town.rows("callout")


async def test_no_button_gives_a_resident_a_role(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    mei = await town.resident("Mei")
    lin = await town.coordinator("Lin")
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await wei.hears("Can you come")
    await lin.hears("delivered 1")
    kept = await town.rows("callout"), await town.rows("ask")
    message = await latest(mei)
    for data in FORGED:
        answer = await mei.sends_data(message, data, forge=True)
        assert answer, f"{data} was not answered with a word"
        assert "wrong on our side" not in answer, data
    assert (await town.rows("callout"), await town.rows("ask")) == kept


async def test_bytes_that_no_button_carries_are_answered_in_words(town: Town) -> None:
    mei = await town.resident("Mei", team="clinic")
    message = await latest(mei)
    for data in NONSENSE:
        answer = await mei.sends_data(message, data, forge=True)
        assert "wrong on our side" not in answer, repr(data)
    assert not [one for one in await mei.bubbles() if "wrong on our side" in one.text]


async def test_another_ones_preview_cannot_be_sent(town: Town) -> None:
    await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    guo = await town.coordinator("Guo")
    await lin.says("/callout elderly")
    shown = await lin.sees(lambda one: one.button("🚨") is not None, "the preview")
    data = next(data for label, data, _ in shown.buttons if label.startswith("🚨"))
    assert "sent or discarded" in await guo.sends_data(await latest(guo), data or "", forge=True)
    await guo.says("/callout gas")
    await guo.sees(lambda one: one.button("🚨") is not None, "the preview")
    assert "older" in await guo.sends_data(await latest(guo), data or "", forge=True)
    assert not await town.rows("callout")


@pytest.mark.parametrize(
    ("role", "of"), [("merchant", "barber"), ("building-lead", None), ("team-lead", "fire")]
)
async def test_other_roles_call_nobody_out(town: Town, role: str, of: str | None) -> None:
    phone = await town.holder("Zhou", role, of=of)
    await phone.says("/callout flood Water!")
    await phone.hears("Your role does not allow this")
    await phone.says("/help")
    menu = await phone.hears("What you can do now")
    assert menu.button("🚨") is None
    assert not await town.rows("callout")


async def test_a_grids_coordinator_calls_only_there(town: Town) -> None:
    here = await town.resident("Wei", team="clinic", area="b4")
    there = await town.resident("Ann", team="clinic", area="b1")
    lin = await town.coordinator("Lin", area="g2")
    await lin.says("/callout elderly")
    shown = await lin.sees(lambda one: one.button("🚨") is not None, "the preview")
    assert "Grid 2" in shown.text
    await lin.taps("👥")
    await lin.taps("🏠")
    where = await lin.sees(lambda one: one.button("🏠 All of Grid 2") is not None, "the areas")
    assert where.button("⬅️") is None
    elsewhere = next(row["id"] for row in await town.rows("area") if row["code"] == "g1")
    told = await lin.sends_data(where.message_id, f"jw:{elsewhere}", forge=True)
    assert "Your role does not allow this" in told
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await here.hears("Can you come")
    assert not [one for one in await there.bubbles() if "Can you come" in one.text]
    guo = await town.coordinator("Guo", area="g1")
    number = (await town.rows("callout"))[0]["id"]
    for data in (f"cs:{number}:y", f"cf:{number}", f"cy:{number}"):
        assert "Your role" in await guo.sends_data(await latest(guo), data, forge=True)
    assert [row["state"] for row in await town.rows("callout")] == ["open"]


async def test_a_role_that_was_used_up_or_made_up_gives_nothing(town: Town) -> None:
    lin = await town.coordinator("Lin")
    code = (await town.rows("invitation"))[0]["code"]
    ann = await town.resident("Ann")
    await ann.says(f"/start i_{code}")
    await ann.hears("Somebody else has used this invitation")
    await ann.says("/start i_nonsense")
    await ann.hears("no such invitation")
    await lin.says(f"/start i_{code}")
    await lin.hears("yours")
    bo = await town.stranger("Bo")
    await bo.says(f"/start i_{code}")
    await bo.hears("Somebody else has used this invitation")
    await bo.sees(lambda one: one.button("❌") is not None, "the ordinary welcome")


async def test_every_act_of_a_coordinator_is_in_the_audit_log(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    me = (await town.person(lin)).resident_id
    await lin.says("/callout elderly")
    await lin.taps("🚨")
    await wei.hears("Can you come")
    await lin.taps("🏁")
    await wei.hears("Stand-down")
    mine = [row["act"] for row in await town.rows("audit_entry") if row["actor_id"] == me]
    assert [act for act in mine if "call" in act or "stand" in act] == ["send-call-out", "stand-down"]
    assert all("Lin" not in str(row["facts"]) for row in await town.rows("audit_entry"))


async def test_a_group_gets_a_way_into_the_private_chat_and_nothing_else(town: Town) -> None:
    lin = await town.coordinator("Lin")
    group = (
        await town.client.post("/sim/groups", json={"title": "Block 1", "members": [lin.person_id]})
    ).json()["id"]
    username = town.app.house.bot_username

    async def heard() -> list[dict[str, object]]:
        """Give what the bot said in the group, once it has said anything."""
        revision = 0
        while True:
            news = {"after": revision, "wait": 10}
            revision = (await town.client.get(f"/sim/chats/{group}/messages", params=news)).json()["revision"]
            answer = await town.client.get(f"/sim/chats/{group}/messages")
            if said := [one for one in answer.json()["messages"] if one["from_bot"]]:
                return said

    await lin.does("text", {"text": "/me", "chat_id": group})
    await lin.does("text", {"text": "help me please", "chat_id": group})
    await lin.does("text", {"text": f"/callout@{username} flood", "chat_id": group})
    await lin.says("/teams")
    await lin.hears("One core four wings")
    [one] = await heard()
    assert one["buttons"] == [
        [{"text": "💬 Open private chat", "data": None, "url": f"https://t.me/{username}"}]
    ]
    tap = {"message_id": one["message_id"], "chat_id": group, "forge": True}
    for data in ("h:me", "ck", "mn"):
        query = await lin.does("tap", {**tap, "data": data})
        answer = (await town.client.get(f"/sim/queries/{query['query_id']}", params={"wait": 10})).json()
        assert "private chat" in answer["text"]
    assert await heard() == [one]

"""Stories of words that must not be mistaken: two call-outs of one plan, typed numbers, first words."""

from bot.sandbox.handset import Handset
from town import Town


async def sends(phone: Handset, words: str) -> None:
    await phone.says(f"/callout {words}")
    await phone.taps("🚨", on=words.split(maxsplit=1)[1])


async def test_two_call_outs_of_one_plan_are_never_mistaken(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await sends(lin, "elderly Mrs Zhao fell on the stairs")
    await sends(lin, "elderly Mr Qian does not answer")
    await wei.hears("Mr Qian does not answer", "Can you come")
    await lin.says("/board")
    asked = await lin.hears("Which call-out")
    labels = [label for label, *_ in asked.buttons]
    assert len(set(labels)) == 2
    assert any("Mrs Zhao fell" in label for label in labels)
    await lin.taps_again(asked, next(label for label in labels if "Mrs Zhao" in label))
    shown = await lin.sees(lambda one: "As of" in one.text and "Mrs Zhao" in one.text, "her board")
    await lin.taps_again(shown, "🏁")
    await wei.hears("Stand-down", "Mrs Zhao fell on the")
    assert not [one for one in await wei.bubbles() if "Stand-down" in one.text and "Mr Qian" in one.text]


async def test_a_stand_down_rings_for_who_is_on_the_way(town: Town) -> None:
    wei = await town.resident("Wei", team="fire")
    ann = await town.resident("Ann", team="fire")
    lin = await town.coordinator("Lin")
    await sends(lin, "gas Smell of gas in building 2")
    await wei.taps("✅")
    await ann.taps("❌")
    await lin.hears("Coming 1", "cannot 1")
    await lin.taps("🏁")
    await lin.taps("🏁", on="1 on the way")
    await wei.hears("Stand-down")
    await ann.hears("Stand-down")
    loud = {row["id"]: row["loud"] for row in await town.rows("broadcast") if "stood-down" in row["key"]}
    rang = {
        row["chat_id"]: loud[row["broadcast_id"]]
        for row in await town.rows("delivery")
        if row["broadcast_id"] in loud
    }
    assert rang == {wei.person_id: True, ann.person_id: False}


async def test_a_number_typed_after_the_help_means_the_help_s_button(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("/points")
    await mei.hears("Neighbourhood points")
    await mei.says("救命")
    told = await mei.hears("119")
    second = next(label for number, (label, *_) in enumerate(told.buttons, 1) if number == 2)
    await mei.says("2")
    opened = {
        "👤": "My card",
        "👪": "Who lives with me",
        "🤝": "One core four wings",
        "⭐": "Neighbourhood points",
        "🎁": "rewards",
        "🏆": "Leaderboard",
    }
    await mei.sees(
        lambda one: one.message_id > told.message_id and opened[second.split()[0]] in one.text, second
    )


async def test_the_number_of_a_building_never_means_i_do_not_know(town: Town) -> None:
    for typed in ("5", "五号楼", "Building 5", "5号"):
        bo = await town.stranger("Bo", "zh")
        await bo.says("/start")
        await bo.taps("✅")
        await bo.taps("👤")
        await bo.hears("您住在哪里")
        await bo.says(typed)
        await bo.sees(
            lambda one: one.button("🏠 5号楼") is not None or one.button("➖") is not None, "building 5"
        )
        if not any(one.button("➖") for one in await bo.bubbles()):
            await bo.taps("🏠 5号楼")
        await bo.taps("➖")
        await bo.hears("5号楼")


async def test_first_words_and_emoji_of_a_plan_or_level_are_enough(town: Town) -> None:
    await town.resident("Wei", team="fire")
    lin = await town.coordinator("林", language="zh")
    await lin.says("/callout 三号楼厨房冒烟")
    await lin.says("哪个都行")
    await lin.hears("没有叫", "三号楼厨房冒烟")
    await lin.says("火")
    await lin.sees(lambda one: one.button("🎚") is not None and "三号楼厨房冒烟" in one.text, "the preview")
    await lin.taps("🎚")
    await lin.says("橙色")
    await lin.sees(lambda one: one.button("🎚") is not None and "橙色（紧急）" in one.text, "the preview")
    await lin.taps("✏️")
    await lin.taps("⬅️")
    await lin.sees(lambda one: one.button("🚨") is not None and "三号楼厨房冒烟" in one.text, "the preview")
    await lin.says("/callout")
    await lin.says("🔥")
    await lin.sees(lambda one: one.button("🎚") is not None and "火情" in one.text, "the preview of a fire")


async def test_who_is_there_may_say_so_at_once(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin = await town.coordinator("Lin")
    await sends(lin, "elderly Mrs Zhao fell on the stairs")
    await wei.hears("Can you come")
    await wei.says("I am here")
    await lin.hears("Arrived 1")

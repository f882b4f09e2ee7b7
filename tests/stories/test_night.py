"""What makes a sound from 22 to 8 o'clock: a real orange or red call-out; nothing else does."""

import pytest

from bot.sandbox.handset import Handset
from tests.stories.test_volunteers import call_out
from town import Town

TO_NIGHT = {"hours": 13}  # from 10 in the morning to 23


async def rang(town: Town, phone: Handset, words: str) -> bool:
    """Tell whether the newest message with these words made a sound."""
    await phone.hears(words)
    where = f"/sim/chats/{phone.person_id}/messages"
    chat = (await town.client.get(where, params={"viewer": phone.person_id})).json()
    said = [one for one in chat["messages"] if words in (one.get("text") or "")]
    return not said[-1]["silent"]


@pytest.mark.parametrize(("forward", "by_day"), [({}, True), (TO_NIGHT, False)])
async def test_only_real_emergencies_are_heard_at_night(
    town: Town, forward: dict[str, float], *, by_day: bool
) -> None:
    wei = await town.resident("Wei", team="fire")
    lin = await town.coordinator("Lin")
    town.clock.wind(**forward)
    await wei.says("/help")
    assert await rang(town, wei, "119") is by_day
    await lin.says("/callout flood The rehearsed cellar")
    await lin.taps("🧪")
    await lin.taps("🧪 ")
    assert await rang(town, wei, "The rehearsed cellar") is by_day
    assert await rang(town, lin, "Asked 1") is by_day
    await call_out(lin, "flood The real cellar")
    assert await rang(town, wei, "The real cellar") is True
    assert await rang(town, wei, "The exercise is over") is by_day
    await wei.taps("✅")
    await lin.hears("Coming 1")
    await lin.taps("🏁", on="The real cellar")
    await lin.taps("🏁", on="1 on the way")
    assert await rang(town, wei, "Stand-down") is True

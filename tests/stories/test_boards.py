"""Stories of boards that are kept right whatever becomes of one of them."""

from bot.sandbox.handset import Handset
from town import Town


async def call_out(coordinator: Handset) -> None:
    await coordinator.says("/callout elderly")
    await coordinator.taps("🚨")
    await coordinator.hears("As of", "delivered 1")


async def test_a_board_that_cannot_be_edited_holds_up_no_other(town: Town) -> None:
    wei = await town.resident("Wei", team="clinic")
    lin, ann = await town.coordinator("Lin"), await town.coordinator("Ann")
    await call_out(lin)
    first = await wei.sees(lambda one: one.button("✅") is not None, "the first call")
    await call_out(ann)
    await wei.sees(lambda one: one.button("✅") is not None and one != first, "the second call")
    refusal = {"status": 400, "description": "Bad Request: not today", "count": 1_000_000}
    order = {"method": "editMessageText", "chat_id": lin.person_id, **refusal}
    await town.client.post("/sim/faults", json=order)
    await wei.taps_again(first, "✅")
    await wei.taps("✅")
    await ann.hears("As of", "Coming 1")
    assert not [one for one in await lin.bubbles() if "Coming 1" in one.text]

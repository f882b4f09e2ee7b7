"""Stories of the message that shows a code: it says what became of the code, wherever it was shown."""

import pytest

from bot.sandbox.handset import Bubble, Handset
from shoppers import redeems, shopper
from town import Town


@pytest.fixture
async def mei(town: Town) -> Handset:
    return await shopper(town, "Mei")


@pytest.fixture
async def shop(town: Town) -> Handset:
    return await town.holder("Shop", "merchant", of="corner-shop")


async def hands_over(shop: Handset, code: str) -> None:
    await shop.says(code)
    await shop.taps("✅", on=code)
    await shop.hears("give the customer", code)


async def pictures(phone: Handset, *words: str, count: int) -> list[Bubble]:
    """Wait until so many pictures have these words under them."""
    found: dict[int, Bubble] = {}

    def enough(one: Bubble) -> bool:
        found.pop(one.message_id, None)
        if one.has_photo and all(word in one.text for word in words):
            found[one.message_id] = one
        return len(found) >= count

    await phone.sees(enough, f"{count} pictures with {words}")
    return [found[number] for number in sorted(found)]


async def test_the_message_with_the_code_becomes_received_at(town: Town, mei: Handset, shop: Handset) -> None:
    code = await redeems(mei, "Rice")
    await mei.says("/points")
    await mei.taps("🎟")
    await mei.taps("🎟", on="Waiting for you")
    shown = await pictures(mei, code, count=2)
    await hands_over(shop, code)
    received = await pictures(mei, "You received “Rice, 5 kg”", "at Corner shop, 10:00", count=2)
    assert [one.message_id for one in received] == [one.message_id for one in shown]
    assert all(code not in one.text and one.button("↩️") is None for one in received)
    assert not [one for one in await mei.bubbles() if "You received" in one.text and not one.has_photo]


async def test_an_undone_handover_puts_the_code_back(town: Town, mei: Handset, shop: Handset) -> None:
    code = await redeems(mei, "Rice")
    await hands_over(shop, code)
    await pictures(mei, "You received", count=1)
    await shop.taps("↩️", on=code)
    await mei.hears("took back handing over", code)
    [shown] = await pictures(mei, "Show this code at the shop", code, count=1)
    assert shown.button("↩️") is not None
    await hands_over(shop, code)
    await pictures(mei, "You received", count=1)


async def test_a_message_that_is_gone_is_made_up_for_by_a_new_one(
    town: Town, mei: Handset, shop: Handset
) -> None:
    code = await redeems(mei, "Rice")
    [shown] = await pictures(mei, code, count=1)
    await mei.does("delete", {"message_id": shown.message_id})
    await hands_over(shop, code)
    told = await mei.hears("You received “Rice, 5 kg”")
    assert told.message_id > shown.message_id


async def test_a_code_given_back_is_taken_out_of_its_message(town: Town) -> None:
    mei = await shopper(town, "梅", language="zh-hans")
    code = await redeems(mei, "大米")
    await mei.taps("↩️", on=code)
    await mei.taps("✅", on="退回")
    [ended] = await pictures(mei, "“大米 5 公斤”的兑换码已作废", count=1)
    assert code not in ended.text


async def test_the_customer_reads_it_also_when_the_bot_stopped_in_between(
    town: Town, mei: Handset, shop: Handset
) -> None:
    code = await redeems(mei, "Rice")
    await pictures(mei, code, count=1)
    await town.client.post("/sim/faults", json={"method": "editMessageCaption", "status": 500, "count": 50})
    await hands_over(shop, code)
    await town.restart()
    await town.client.delete("/sim/faults")
    await pictures(mei, "You received", count=1)

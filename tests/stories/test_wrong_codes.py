"""Stories of wrong codes: five of them pause a shop's handovers, and the coordinators hear of it."""

from shoppers import redeems, shopper
from town import Town


async def test_five_wrong_codes_pause_the_shop_and_tell_the_coordinators(town: Town) -> None:
    lin = await town.coordinator("Lin")
    mei = await shopper(town, "Mei")
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    barber = await town.holder("Barber", "merchant", of="barber")
    code = await redeems(mei, "Rice")
    await shop.says(code)
    await shop.hears("Hand this over now?")
    await shop.says("/handover ZZZZ0001")
    await shop.hears("There is no code “ZZZZ0001”")
    await shop.says("zzzz0002")
    await shop.hears("There is no code “ZZZZ0002”")
    await shop.says("/start h_ZZZZ0003")
    await shop.hears("no such reward code")
    await shop.says("/handover")
    await shop.says("nonsense")
    await shop.hears("There is no code “nonsense”")
    await shop.says("ZZZZ0005")
    await shop.hears("Five wrong codes", "paused until 10:15")
    told = await lin.hears("Five wrong codes were tried at Corner shop", "until 10:15")
    assert "Mei" not in told.text
    assert "handovers-paused" in await town.acts()
    for words in (f"/handover {code}", code, f"/start h_{code}"):
        before = len(await shop.bubbles())
        await shop.says(words)
        await shop.sees(lambda one: "paused until" in one.text, "that it is paused")
        assert len(await shop.bubbles()) >= before
    assert "paused until 10:15" in await shop.taps("✅", on="Hand this over now?")
    await barber.says(code)
    await barber.hears("another shop or another person")
    await town.later(minutes=15)
    await shop.says(code)
    await shop.taps("✅", on=code)
    await shop.hears("give the customer", code)


async def test_a_resident_who_guesses_is_only_refused(town: Town) -> None:
    mei = await shopper(town, "梅", language="zh-hans")
    for number in range(6):
        await mei.says(f"/start h_ZZZZ000{number}")
    await mei.hears("没有这个兑换码")
    assert await town.rows("wrongcode") == []

"""Stories of the 1st of the month: each shop and its coordinators get its settlement, once."""

from bot.sandbox.handset import Bubble, Handset
from shoppers import redeems, shopper
from town import Town


async def fetches(shop: Handset, phone: Handset, reward: str) -> str:
    code = await redeems(phone, reward)
    await shop.says(code)
    await shop.taps("✅", on=code)
    await shop.hears("give the customer", code)
    return code


def files(bubbles: list[Bubble]) -> list[str]:
    return [str(one.document["file_name"]) for one in bubbles if one.document]


async def file_of(phone: Handset, name: str) -> bytes:
    shown = await phone.sees(
        lambda one: one.document is not None and one.document["file_name"] == name, f"the file {name}"
    )
    assert shown.document is not None
    return await phone.file(str(shown.document["file_id"]))


async def test_each_shop_and_its_coordinators_get_the_month_once(town: Town) -> None:
    lin = await town.coordinator("Lin")
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    barber = await town.holder("Barber", "merchant", of="barber")
    mei = await shopper(town, "Mei", worth=500)
    code = await fetches(shop, mei, "Rice")
    await fetches(shop, mei, "Laundry")
    await fetches(barber, mei, "Haircut")
    await shop.says("/shop")
    await shop.taps("📄")
    await shop.hears("November 2026, so far: 25.00 yuan due", "October 2026, so far: 0.00 yuan due")
    await town.close()
    town.clock.wind(days=21)
    await town.open()
    await town.later(seconds=1)
    sheet = await shop.hears(
        "Please check the settlement of Corner shop", "November 2026, settled: 25.00 yuan"
    )
    assert "2 handovers, 210 points" in sheet.text
    assert "Willow Bank Grain Store: 25.00 yuan" in sheet.text
    assert (await file_of(shop, "settlement-corner-shop-2026-11.pdf")).startswith(b"%PDF")
    lines = (await file_of(shop, "settlement-corner-shop-2026-11.csv")).decode("utf-8-sig").splitlines()
    assert lines[0] == "Date,Time,Code,Reward code,Reward,Points,Yuan,Payer,Kind"
    assert lines[1].startswith(f"2026-11-10,10:00,{code},rice,")
    assert lines[1].endswith(",150,25.00,Willow Bank Grain Store,handover")
    assert "Mei" not in "".join(lines)
    await file_of(lin, "settlement-corner-shop-2026-11.csv")
    await file_of(lin, "settlement-barber-2026-11.csv")
    await file_of(barber, "settlement-barber-2026-11.pdf")
    await file_of(barber, "settlement-barber-2026-11.csv")
    assert len(files(await barber.bubbles())) == 2
    await town.restart()
    await town.later(days=1)
    assert len(files(await lin.bubbles())) == 4
    kinds = [row["kind"] for row in await town.rows("transfer")]
    assert kinds.count("settlement") == 2


async def test_a_shop_fetches_its_months_itself_in_chinese(town: Town) -> None:
    shop = await town.holder("店主", "merchant", of="corner-shop", language="zh-hans")
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    await shop.says(code)
    await shop.taps("✅", on=code)
    await shop.hears("已核销")
    await shop.says("/shop")
    await shop.hears("街角便利店：打出顾客的兑换码就能核销", "今天 1 件，150 积分")
    await shop.taps("📄", on="街角便利店")
    await shop.taps("📄 2026年11月")
    await shop.hears("请核对街角便利店的结算单", "到目前：应付 25.00 元")
    assert (await file_of(shop, "settlement-corner-shop-2026-11.pdf")).startswith(b"%PDF")
    assert "柳岸粮油店" in (await file_of(shop, "settlement-corner-shop-2026-11.csv")).decode("utf-8-sig")


async def test_a_forged_month_is_a_button_that_no_longer_works(town: Town) -> None:
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    await shop.says("/shop")
    shown = await shop.hears("Corner shop")
    for month in ("0000-01", "0001-01", "9999-12", "2026-13"):
        data = f"sf:corner-shop:{month}"
        assert "no longer works" in await shop.sends_data(shown.message_id, data, forge=True)

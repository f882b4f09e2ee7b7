"""Stories of a shop that closes: what waits there comes back with a word, what was fetched stays fetched."""

import re

from shoppers import balance, looks_at, redeems, shopper
from town import Town


def without(text: str, *heads: str) -> str:
    """Take tables out of a neighbourhood's file, each by how it begins."""
    for head in heads:
        text = re.sub(re.escape(head) + r".*?(?=\n\[\[|\Z)", "", text, flags=re.DOTALL)
    return text


def takes_out(town: Town, *heads: str) -> None:
    town.file.write_text(without(town.file.read_text("utf-8"), *heads), "utf-8")


async def test_a_shop_that_closes_gives_back_what_waits_there(town: Town) -> None:
    mei = await shopper(town, "Mei")
    wang = await shopper(town, "王", language="zh-hans")
    barber = await town.holder("Barber", "merchant", of="barber")
    code = await redeems(mei, "Haircut")
    fetched = await redeems(wang, "理发一次")
    await barber.says(fetched)
    await barber.taps("✅", on=fetched)
    await barber.hears("give the customer")
    takes_out(
        town,
        '[[merchant]]\ncode = "barber"',
        '[[reward]]\ncode = "haircut"',
        '[[reward]]\ncode = "home-haircut"',
    )
    await town.restart()
    await mei.hears("Willow barber has closed", "Your 80 points for “Haircut” are back")
    await mei.sees(lambda one: one.has_photo and "has ended" in one.text, "the code's message")
    assert await balance(mei) == 200
    assert await balance(wang) == 120
    await barber.says(code)
    await barber.hears("lapsed")
    await barber.says("/shop")
    await barber.hears("There is no shop you stand for")
    await town.later(days=21)
    await barber.hears("Please check the settlement of Willow barber")
    await town.restart()
    assert len([one for one in await mei.bubbles() if "has closed" in one.text]) == 1


async def test_a_reward_that_goes_leaves_its_codes_good_and_its_line_empty(town: Town) -> None:
    town.changes_its_file("price = 150\nstock = 40", "price = 150\nstock = 1")
    await town.restart()
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    mei, late = await shopper(town, "Mei"), await shopper(town, "Late")
    code = await redeems(mei, "Rice")
    await looks_at(late, "Rice")
    await late.taps("🔔")
    await late.hears("number 1 in line")
    takes_out(town, '[[reward]]\ncode = "rice"')
    await town.restart()
    await late.hears("“Rice, 5 kg” is no longer offered")
    await shop.says(code)
    await shop.taps("✅", on=code)
    await mei.hears("You received “Rice, 5 kg”")

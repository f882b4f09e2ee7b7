"""Stories of a shop's own page: what was handed over today, its stock, its pauses, and who may see them."""

import pytest
from deed_town import lives_with

from bot import community
from bot.sandbox.handset import Handset
from shoppers import gives_points, looks_at, redeems, shopper
from town import Town


@pytest.fixture
async def shop(town: Town) -> Handset:
    return await town.holder("Shop", "merchant", of="corner-shop")


async def test_todays_handovers_are_listed_without_a_name(town: Town, shop: Handset) -> None:
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    await shop.says("/shop")
    await shop.hears("Corner shop: type a customer's code", "Nothing handed over yet today")
    await shop.says(code)
    await shop.taps("✅", on=code)
    await shop.hears("give the customer")
    await shop.says("/shop")
    today = await shop.hears("Today 1 handover, 150 points", "10:00", "Rice, 5 kg", code)
    assert "Mei" not in today.text
    await town.later(hours=14)
    await shop.says("/shop")
    await shop.hears("Nothing handed over yet today")


@pytest.mark.parametrize("whose", ["own", "household", "lately"])
async def test_nobody_hands_over_their_own_code_or_that_of_who_they_live_with(
    town: Town, shop: Handset, whose: str
) -> None:
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    if whose == "own":
        invited = await town.app.database.write(
            community.invite,
            role=community.Role.MERCHANT,
            days=1,
            now=town.clock.now(),
            granted_by=None,
            subject="corner-shop",
        )
        await mei.says(f"/start i_{invited.code}")
        await mei.hears("🎖")
    else:
        await lives_with(town, mei, shop)
    if whose == "lately":
        await town.app.database.write(
            community.leave_household, resident_id=(await town.person(mei)).resident_id, now=town.clock.now()
        )
    staff = mei if whose == "own" else shop
    await staff.says(f"/handover {code}")
    await staff.hears(f"let somebody else hand over {code}")
    last = (await staff.bubbles())[-1].message_id
    assert "somebody else" in await staff.sends_data(last, f"ky:{code}", forge=True)
    assert [row["state"] for row in await town.rows("redemption")] == ["waiting"]
    other = await town.holder("Colleague", "merchant", of="corner-shop")
    await other.says(f"/handover {code}")
    await other.taps("✅", on=code)
    await other.hears("give the customer")
    last = (await staff.bubbles())[-1].message_id
    assert "somebody else" in await staff.sends_data(last, f"ku:{code}", forge=True)


async def test_who_works_at_the_shop_still_sees_where_to_show_their_own_code(
    town: Town, shop: Handset
) -> None:
    await town.app.database.write(gives_points, town, shop.person_id, 200)
    code = await redeems(shop, "Rice")
    await shop.says(f"/start h_{code}")
    await shop.sees(lambda one: code in one.text and one.has_photo, "the code as its owner sees it")


async def test_stock_is_seen_added_and_counted_anew(town: Town, shop: Handset) -> None:
    mei = await shopper(town, "Mei")
    await redeems(mei, "Rice")
    await shop.says("/shop")
    await shop.taps("📦")
    await shop.taps("📦 Rice, 5 kg · 39")
    await shop.hears("39 of “Rice, 5 kg” can still be redeemed", "Redeemed, not fetched yet: 1")
    await shop.taps("➕")
    await shop.hears("came in? Type the number")
    await shop.says("lots")
    await shop.hears("a number from 1 to 100000")
    await shop.says("１０")
    await shop.hears("49 of “Rice, 5 kg”")
    await shop.taps("✏️", on="49 of")
    await shop.says("2")
    await shop.hears("2 of “Rice, 5 kg” can still be redeemed")
    assert "📦 2 left" in (await looks_at(mei, "Rice")).text
    await town.restart()
    assert "📦 2 left" in (await looks_at(mei, "Rice")).text
    assert [act for act in await town.acts() if act.endswith("stock")] == ["add-stock", "set-stock"]


async def test_what_came_in_goes_to_who_waited(town: Town, shop: Handset) -> None:
    mei = await shopper(town, "Mei")
    await shop.says("/shop")
    await shop.taps("📦", on="type a customer's code")
    await shop.taps("📦 Rice")
    await shop.taps("✏️")
    await shop.says("0")
    await shop.hears("0 of “Rice, 5 kg”")
    await looks_at(mei, "Rice")
    await mei.taps("🔔")
    await mei.hears("number 1 in line")
    await shop.taps("➕", on="0 of")
    await shop.says("1")
    await shop.hears("0 of “Rice, 5 kg” can still be redeemed", "Kept for who waited: 1")
    await mei.hears("“Rice, 5 kg” is back")


async def test_a_reward_is_paused_and_resumed(town: Town, shop: Handset) -> None:
    mei = await shopper(town, "梅", worth=400, language="zh-hans")
    before = await looks_at(mei, "大米")
    await shop.says("/shop")
    await shop.taps("⏸", on="type a customer's code")
    assert "is paused" in await shop.taps("⏸ Rice")
    assert "商家暂停了“大米 5 公斤”" in await mei.taps("✅", on=before.text.splitlines()[0])
    assert (await looks_at(mei, "大米")).button("✅") is None
    await mei.says("/rewards")
    await mei.hears("暂停兑换：大米 5 公斤")
    assert "can be redeemed again" in await shop.taps("▶️ Rice")
    assert await redeems(mei, "大米")
    assert [act for act in await town.acts() if act.endswith("-reward")] == ["pause-reward", "resume-reward"]


async def test_nobody_looks_into_or_counts_for_another_shop(town: Town, shop: Handset) -> None:
    barber = await town.holder("Barber", "merchant", of="barber")
    mei = await shopper(town, "Mei")
    rice = next(row["id"] for row in await town.rows("reward") if row["code"] == "rice")
    for phone in (barber, mei):
        message = (await phone.bubbles())[-1].message_id
        for data in (
            "sm:corner-shop",
            "sk:corner-shop",
            "sp:corner-shop",
            "sd:corner-shop",
            "sf:corner-shop:2026-10",
            f"ss:{rice}",
            f"sa:{rice}",
            f"sz:{rice}",
            f"sr:{rice}",
        ):
            assert "role does not" in await phone.sends_data(message, data, forge=True), data
    message = (await barber.bubbles())[-1].message_id
    for data in ("ss:999", "sk:nowhere", "sf:barber:2026-13", "sf:barber:2027-01", "sm", "sz:x"):
        assert await barber.sends_data(message, data, forge=True), data
    await mei.says("/shop")
    await mei.hears("role does not")
    assert set(await town.acts()) == {"invite", "grant-role"}


async def test_who_serves_every_shop_chooses_one(town: Town) -> None:
    every = await town.holder("Every", "merchant")
    await every.says("/shop")
    await every.hears("Which shop?")
    await every.taps("🏬 Willow barber")
    await every.hears("Willow barber: type a customer's code")
    await every.taps("📦")
    await every.taps("⬅️")
    await every.hears("Willow barber: type a customer's code")


async def test_the_menu_shows_the_shop_to_merchants_only(town: Town, shop: Handset) -> None:
    mei = await town.resident("Mei")
    for phone, shown in ((shop, True), (mei, False)):
        await phone.says("/help")
        helped = await phone.hears("What you can do now")
        assert (helped.button("🏬") is not None) is shown


async def test_a_second_tap_says_again_to_give_the_goods(town: Town, shop: Handset) -> None:
    code = await redeems(await shopper(town, "Mei"), "Rice")
    await shop.says(code)
    shown = await shop.hears("Hand this over now")
    await shop.taps("✅", on="Hand this over now")
    await shop.hears("give the customer")
    await town.restart()  # what a crash leaves unconfirmed is tapped again
    await shop.taps_again(shown, "✅")
    await shop.hears("give the customer", code)
    assert not [one for one in await shop.bubbles() if "do not give it again" in one.text]
    assert len([act for act in await town.acts() if act == "hand-over"]) == 1
    await shop.taps("↩️", on="give the customer")
    await shop.hears("the code is good again")
    await shop.taps_again(shown, "✅")
    await shop.hears("Hand this over now", code)

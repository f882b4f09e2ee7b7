"""Stories of rewards: points become a code, the code becomes a bag of rice, and nothing happens twice."""

import re
from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import Session

from bot.sandbox.handset import Handset
from bot.settling import settle
from shoppers import gives_points
from town import Town

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{8}\b")
Shopper = Callable[..., Awaitable[Handset]]


@pytest.fixture
def shopper(town: Town) -> Shopper:
    """Give somebody who lives here and has points to spend."""

    async def make(name: str, *, worth: int, language: str = "en") -> Handset:
        phone = await town.resident(name, language=language)
        await town.app.database.write(gives_points, town, phone.person_id, worth)
        return phone

    return make


def _price_of_rice(session: Session, price: int, town: Town) -> None:
    neighbourhood = town.app.house.neighbourhood
    rewards = [
        one.model_copy(update={"price": price}) if one.code == "rice" else one
        for one in neighbourhood.rewards
    ]
    settle(session, neighbourhood.model_copy(update={"rewards": tuple(rewards)}), town.clock.now())


async def test_points_become_a_code_and_the_code_is_handed_over_once(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=200)
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    code = await _redeems_rice(mei)
    await shop.says(f"/handover {code.lower()}")
    shown = await shop.hears("Rice, 5 kg", "Corner shop")
    assert "Mei" not in shown.text
    await shop.taps("✅", on="Hand this over now?")
    await shop.hears("give the customer")
    await mei.hears("You received", "Rice, 5 kg")
    await shop.says(code)
    await shop.hears("already")
    await mei.says("/points")
    await mei.hears("Neighbourhood points: 50", "Rice")


async def test_the_first_figure_of_points_is_what_is_available(town: Town, shopper: Shopper) -> None:
    mei = await shopper("梅", worth=200, language="zh-hans")
    await mei.says("积分")
    message = await mei.hears("邻里积分")
    assert re.findall(r"\d+", message.text)[0] == "200"


async def test_a_second_tap_redeems_nothing_more(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=400)
    await mei.says("/rewards")
    await mei.taps("🎁 Rice")
    terms = await mei.hears("Redeem “Rice, 5 kg” for 150 points?")
    data = next(data for label, data, _ in terms.buttons if label.startswith("✅"))
    await mei.sends_data(terms.message_id, data or "")
    await mei.hears("Rice, 5 kg is yours")
    assert "already" in await mei.sends_data(terms.message_id, data or "", forge=True)
    await mei.says("/points")
    await mei.hears("Neighbourhood points: 250")


async def test_a_changed_price_is_shown_before_anything_is_taken(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=200)
    await mei.says("/rewards")
    await mei.taps("🎁 Rice")
    old = await mei.hears("Redeem “Rice, 5 kg” for 150 points?")
    await town.app.database.write(_price_of_rice, 160, town)
    await mei.taps("✅", on="for 150 points?")
    new = await mei.hears("The price has changed", "160", "Redeem “Rice, 5 kg” for 160 points?")
    assert new.message_id == old.message_id
    await mei.taps("✅", on="for 160 points?")
    await mei.hears("Rice, 5 kg is yours", "40 points left")


async def test_who_has_too_few_points_reads_how_many_are_missing(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=100)
    await mei.says("兑换")
    await mei.taps("🎁 Rice")
    assert "50 too few" in await mei.taps("✅", on="Redeem")


async def test_a_code_given_back_returns_points_and_stock_and_both_sides_hear(
    town: Town, shopper: Shopper
) -> None:
    mei = await shopper("Mei", worth=150)
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    code = await _redeems_rice(mei)
    await mei.taps("↩️", on=code)
    await mei.taps("✅", on="Give “Rice, 5 kg” back?")
    await mei.hears("Your 150 points are back")
    await shop.hears("gave “Rice, 5 kg” back", code)
    await shop.says(code)
    await shop.hears("given back by its owner")


async def test_an_unused_code_lapses_also_when_a_handover_was_undone(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=150)
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    code = await _redeems_rice(mei)
    await shop.says(code)
    await shop.taps("✅", on="Hand this over now?")
    await shop.taps("↩️", on=code)
    await shop.hears("Undone", code)
    await mei.hears("took back handing over", code)
    await town.later(days=15)
    await mei.hears("was not fetched in time", "You have 150 points")
    await shop.hears("was not fetched in time", code)


async def test_undo_ends_after_ten_minutes(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=150)
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    await shop.says(await _redeems_rice(mei))
    await shop.taps("✅", on="Hand this over now?")
    await shop.sees(lambda one: one.button("↩️") is not None, "the way to undo")
    await town.later(minutes=11)
    assert "after ten minutes" in await shop.taps("↩️")


async def test_a_picture_leads_merchant_owner_and_others_each_their_way(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=150)
    code = await _redeems_rice(mei)
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    barber = await town.holder("Barber", "merchant", of="barber")
    await shop.says(f"/start h_{code}")
    await shop.hears("Hand this over now?")
    await mei.says(f"/start h_{code}")
    assert (await mei.hears("Show this code at the shop", code)).has_photo
    await barber.says(f"/start h_{code}")
    await barber.hears("another shop or another person")
    await barber.says("/start h_ZZZZZZZZ")
    await barber.hears("no such reward code")


async def test_a_merchant_without_of_serves_every_shop_in_the_area(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=150)
    code = await _redeems_rice(mei)
    far = await town.holder("Far", "merchant", area="b4")
    near = await town.holder("Near", "merchant", area="g1")
    await far.says(code)
    await far.hears("another shop or another person")
    await near.says(code)
    await near.hears("Hand this over now?", "Corner shop")


async def test_a_resident_hands_nothing_over(town: Town, shopper: Shopper) -> None:
    mei = await shopper("Mei", worth=150)
    code = await _redeems_rice(mei)
    await mei.says(f"/handover {code}")
    await mei.hears("role does not")


async def test_an_unknown_code_is_said_and_asked_again(town: Town) -> None:
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    await shop.says("/handover")
    await shop.hears("Type the customer's code")
    await shop.says("nonsense")
    await shop.hears("There is no code “nonsense”")


async def _redeems_rice(phone: Handset) -> str:
    await phone.says("/rewards")
    await phone.taps("🎁 Rice")
    await phone.taps("✅", on="Redeem")
    message = await phone.hears("Show this code at the shop")
    assert message.has_photo
    found = CODE.search(message.text)
    assert found is not None
    return found.group()

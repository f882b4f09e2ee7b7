"""Stories of what was not received: the customer says so, both sides are asked, a coordinator decides."""

from datetime import datetime
from typing import Any

import pytest
from deed_town import lives_with
from sqlmodel import Session

from bot import community
from bot.sandbox.handset import Handset
from shoppers import balance, gives_points, redeems, shopper
from town import Town


@pytest.fixture
async def lin(town: Town) -> Handset:
    return await town.coordinator("Lin")


@pytest.fixture
async def shop(town: Town) -> Handset:
    return await town.holder("Shop", "merchant", of="corner-shop")


async def hands_over(shop: Handset, code: str) -> None:
    await shop.says(code)
    await shop.taps("✅", on=code)
    await shop.hears("give the customer", code)


async def becomes(town: Town, phone: Handset, role: str) -> None:
    """Give somebody one more role, over the whole community."""
    person, now = await town.person(phone), town.clock.now()
    role_of = {"role": community.Role(role), "resident_id": person.resident_id}
    await town.app.database.write(_grant, role_of, now)


def _grant(session: Session, role_of: dict[str, Any], now: datetime) -> None:
    area_id = community.root_area(session).area_id
    community.grant(session, **role_of, area_id=area_id, granted_by=None, now=now)


async def complains(mei: Handset) -> None:
    await mei.taps("⚠️", on="You received")
    await mei.taps("⚠️", on="Did you really not receive")
    await mei.hears("Noted: you did not receive", "asks both sides")


async def test_what_was_not_received_gives_the_points_back(town: Town, lin: Handset, shop: Handset) -> None:
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    await hands_over(shop, code)
    await complains(mei)
    told = await shop.hears("Please think back", code)
    assert "Mei" not in told.text
    asked = await lin.hears("Please find out and decide", "Mei says no", code)
    await lin.taps("✅", on="Please find out and decide")
    await lin.hears("Decided: the points go back")
    await mei.hears("Your 150 points for “Rice, 5 kg” are back", "You have 200 points")
    await mei.sees(lambda one: one.has_photo and "was not received" in one.text, "the changed message")
    await shop.hears("counts as not handed over", code)
    assert "Somebody has decided already" in await lin.taps_again(asked, "❌")
    assert await balance(mei) == 200
    await shop.says(code)
    await shop.hears("its points were given back")
    assert "give-back-points" in await town.acts()


async def test_what_was_received_stays_as_it_is(town: Town, lin: Handset, shop: Handset) -> None:
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    await hands_over(shop, code)
    await mei.sees(lambda one: one.has_photo and "You received" in one.text, "received")
    await mei.says("/rewards")
    await mei.taps("🎟")
    await mei.taps("📦")
    await mei.taps("⚠️", on="You received “Rice, 5 kg”\non 2026-11-10")
    await mei.taps("⚠️", on="Did you really not receive")
    await lin.taps("❌", on="Please find out and decide")
    await lin.hears("Decided: it stays as it is")
    await mei.hears("counts as received", "025-5550 0100")
    await shop.hears("counts as handed over")
    assert await balance(mei) == 50
    await mei.says("/rewards")
    await mei.taps("🎟")
    await mei.taps("📦")
    shown = await mei.hears("A coordinator looked into it")
    assert shown.button("⚠️") is None


async def test_an_undecided_complaint_is_brought_up_each_day(town: Town, lin: Handset, shop: Handset) -> None:
    mei = await shopper(town, "Mei")
    await hands_over(shop, await redeems(mei, "Rice"))
    await complains(mei)
    first = await lin.hears("Please find out and decide")
    await town.later(days=1)
    await lin.sees(
        lambda one: one.message_id > first.message_id and "Please find out" in one.text, "the reminder"
    )
    await lin.taps("✅", on="Please find out")
    await lin.hears("Decided")
    count = len([one for one in await lin.bubbles() if "Please find out" in one.text])
    await town.later(days=2)
    assert len([one for one in await lin.bubbles() if "Please find out" in one.text]) == count


async def test_a_complaint_is_said_once_and_within_fourteen_days(
    town: Town, lin: Handset, shop: Handset
) -> None:
    mei = await shopper(town, "Mei", worth=400)
    await hands_over(shop, await redeems(mei, "Rice"))
    await complains(mei)
    received = await mei.sees(lambda one: one.has_photo and "You received" in one.text, "received")
    await mei.taps_again(received, "⚠️")
    assert "You said so already" in await mei.taps("⚠️", on="Did you really not")
    await hands_over(shop, await redeems(mei, "Laundry"))
    late = await mei.sees(lambda one: one.has_photo and "You received “Laundry" in one.text, "received")
    await town.later(days=14, minutes=1)
    await mei.taps_again(late, "⚠️")
    assert "within 14 days" in await mei.taps("⚠️", on="Laundry")


async def test_nobody_decides_beyond_their_role_or_about_their_own(
    town: Town, lin: Handset, shop: Handset
) -> None:
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    other = await shopper(town, "Other")
    await hands_over(shop, code)
    redemption = (await town.rows("redemption"))[0]["id"]
    message = (await other.bubbles())[-1].message_id
    assert "another shop or another person" in await other.sends_data(message, f"wd:{redemption}", forge=True)
    assert "another shop or another person" in await other.sends_data(message, f"wq:{redemption}", forge=True)
    await complains(mei)
    number = (await town.rows("dispute"))[0]["id"]
    far = await town.coordinator("Far", area="g2")
    for phone in (mei, shop, other, far):
        for data in (f"wy:{number}", f"wn:{number}"):
            said = await phone.sends_data((await phone.bubbles())[-1].message_id, data, forge=True)
            assert "role does not" in said
    assert await lin.sends_data((await lin.bubbles())[-1].message_id, "wy:999", forge=True)
    assert (await town.rows("dispute"))[0]["state"] == "open"


async def test_a_coordinator_leaves_their_own_complaint_to_another(town: Town, shop: Handset) -> None:
    lin, guo = await town.coordinator("Lin"), await town.coordinator("Guo")
    await town.app.database.write(gives_points, town, lin.person_id, 200)
    code = await redeems(lin, "Rice")
    await hands_over(shop, code)
    await complains(lin)
    asked = await guo.hears("Please find out and decide", "Lin says no")
    number = (await town.rows("dispute"))[0]["id"]
    said = await lin.sends_data((await lin.bubbles())[-1].message_id, f"wy:{number}", forge=True)
    assert "another coordinator has to decide" in said
    await guo.taps_again(asked, "✅")
    await lin.hears("points for “Rice, 5 kg” are back")


async def test_an_undone_handover_leaves_nothing_to_decide(town: Town, lin: Handset, shop: Handset) -> None:
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    await hands_over(shop, code)
    await complains(mei)
    await lin.hears("Please find out and decide")
    await shop.taps("↩️", on=code)
    await mei.hears("took back handing over")
    assert "nothing to decide" in await lin.taps("✅", on="Please find out and decide")


async def test_nobody_decides_for_who_they_live_with_or_lately_did(town: Town, shop: Handset) -> None:
    lin, guo = await town.coordinator("Lin"), await town.coordinator("Guo")
    mei = await shopper(town, "Mei")
    for one in (lin, guo):
        await lives_with(town, one, mei)
    moved = await town.person(guo)
    await town.app.database.write(
        community.leave_household, resident_id=moved.resident_id, now=town.clock.now()
    )
    await town.later(days=1)
    await hands_over(shop, await redeems(mei, "Rice"))
    await mei.taps("⚠️", on="You received")
    await mei.taps("⚠️", on="Did you really not receive")
    await mei.hears("Nobody here can decide at the moment", "025-5550 0100")
    number = (await town.rows("dispute"))[0]["id"]
    for phone in (lin, guo):
        for data in (f"wy:{number}", f"wn:{number}"):
            said = await phone.sends_data((await phone.bubbles())[-1].message_id, data, forge=True)
            assert "another coordinator has to decide" in said
    root = await town.holder("Root", "admin")
    await town.later(days=1)
    await root.taps("✅", on="Please find out and decide")
    await mei.hears("points for “Rice, 5 kg” are back")


async def test_nobody_decides_about_a_shop_they_serve_with_all_others(town: Town) -> None:
    lin, root = await town.coordinator("Lin"), await town.holder("Root", "admin")
    await becomes(town, lin, "merchant")
    mei = await shopper(town, "Mei")
    await hands_over(lin, await redeems(mei, "Rice"))
    await complains(mei)
    number = (await town.rows("dispute"))[0]["id"]
    said = await lin.sends_data((await lin.bubbles())[-1].message_id, f"wn:{number}", forge=True)
    assert "another coordinator has to decide" in said
    await root.taps("❌", on="Please find out and decide")
    await mei.hears("counts as received")


async def test_who_handed_it_over_stays_a_side_when_they_left_the_shop(town: Town) -> None:
    lin, root = await town.coordinator("Lin"), await town.holder("Root", "admin")
    await becomes(town, lin, "merchant")
    mei = await shopper(town, "Mei")
    await hands_over(lin, await redeems(mei, "Rice"))
    person, now = await town.person(lin), town.clock.now()
    await town.app.database.write(_leaves_the_shop, person.resident_id, now)
    await complains(mei)
    await root.hears("Please find out and decide")
    assert not [one for one in await lin.bubbles() if "Please find out" in one.text]
    number = (await town.rows("dispute"))[0]["id"]
    said = await lin.sends_data((await lin.bubbles())[-1].message_id, f"wn:{number}", forge=True)
    assert "another coordinator has to decide" in said
    await root.taps("❌", on="Please find out and decide")
    await mei.hears("counts as received")


def _leaves_the_shop(session: Session, resident_id: int, now: datetime) -> None:
    for one in community.grants_of(session, resident_id):
        if one.role is community.Role.MERCHANT:
            community.end_grant(session, grant_id=one.grant_id, ended_by=None, now=now)


async def test_a_complaint_ends_with_who_made_it_and_everybody_is_told_why(
    town: Town, lin: Handset, shop: Handset
) -> None:
    mei = await shopper(town, "Mei")
    code = await redeems(mei, "Rice")
    await hands_over(shop, code)
    await complains(mei)
    asked = await lin.hears("Please find out and decide", "Mei says no")
    await mei.says("/privacy")
    await mei.taps("🗑", on="Your information")
    await mei.taps("🗑", on="Shall we really")
    await mei.hears("forgotten")
    told = await lin.sees(
        lambda one: one.message_id == asked.message_id and "Nothing to decide any more" in one.text, "why"
    )
    assert "Mei" not in told.text
    await shop.hears("counts as handed over: nothing more to do", code)
    number = (await town.rows("dispute"))[0]["id"]
    for data in (f"wy:{number}", f"wn:{number}"):
        assert "nothing to decide any more" in await lin.sends_data(asked.message_id, data, forge=True)
    await town.later(days=30)
    assert not [one for one in await lin.bubbles() if "Please find out" in one.text]
    [row] = await town.rows("redemption")
    assert (row["returned_at"], row["settlement"] is not None) == (None, True)

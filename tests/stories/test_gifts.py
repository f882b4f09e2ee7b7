"""Stories of gifts: to a neighbour by code, name or @username, to a fund, within limits, once."""

from collections.abc import Mapping

import pytest
from deed_town import asked, claims

from bot import community
from bot.sandbox.handset import Bubble, Handset
from shoppers import balance, shopper
from town import Town


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {
        "# gift_monthly = 50 ": "gift_monthly = 60 ",
        "# gift_received_monthly = 100 ": "gift_received_monthly = 70 ",
    }


@pytest.fixture
async def mei(town: Town) -> Handset:
    return await shopper(town, "Mei Li")


@pytest.fixture
async def wei(town: Town) -> Handset:
    return await town.resident("Wei Zhang", area="b2")


async def newest(phone: Handset) -> int:
    return max((one.message_id for one in await phone.bubbles()), default=0)


async def hears_next(phone: Handset, since: int, *words: str) -> Bubble:
    """Wait for a message that came after another, so that none of before is taken for it."""
    return await phone.sees(
        lambda one: one.message_id > since and all(word in one.text for word in words), " + ".join(words)
    )


async def names(giver: Handset, called: str) -> None:
    """Come as far as the question for whom it is, and type that."""
    since = await newest(giver)
    await giver.says("/points")
    await giver.taps("💝")
    await hears_next(giver, since, "Who is it for?")
    await giver.says(called)


async def gives(giver: Handset, called: str, amount: int) -> str:
    """Give points, and say what flashed up at the last tap."""
    since = await newest(giver)
    await names(giver, called)
    await hears_next(giver, since, "How many points for")
    await giver.says(str(amount))
    preview = await hears_next(giver, since, f"Give {amount} point", " to ")
    return await giver.taps_again(preview, "✅")


async def gifts(town: Town) -> list[int]:
    """Give what passed from one to another, without what the story began with."""
    rows = await town.rows("transfer")
    return [row["amount"] for row in rows if row["kind"] == "gift" and not row["key"].startswith("story")]


async def test_a_gift_goes_over_with_a_preview_and_both_hear_of_it(
    town: Town, mei: Handset, wei: Handset
) -> None:
    await names(mei, "wei  zhang")
    await mei.hears("How many points for Wei Zhang (Building 2)", "You have 200", "give 60 more")
    await mei.taps("⭐ 20")
    await mei.hears("Give 20 points to Wei Zhang (Building 2)?", "You keep 180", "“Mei Li”")
    await town.restart()
    await mei.taps("✅")
    await mei.hears("Given to Wei Zhang (Building 2): 20 points", "You have 180 left", "give 40 more")
    await wei.hears("Mei Li gave you 20 points", "You can spend 20 now")
    await wei.says("/points")
    await wei.hears("+20  Gift from Mei Li")
    await mei.says("/points")
    await mei.hears("−20  Gift to Wei Zhang")
    assert await town.rows("monthlytotal") == []


async def test_a_second_tap_gives_nothing_more(town: Town, mei: Handset, wei: Handset) -> None:
    await names(mei, (await town.person(wei)).short_code.lower())
    await mei.taps("⭐ 50")
    preview = await mei.hears("Give 50 points to")
    await mei.taps("✅")
    await mei.hears("Given to Wei Zhang")
    assert "given already" in await mei.taps_again(preview, "✅")
    await town.restart()
    assert "given already" in await mei.taps_again(preview, "✅")
    assert await gifts(town) == [50]


@pytest.mark.parametrize("typed", ["0", "-5", str(2**63), "1.5", "ten", "🎈", "9" * 40])
async def test_what_is_no_number_of_points_is_said_so(
    town: Town, mei: Handset, wei: Handset, typed: str
) -> None:
    await names(mei, "Wei Zhang")
    await mei.hears("How many points")
    await mei.says(typed)
    await mei.hears("At most 60 points" if typed == str(2**63) else "whole number")
    await mei.says("１０")
    await mei.hears("Give 10 points to Wei Zhang")
    assert await gifts(town) == []


async def test_nobody_is_found_by_a_part_of_a_name(town: Town, mei: Handset, wei: Handset) -> None:
    for typed in ("Wei", "Zhang", "%", "🎈", "x" * 4096, "@wei"):
        await names(mei, typed)
        await mei.hears("Nobody can be found as", typed[:40])
    await names(mei, "Mei Li")
    await mei.hears("That is you")


async def test_who_hides_is_found_by_the_short_code_alone_and_not_named(
    town: Town, mei: Handset, wei: Handset
) -> None:
    hidden = await town.person(wei)
    await town.app.database.write(
        community.set_shown, resident_id=hidden.resident_id, shown_in=community.ShownIn.HIDDEN
    )
    await names(mei, "Wei Zhang")
    await mei.hears("Nobody can be found as", "Wei Zhang")
    await gives(mei, hidden.short_code, 10)
    done = await mei.hears(f"Given to {hidden.short_code}: 10 points")
    assert "Wei" not in done.text
    await mei.says("/points")
    await mei.hears("Gift to A neighbour")


async def test_who_is_shown_by_another_name_is_named_only_to_who_typed_their_own(
    town: Town, mei: Handset, wei: Handset
) -> None:
    wei_zhang = await town.person(wei)
    number = wei_zhang.resident_id
    await town.app.database.write(community.set_pseudonym, resident_id=number, name="Tiger")
    await names(mei, wei_zhang.short_code)
    asked = await mei.hears(f"How many points for {wei_zhang.short_code}?")
    assert "Wei" not in asked.text
    assert "Building" not in asked.text
    await mei.says("/cancel")
    await names(mei, "wei zhang")
    await mei.hears("How many points for Wei Zhang (Building 2)?")


async def test_two_of_one_name_are_told_apart_and_no_other_number_will_do(town: Town, mei: Handset) -> None:
    for area in ("b2", "b3"):
        await town.resident("Wei Zhang", area=area)
    ann = await town.resident("Ann")
    await names(mei, "Wei Zhang")
    question = await mei.hears("Which one is it?")
    stranger = (await town.person(ann)).resident_id
    assert "no longer works" in await mei.sends_data(question.message_id, f"gp:{stranger}", forge=True)
    await mei.taps("👤 Wei Zhang (Building 3)")
    await mei.hears("How many points for Wei Zhang (Building 3)")


async def test_limits_of_the_month_are_said_with_what_is_left(town: Town, mei: Handset, wei: Handset) -> None:
    ann, lin = await shopper(town, "Ann"), await shopper(town, "Lin")
    await gives(mei, "Wei Zhang", 50)
    await mei.hears("give 10 more")
    await names(mei, "Ann")
    await mei.says("11")
    await mei.hears("At most 60 points may be given in a month; you may still give 10")
    await gives(ann, "Wei Zhang", 20)
    await ann.hears("Given to Wei Zhang")
    assert "at most 70 points in a month; they can still be given 0" in await gives(lin, "Wei Zhang", 1)
    await town.later(days=25)
    await gives(lin, "Wei Zhang", 1)
    await lin.hears("Given to Wei Zhang")
    assert await gifts(town) == [50, 20, 1]


async def test_points_on_hold_are_not_given(town: Town) -> None:
    poor = await shopper(town, "Poor", worth=15)
    await town.resident("Wei Zhang")
    await names(poor, "Wei Zhang")
    await poor.says("16")
    await poor.hears("you can spend 15, not 16")
    none = await town.resident("None")
    await none.says("/points")
    await none.taps("💝")
    await none.hears("Earn some points first")


async def test_no_thanks_in_points_for_a_verified_deed(town: Town, mei: Handset) -> None:
    """Nor to whom the verifier lives with, nor by whom the claimant lives with; after a month it is over."""
    lin = await town.coordinator("Lin")
    claimant, wife = await town.resident("Gao"), await shopper(town, "Gao Mei")
    await claims(claimant)
    await asked(lin, "Gao")
    await lin.taps("✅", on="Gao")
    await claimant.hears("is approved")
    await names(claimant, "Lin")
    await claimant.hears("verified a deed of your home in the last 30 days")
    await town.app.database.write(moves_in, await town.person(wife), await town.person(claimant), town)
    await names(wife, "Lin")
    await wife.hears("verified a deed of your home in the last 30 days")


def moves_in(session, guest, host, town) -> None:  # type: ignore[no-untyped-def]
    community.move_in(
        session, resident_id=guest.resident_id, household_id=host.household_id, now=town.clock.now()
    )


async def test_who_gave_points_to_the_verifier_needs_a_second_one(town: Town, mei: Handset) -> None:
    lin, guo = await town.coordinator("Lin"), await town.coordinator("Guo")
    await gives(mei, "Lin", 10)
    await mei.hears("Given to Lin")
    await claims(mei)
    await asked(lin, "Mei Li")
    await lin.taps("✅", on="Please verify")
    await asked(guo, "second person", "was given points by them lately", "⚠️ Who claims it gave points")


async def test_a_fund_of_where_one_lives_takes_gifts_and_no_other(town: Town, mei: Handset) -> None:
    await mei.says("/points")
    await mei.taps("💝")
    shown = await mei.hears("Who is it for?")
    assert [label for label, _, _ in shown.buttons][:3] == [
        "🌳 Fund of Building 1",
        "🌳 Fund of Grid 1",
        "🌳 Fund of Willow Bank",
    ]
    await mei.taps("🌳 Fund of Building 1")
    await mei.taps("⭐ 20")
    await mei.hears("Give 20 points to the fund of Building 1?", "when two people agree")
    await mei.taps("✅")
    await mei.hears("Given to the fund of Building 1: 20 points", "You have 180 left")
    await mei.says("/points")
    await mei.hears("−20  For the fund of Building 1")
    areas = {row["code"]: row["id"] for row in await town.rows("area")}
    last = (await mei.bubbles())[-1].message_id
    assert "where you live" in await mei.sends_data(last, f"gf:{areas['b2']}", forge=True)
    assert "does not allow" in await mei.sends_data(last, f"gv:{areas['b2']}", forge=True)


async def test_who_is_forgotten_meanwhile_is_given_nothing(town: Town, mei: Handset, wei: Handset) -> None:
    await names(mei, (await town.person(wei)).short_code)
    await mei.taps("⭐ 20")
    await mei.hears("Give 20 points to")
    await wei.says("/privacy")
    await wei.taps("🗑")
    await wei.taps("🗑")
    await wei.hears("forgotten")
    await mei.taps("✅")
    assert await gifts(town) == []
    assert await balance(mei) == 200
    kept = await town.everything_kept()
    assert not [table for table, rows in kept.items() if "Wei Zhang" in rows]


async def test_who_has_no_chat_is_told_by_the_giver(town: Town, mei: Handset) -> None:
    me = await town.person(mei)
    await town.app.database.write(ward_of, me.resident_id, town)
    await gives(mei, "Grandma Li", 10)
    await mei.hears("Given to Grandma Li", "please tell them yourself")


def ward_of(session, keeper_id, town) -> None:  # type: ignore[no-untyped-def]
    community.add_ward(
        session,
        keeper_id=keeper_id,
        name="Grandma Li",
        birth_year=1940,
        now=town.clock.now(),
        zone=town.app.house.zone,
    )


async def test_gifts_can_be_switched_off(town: Town, mei: Handset) -> None:
    await mei.says("/points")
    shown = await mei.hears("Neighbourhood points")
    assert shown.button("💝")
    await town.close()
    town.changes_its_file("gift_monthly = 60", "gift_monthly = 0")
    await town.open()
    assert "not given away here" in await mei.sends_data(shown.message_id, "gb")
    await mei.says("/points")
    await mei.sees(lambda one: one.button("🌳") is not None and one.button("💝") is None, "no gifts")


async def test_in_chinese_it_reads_as_well(town: Town, wei: Handset) -> None:
    li = await shopper(town, "李明", language="zh")
    await li.says("积分")
    await li.taps("💝")
    await li.hears("送给谁？")
    await li.says("Wei Zhang")
    await li.says("10分")
    await li.hears("送 10 分给Wei Zhang（2号楼）吗？", "190")
    await li.taps("✅")
    await li.hears("已送给Wei Zhang（2号楼）：10 分")
    await wei.hears("李明 gave you 10 points")

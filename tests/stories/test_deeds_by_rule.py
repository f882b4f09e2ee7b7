"""Stories of deeds whose rule says more: by the unit, by two people, and out of a month's budget."""

from collections.abc import Mapping

import pytest
from deed_town import FIRST_AID, VISIT, asked, claims, earned, lives_with, states

from bot import community
from bot.sandbox.handset import Handset
from town import Town

LITTER = """[[activity]]
code = "litter"
name = {zh = "捡垃圾", en = "Picked up litter"}
points_per_unit = 4
unit = {zh = "袋", en = "bags"}
verify = "coordinator"

[[activity]]
code = "carried"
name = {zh = "背人下楼", en = "Carried somebody down"}
points = 15
verify = "two-people"

[[activity]]
code = "walk"
name = {zh = "陪走", en = "Walked along"}
points = 10
cap = {points = 10, per = "month", by = "household"}
verify = "coordinator"

# ---- Points ----
"""


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"# ---- Points ----\n": LITTER, "monthly_budget = 200000": "monthly_budget = 40"}


@pytest.fixture
async def lin(town: Town) -> Handset:
    return await town.coordinator("Lin")


@pytest.fixture
async def mei(town: Town) -> Handset:
    return await town.resident("Mei")


async def test_by_the_unit_tapped_or_typed(town: Town, lin: Handset, mei: Handset) -> None:
    await mei.says("/deed litter")
    await mei.hears("how many (bags)?")
    for typed in ("0", "1001", "a few", "1.5"):
        await mei.says(typed)
        await mei.hears("a number from 1 to 1000")
    await mei.taps("🔢 3")
    await mei.taps("➖", on="Picked up litter, 3 bags")
    await asked(lin, "Picked up litter, 3 bags", "12 points")
    await lin.taps("✅", on="3 bags")
    await mei.hears("is approved", "+12")
    await lin.says("/award Mei litter 2 round the lake")
    await lin.sees(lambda one: "Picked up litter, 2 bags" in one.text and "+8" in one.text, "a preview")
    await lin.taps("✅", on="2 bags")
    await mei.hears("Lin awards you", "2 bags", "round the lake", "+8")
    await lin.says("/award Mei litter")
    await lin.hears("how many (bags)?")
    await lin.says("4 bags")
    await lin.sees(lambda one: "Picked up litter, 4 bags" in one.text and "+16" in one.text, "a preview")
    assert await earned(town) == [12, 8]


async def test_a_rule_that_asks_for_two_people_gets_two(town: Town, lin: Handset, mei: Handset) -> None:
    guo = await town.coordinator("Guo")
    await claims(mei, "Carried somebody down")
    await lin.taps("✅", on="Carried")
    await asked(guo, "second person", "Carried")
    await guo.taps("✅", on="second person")
    await mei.hears("is approved", "+15")
    await lin.says("/award Mei carried")
    await lin.hears("needs two people")


async def test_what_the_months_budget_cannot_give_is_said_plainly_and_comes_later(
    town: Town, lin: Handset, mei: Handset
) -> None:
    for activity in (FIRST_AID, VISIT):
        await claims(mei, activity)
        await lin.taps("✅", on=activity)
    await mei.hears(VISIT, "2026-12-01", "15")
    assert (await earned(town), await states(town)) == ([30], ["paid", "paid"])
    await town.later(days=21)
    assert await earned(town) == [30, 15]


async def test_moving_out_gives_nobody_a_second_share(town: Town, lin: Handset, mei: Handset) -> None:
    ann = await town.resident("Ann")
    await lives_with(town, ann, mei)
    await claims(mei, "Walked along")
    await lin.taps("✅", on="Walked along")
    await mei.hears("is approved", "+10")
    gone = await town.person(ann)
    now = town.clock.now()
    await town.app.database.write(community.leave_household, resident_id=gone.resident_id, now=now)
    await claims(ann, "Walked along")
    await lin.taps("✅", on="Ann")
    await ann.hears("is approved")
    assert await earned(town) == [10]

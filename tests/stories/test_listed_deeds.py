"""Stories of what is listed: whom it names to whom, and who decides when somebody objects."""

from collections.abc import Mapping

import pytest
from deed_town import FIRST_AID, asked, lives_with, newest

from bot import community
from bot.sandbox.handset import Handset
from tests.stories.test_binding import group_of, says_there
from tests.stories.test_deeds_of_two import is_listed
from town import Town


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"# two_people_over = 100": "two_people_over = 20", "# public_over = 100": "public_over = 25"}


@pytest.fixture
async def lin(town: Town) -> Handset:
    return await town.coordinator("Lin")


@pytest.fixture
async def mei(town: Town) -> Handset:
    return await town.resident("Mei")


async def test_who_hides_is_listed_without_a_name(town: Town, lin: Handset, mei: Handset) -> None:
    guo, wei = await town.coordinator("Guo"), await town.resident("Wei")
    await town.resident("Gao")
    hidden = (await town.person(mei)).resident_id
    await town.app.database.write(community.set_shown, resident_id=hidden, shown_in=community.ShownIn.HIDDEN)
    await is_listed(town, lin, guo, mei)
    await wei.says("/deed")
    await wei.taps("📜")
    shown = await wei.hears("A neighbour (Willow Bank)", FIRST_AID)
    assert "Mei" not in shown.text + repr(shown.buttons)
    await wei.taps("✋ A neighbour")
    asked_why = await wei.hears("Why do you object", "of a neighbour?")
    assert "Mei" not in asked_why.text


@pytest.mark.parametrize(("hides", "read"), [(True, "a neighbour"), (False, "Tiger")])
@pytest.mark.parametrize("sign", ["✅", "❌"])
async def test_who_objected_hears_only_the_name_that_was_listed(
    town: Town, lin: Handset, mei: Handset, sign: str, *, hides: bool, read: str
) -> None:
    guo, wang, wei = await town.coordinator("Guo"), await town.coordinator("Wang"), await town.resident("Wei")
    number = (await town.person(mei)).resident_id
    if hides:
        hidden = community.ShownIn.HIDDEN
        await town.app.database.write(community.set_shown, resident_id=number, shown_in=hidden)
    else:
        await town.app.database.write(community.set_pseudonym, resident_id=number, name="Tiger")
    await is_listed(town, lin, guo, mei)
    await wei.says("/start o_")
    await wei.taps("✋", on="Listed")
    await wei.taps("✋ It did not happen")
    await wang.taps(sign, on="Wei objects")
    assert "Mei" not in (await wei.hears("Your objection", f"of {read} was looked at")).text


async def test_a_small_building_in_which_somebody_hides_is_not_named_on_the_list(
    town: Town, lin: Handset
) -> None:
    guo, wei, ann = (
        await town.coordinator("Guo"),
        await town.resident("Wei"),
        await town.resident("Ann", area="b4"),
    )
    hidden = (await town.person(ann)).resident_id
    await town.app.database.write(community.set_shown, resident_id=hidden, shown_in=community.ShownIn.HIDDEN)
    await is_listed(town, lin, guo, ann)
    await wei.says("/start o_")
    assert "Building 4" not in (await wei.hears("A neighbour (Willow Bank)", FIRST_AID)).text


async def test_the_group_of_a_building_of_under_five_people_reads_nothing_that_is_listed(
    town: Town, lin: Handset
) -> None:
    """As with boards: who lives there knows who it is, even without a name."""
    guo, ann = await town.coordinator("Guo"), await town.resident("Ann", area="b4")
    group, small = await group_of(town, lin, title="All"), await group_of(town, lin, title="Block 4")
    await says_there(town, lin, group, "bind")
    await says_there(town, lin, small, "bind b4")
    await small.hears("leaderboards of Building 4", "Fewer than five people", "nor what is listed")
    await group.hears("leaderboards of Willow Bank")
    await is_listed(town, lin, guo, ann)
    await group.hears("Listed: tap below", "A*n (Willow Bank)")
    await town.later(days=1)
    await ann.says("/points")
    await ann.hears("Neighbourhood points")
    assert not any("Listed: tap" in one["text"] for one in await small.said())


@pytest.mark.parametrize("side", ["who objects", "who agreed"])
async def test_nobody_decides_on_an_objection_for_who_they_live_with(
    town: Town, lin: Handset, mei: Handset, side: str
) -> None:
    guo, wei = await town.coordinator("Guo"), await town.resident("Wei")
    wang, fang = await town.coordinator("Wang"), await town.coordinator("Fang")
    await is_listed(town, lin, guo, mei)
    await lives_with(town, wang, wei if side == "who objects" else guo)
    await wei.says("/start o_")
    await wei.taps("✋", on="Listed")
    await wei.taps("✋ It did not happen")
    await asked(fang, "Wei objects")
    last, number = (await wang.bubbles())[-1], await newest(town)
    assert "somebody else must decide" in await wang.sends_data(last.message_id, f"du:{number}", forge=True)
    assert not any("Wei objects" in one.text for one in await wang.bubbles())
    await fang.taps("✅", on="Wei objects")
    await mei.hears("The objection was looked at")


async def test_an_objection_of_who_is_forgotten_is_decided_without_their_words(
    town: Town, lin: Handset, mei: Handset
) -> None:
    guo, wei, fang = await town.coordinator("Guo"), await town.resident("Wei"), await town.coordinator("Fang")
    await is_listed(town, lin, guo, mei)
    await town.later(minutes=1)
    await wei.says("/start o_")
    await wei.taps("✋", on="Listed")
    await wei.taps("✋ It did not happen")
    await asked(fang, "Wei objects")
    await wei.says("/privacy")
    await wei.taps("🗑", on="Your information")
    await wei.taps("🗑", on="Shall we really")
    await wei.hears("forgotten")
    await fang.sees(
        lambda one: "Somebody objects" in one.text and one.button("✅") is not None, "the question, nameless"
    )
    assert not [one.text for one in await fang.bubbles() if "Wei" in one.text]
    await town.later(days=1)
    await asked(fang, "Still waiting", "Somebody objects", "Reason: who objected has left")
    await fang.taps("✅", on="Somebody objects")
    await mei.hears("The objection was looked at")

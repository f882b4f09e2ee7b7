"""Stories of area funds: read by who lives there, spent by two people's consent, closed in every way."""

from collections.abc import Mapping

import pytest

from bot import community
from bot.giving import propose_spending
from bot.sandbox.handset import Bubble, Handset
from shoppers import shopper
from tests.stories.test_binding import group_of, says_there
from town import Town

BENCH = "A bench & a tree <3"


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {"# gift_monthly = 50 ": "gift_monthly = 150 "}


@pytest.fixture
async def lin(town: Town) -> Handset:
    return await town.coordinator("Lin")


@pytest.fixture
async def guo(town: Town) -> Handset:
    return await town.holder("Guo", "building-lead", area="b1")


@pytest.fixture
async def mei(town: Town) -> Handset:
    """Somebody who gave 100 points to the fund of building 1."""
    phone = await shopper(town, "Mei")
    await phone.says("/points")
    await phone.taps("💝")
    await phone.taps("🌳 Fund of Building 1")
    await phone.says("100")
    await phone.taps("✅")
    await phone.hears("Given to the fund of Building 1: 100 points")
    return phone


async def opens(phone: Handset, area: str = "Building 1") -> Bubble:
    since = max(one.message_id for one in await phone.bubbles())
    await phone.says("/points")
    await phone.taps("🌳 Area funds")
    await phone.taps(f"🌳 {area} · ")
    return await phone.sees(
        lambda one: one.message_id > since and f"Fund of {area}:" in one.text, f"the fund of {area}"
    )


async def proposes(phone: Handset, amount: int = 60, purpose: str = BENCH) -> None:
    await opens(phone)
    await phone.taps("📝")
    await phone.hears("How many points from the fund of Building 1")
    await phone.says(str(amount))
    await phone.hears("What is it for?")
    await phone.says(purpose)
    await phone.hears(f"Propose to spend {amount} point", purpose)
    await phone.taps("✅ Propose")
    await phone.hears("Proposed:", purpose)


async def states(town: Town) -> list[str]:
    return [row["state"] for row in await town.rows("fund_spending")]


async def test_two_people_spend_it_and_everybody_there_can_read_it(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    assert "100" in (await opens(mei)).text
    await proposes(lin)
    question = await guo.hears("Please decide: 60 points of the fund of Building 1", BENCH, "Proposed by Lin")
    waiting = await opens(mei)
    assert "Fund of Building 1: 40 points" in waiting.text
    assert f"⏳ 60  {BENCH} (proposed by Lin, until 2026-11-17)" in waiting.text
    assert not any(waiting.button(sign) for sign in ("📝", "✅", "⛔", "✖️"))
    await town.restart()
    await guo.taps("✅", on="Please decide")
    await guo.hears("You agreed: 60 points of the fund of Building 1")
    await lin.hears("Guo agreed: 60 points of the fund of Building 1", BENCH)
    assert "Guo agreed already" in await guo.taps_again(question, "⛔")
    page = await opens(mei)
    assert f"2026-11-10  −60  {BENCH} (proposed by Lin, agreed by Guo)" in page.text
    assert (await town.acts())[-2:] == ["propose-spending", "agree-spending"]
    assert await town.rows("monthlytotal") == []


async def newest(town: Town) -> int:
    number: int = max(row["id"] for row in await town.rows("fund_spending"))
    return number


async def test_nobody_agrees_to_their_own_nor_their_households(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    wang = await town.coordinator("Wang")
    await lives_with_now(town, wang, lin)
    await proposes(lin)
    await guo.hears("Please decide")
    assert not [one for one in await wang.bubbles() if "Please decide" in one.text]
    last = (await lin.bubbles())[-1].message_id
    assert "somebody else has to decide" in await lin.sends_data(last, f"gc:{await newest(town)}", forge=True)
    assert "your household" in await wang.sends_data(
        last := (await wang.bubbles())[-1].message_id, f"gc:{await newest(town)}", forge=True
    )
    assert await states(town) == ["open"]


async def lives_with_now(town: Town, one: Handset, other: Handset) -> None:
    guest, host = await town.person(one), await town.person(other)
    await town.app.database.write(
        community.move_in,
        resident_id=guest.resident_id,
        household_id=host.household_id,
        now=town.clock.now(),
    )


async def moves_out(town: Town, phone: Handset) -> None:
    who = (await town.person(phone)).resident_id
    await town.app.database.write(community.leave_household, resident_id=who, now=town.clock.now())


@pytest.mark.parametrize("goes", ["proposer", "decider", "both"])
async def test_nobody_agrees_who_lived_with_the_proposer_within_a_month(
    town: Town, mei: Handset, lin: Handset, guo: Handset, goes: str
) -> None:
    wang = await town.coordinator("Wang")
    await lives_with_now(town, wang, lin)
    if goes == "both":
        await lives_with_now(town, mei, lin)
        await moves_out(town, wang)
    await moves_out(town, wang if goes == "decider" else lin)
    await proposes(lin)
    await guo.hears("Please decide")
    assert not [one for one in await wang.bubbles() if "Please decide" in one.text]
    last = (await wang.bubbles())[-1].message_id
    for _ in range(2):
        answer = await wang.sends_data(last, f"gc:{await newest(town)}", forge=True)
        assert "lived with you within a month" in answer
    assert await states(town) == ["open"]
    kin = {(await town.person(one)).resident_id for one in (wang, lin)}
    assert kin <= set((await town.rows("fund_spending"))[0]["kin"])


async def test_who_moves_in_and_out_again_after_the_proposal_is_near_as_well(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    await proposes(lin)
    question = await guo.hears("Please decide")
    await lives_with_now(town, guo, lin)
    await moves_out(town, guo)
    assert "lived with you within a month" in await guo.taps_again(question, "✅")
    assert await states(town) == ["open"]
    town.clock.wind(days=6, hours=23)
    assert "lived with you within a month" in await guo.taps_again(question, "⛔")


async def test_who_hides_their_name_is_somebody_with_a_role(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    for phone in (lin, guo):
        hidden = (await town.person(phone)).resident_id
        await town.app.database.write(
            community.set_shown, resident_id=hidden, shown_in=community.ShownIn.HIDDEN
        )
    await proposes(lin)
    said = await lin.hears("Proposed:", "somebody with a role can agree")
    assert "Guo" not in said.text
    wang = await town.coordinator("Wang")
    question = await guo.hears("Please decide", "Proposed by somebody with a role")
    await guo.taps("✅", on="Please decide")
    await lin.hears("somebody with a role agreed")
    last = (await wang.bubbles())[-1].message_id
    answer = await wang.sends_data(last, f"gc:{await newest(town)}", forge=True)
    assert "somebody with a role agreed already" in answer
    assert "Guo" not in answer + await guo.taps_again(question, "⛔")


async def test_of_many_who_can_agree_the_first_few_are_named(town: Town, mei: Handset, lin: Handset) -> None:
    for name in ("Ann", "Ben", "Cai", "Dan", "Eve", "Fay", "Gao"):
        await town.holder(name, "building-lead", area="b1")
    await proposes(lin)
    said = await lin.hears("Proposed:", "and 2 more can agree")
    assert sum(name in said.text for name in ("Ann", "Ben", "Cai", "Dan", "Eve", "Fay", "Gao")) == 5


async def test_many_proposals_fit_on_pages_and_one_more_than_many_waits_for_a_decision(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    me = (await town.person(lin)).resident_id
    area_id = next(row["id"] for row in await town.rows("area") if row["code"] == "b1")
    for number in range(20):
        await town.app.database.write(
            propose_spending,
            key=f"story:{number}",
            area_id=area_id,
            amount=1,
            purpose=f"{number:02} " + "长" * 197,
            proposer_id=me,
            now=town.clock.now(),
        )
    page = await opens(guo)
    assert len(page.text) < 4096
    assert ("19 长" in page.text, "11 长" in page.text) == (True, False)
    await guo.taps("▶️")
    await guo.hears("Fund of Building 1:", "11 长")
    await guo.taps("▶️", on="11 长")
    last = await guo.hears("Fund of Building 1:", "00 长")
    assert last.button("▶️") is None
    await guo.taps("✅ Agree: 1 for 00", on="00 长")
    await guo.hears("You agreed: 1 point")
    await guo.taps("🌳 See the fund")
    await proposes(lin, 1, "One more")
    await opens(lin)
    await lin.taps("📝")
    await lin.says("1")
    await lin.hears("What is it for?")
    await lin.says("Too many")
    assert "20 proposals wait for a second person already" in await lin.taps("✅ Propose", on="Too many")


async def test_groups_of_the_area_read_what_its_fund_paid_with_masked_names(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    group, other = await group_of(town, lin, title="Block 1"), await group_of(town, lin, title="All")
    await says_there(town, lin, group, "bind b1")
    await group.hears("leaderboards of Building 1")
    await says_there(town, lin, other, "bind")
    await other.hears("leaderboards of Willow Bank")
    await proposes(lin)
    await guo.taps("✅", on="Please decide")
    await guo.hears("You agreed")
    post = await group.hears("The fund of Building 1 paid 60 points", BENCH, "Proposed by L*n, agreed by G*o")
    assert not post["buttons"]
    await town.restart()
    await town.later(days=1)
    assert sum("The fund of" in one["text"] for one in await group.said()) == 1
    assert not any("The fund of" in one["text"] for one in await other.said())


async def test_who_has_no_role_there_decides_nothing(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    other = await town.holder("Zhou", "building-lead", area="b2")
    await proposes(lin)
    for phone in (mei, other):
        last = (await phone.bubbles())[-1].message_id
        for data in (f"gc:{await newest(town)}", f"gd:{await newest(town)}", "gs:1"):
            assert "does not allow" in await phone.sends_data(last, data, forge=True)
        assert "no longer works" in await phone.sends_data(last, f"gx:{await newest(town)}", forge=True)
        assert "no longer works" in await phone.sends_data(last, "gc:99", forge=True)
    assert await states(town) == ["open"]


async def test_a_refusal_gives_the_points_back_to_the_fund(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    wang = await town.holder("Wang", "grid-officer", area="g1")
    await proposes(lin)
    await wang.hears("Please decide")
    await guo.taps("⛔", on="Please decide")
    await guo.hears("You refused")
    await lin.hears("Guo refused")
    await wang.sees(lambda one: "Guo refused" in one.text and not one.buttons, "the closed question")
    assert "Fund of Building 1: 100 points" in (await opens(mei)).text
    assert "refuse-spending" in await town.acts()


async def test_who_proposed_takes_it_back(town: Town, mei: Handset, lin: Handset, guo: Handset) -> None:
    await proposes(lin)
    question = await guo.hears("Please decide")
    page = await opens(lin)
    assert page.button("✖️")
    await lin.taps("✖️ Take back: 60")
    await lin.hears("You took it back")
    await guo.sees(lambda one: "Taken back" in one.text and not one.buttons, "the closed question")
    assert "took it back" in await guo.taps_again(question, "✅")
    assert await states(town) == ["withdrawn"]


async def test_what_nobody_decides_lapses_after_a_week_and_once(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    await proposes(lin)
    question = await guo.hears("Please decide")
    await town.close()
    town.clock.wind(days=8)
    await town.open()
    await town.later()
    await lin.hears("Nobody decided within a week")
    assert "lapsed" in await guo.taps_again(question, "✅")
    await town.later(days=1)
    assert len([one for one in await lin.bubbles() if "Nobody decided" in one.text]) == 1
    assert "Fund of Building 1: 100 points" in (await opens(mei)).text


async def test_without_a_second_person_nothing_is_proposed(town: Town, mei: Handset, lin: Handset) -> None:
    await opens(lin)
    assert "no second person" in await lin.taps("📝")
    assert await states(town) == []


async def test_what_is_typed_wrongly_is_said_so(town: Town, mei: Handset, lin: Handset, guo: Handset) -> None:
    await opens(lin)
    await lin.taps("📝")
    for typed, said in (("101", "it has 100, not 101"), ("0", "whole number"), ("-3", "whole number")):
        await lin.says(typed)
        await lin.hears(said)
    await lin.says("６０")
    await lin.hears("What is it for?")
    for typed in ("🪑", "x" * 4096):
        await lin.says(typed)
        await lin.hears("in at most 200 characters")
    await lin.says("Fire buckets, help with gas")
    await lin.hears("Propose to spend 60 points", "Fire buckets")
    preview = await lin.hears("Propose to spend")
    await lin.taps("✅ Propose")
    await lin.hears("Proposed:")
    assert "proposed already" in await lin.taps_again(preview, "✅")
    assert await states(town) == ["open"]


async def test_a_coordinator_who_is_forgotten_leaves_no_name(
    town: Town, mei: Handset, lin: Handset, guo: Handset
) -> None:
    await proposes(lin, 30, "Flowers")
    await guo.taps("✅", on="Please decide")
    await lin.hears("Guo agreed")
    await proposes(lin, 20, "Lamps")
    await guo.hears("Please decide", "Lamps")
    await lin.says("/privacy")
    await lin.taps("📤")
    await lin.sees(lambda one: one.document is not None, "the file")
    await lin.taps("🗑")
    await lin.taps("🗑")
    await lin.hears("forgotten")
    assert await states(town) == ["agreed", "withdrawn"]
    page = await opens(mei)
    assert "−30  Flowers (proposed by somebody with a role, agreed by Guo)" in page.text
    assert "Fund of Building 1: 70 points" in page.text


async def test_in_chinese_it_reads_as_well(town: Town, mei: Handset, guo: Handset) -> None:
    li = await town.coordinator("李明", language="zh")
    await li.says("积分")
    await li.taps("🌳")
    await li.taps("🌳 1号楼 · 100")
    await li.hears("1号楼公益积分：100", "还没有花过")
    await li.taps("📝")
    await li.says("50分")
    await li.says("修花坛")
    await li.hears("提议从1号楼公益积分花 50 分吗", "修花坛")
    await li.taps("✅")
    await li.hears("已提出：“修花坛”", "Guo 可以同意")
    await guo.taps("✅", on="修花坛")
    await li.hears("Guo 同意了：1号楼公益积分花 50 分")

"""Stories of households that have their points together: earned by one, spent by any of them."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

import pytest
from sqlmodel import Session

from bot.app import opened
from bot.community import group_keys
from bot.purses import StillTogether
from bot.sandbox.handset import Bubble, Handset
from points import Deserved, Groups, award_all, check_statement, verify
from town import Town

APART, TOGETHER = 'account = "resident"', 'account = "household"'
CAP, NO_CAP = "cap = {points = 80, per", "cap = {points = 8000, per"
RICE = "🎁 大米"
_facts = count(1)
LINK = re.compile(r"start=(f_\w+)")


@pytest.fixture
def changes() -> Mapping[str, str]:
    return {APART: TOGETHER, CAP: NO_CAP}


async def test_one_earns_and_the_other_redeems(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "阿宝")
    await _earns(town, mei, 10)
    await bo.says("/points")
    said = await bo.hears("全家邻里积分：200")
    assert "+20" in said.text
    assert "Mei" in said.text
    assert not re.search(r"\d", said.text.split("200")[0])
    await _takes_rice(bo, label=RICE)
    await bo.hears("出示")
    await mei.says("/points")
    said = await mei.hears("Your household's points: 50", "not fetched yet: 150")
    await bo.says("/points")
    await bo.taps("📈")
    await bo.sees(lambda one: one.photo is not None and "50" in one.text, "the chart")
    await _is_sound(town)


async def test_two_who_spend_at_once_spend_once(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "Bo")
    await _earns(town, mei, 8)
    await _takes_rice(mei)
    await mei.hears("Show this code")
    await _takes_rice(bo)
    assert len(await town.rows("redemption")) == 1
    await _is_sound(town)


async def test_who_leaves_begins_at_zero_and_gets_no_second_bag_of_rice(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "阿宝")
    await _earns(town, mei, 20)
    await _takes_rice(bo, label=RICE)
    await bo.hears("出示")
    await bo.says("/household")
    await bo.taps("➖", on="我家有谁")
    await bo.hears("全家共有的 250 积分留给这一户")
    await bo.taps("➖", on="从零开始")
    await mei.hears("has left")
    await bo.says("/points")
    await bo.hears("邻里积分：0")
    assert (await town.rows("redemption"))[0]["state"] == "waiting", "the code stays good"
    await _earns(town, bo, 10)
    await _takes_rice(bo, label=RICE)
    assert len(await town.rows("redemption")) == 1
    await bo.says("/points")
    await bo.taps("🎟")
    await bo.taps("🎟", on="领取")
    await bo.taps("↩️")
    await bo.taps("✅", on="退回")
    await bo.hears("您兑换时所住的那一户")
    await mei.says("/points")
    await mei.hears("Your household's points: 400")
    await bo.says("/points")
    await bo.hears("邻里积分：200")
    await _is_sound(town)


async def test_who_moves_in_brings_along_what_they_have(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("阿宝", language="zh")
    await _earns(town, mei, 2)
    await _earns(town, bo, 3)
    link = await _asks(mei)
    await bo.says(f"/start {link}")
    await bo.hears("您的积分会并入其中，以后搬走也留在那里")
    await bo.taps("✅")
    await mei.hears("has joined")
    await mei.says("/points")
    said = await mei.hears("Your household's points: 100", "Brought along on moving in · 阿宝")
    assert "+60" in said.text
    await bo.says("/points")
    await bo.hears("全家邻里积分：100", "搬来时带入 · Mei")
    li = await town.resident("Li")
    await _earns(town, li, 1)
    await _joins(li, mei, leaving=False)
    await mei.says("/points")
    await mei.hears("points: 120")
    await _is_sound(town)


async def test_two_households_of_several_become_one_person_by_person(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "Bo")
    ann, zoe = await _home(town, "Ann", "Zoe")
    await _earns(town, mei, 5)
    await _earns(town, ann, 1)
    await _joins(bo, ann, leaving=True)
    await bo.says("/points")
    await bo.hears("points: 20")
    await _joins(mei, ann, leaving=False)
    await zoe.says("/points")
    await zoe.hears("Your household's points: 120")
    await _is_sound(town)


def _came(proof: bytes) -> int:
    """Give what came in by a statement, whether a month's seal proves it yet or not."""
    checked = check_statement(proof)
    return checked.came + checked.unproven_came


async def test_moving_opens_no_second_month_of_gifts(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "Bo")
    await town.resident("Ann Zhao")
    await _earns(town, mei, 10)
    await mei.says("/points")
    await mei.taps("💝")
    await mei.says("Ann Zhao")
    await mei.says("50")
    await mei.hears("Give 50 points to Ann Zhao")
    await mei.taps("✅")
    await mei.hears("Given to Ann Zhao")
    await mei.says("/household")
    await mei.taps("➖", on="Who lives with me")
    await mei.taps("➖", on="Do you want to leave")
    await bo.hears("has left")
    await _earns(town, mei, 10)
    await mei.says("/points")
    await mei.taps("💝", on="points: 200")
    await mei.hears("You gave the 50 points of this month")
    await _is_sound(town)


async def test_who_shares_the_points_is_given_none_and_told_why(town: Town) -> None:
    mei, _ = await _home(town, "Mei", "Bo Chen")
    await _earns(town, mei, 10)
    await mei.says("/points")
    await mei.taps("💝")
    await mei.says("Bo Chen")
    await mei.hears("you two share one household's points")


async def test_statement_gives_what_was_entered_since_one_lives_there(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "Bo")
    await _earns(town, mei, 1)
    await town.later(hours=2)
    li = await town.resident("李", language="zh")
    await _joins(li, mei, leaving=False)
    await town.later(hours=2)
    await _earns(town, bo, 1)
    sheet, proof = await _statement(town, li)
    assert "Bo" in sheet
    assert "Mei" not in sheet
    assert "20,40," in sheet.replace('"', "")
    assert _came(proof) == 20
    sheet, proof = await _statement(town, mei)
    assert _came(proof) == 40
    assert json.loads(proof)["account"]


async def test_everybody_is_warned_once_and_it_expires_once(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "阿宝")
    await _earns(town, mei, 1)
    await _to(town, datetime(2027, 11, 1, 1, tzinfo=UTC))  # nine o'clock, thirty days before
    await mei.hears("Use 20 of your household's points by 2027-11-30")
    await bo.hears("前用掉全家的 20 分")
    await _to(town, datetime(2027, 11, 24, 1, tzinfo=UTC))  # seven days before
    await _to(town, datetime(2027, 12, 5, tzinfo=UTC))
    expired = [row["amount"] for row in await town.rows("transfer") if row["kind"] == "expiry"]
    assert expired == [20]
    warned = ["household's points by" in one.text for one in await mei.bubbles()]
    assert warned.count(True) == 2  # thirty days before, and seven
    await _is_sound(town)


async def test_who_is_forgotten_leaves_the_points_to_the_others_and_the_last_one_a_nameless_account(
    town: Town,
) -> None:
    mei, bo = await _home(town, "Mei", "阿宝")
    await _earns(town, mei, 1)
    await mei.says("/privacy")
    await mei.taps("🗑")
    await mei.hears("The points stay with your household")
    await mei.taps("🗑", on="stay with your household")
    await mei.hears("forgotten")
    await bo.says("/points")
    said = await bo.hears("全家邻里积分：20")
    assert "Mei" not in said.text
    await bo.says("/privacy")
    await bo.taps("🗑")
    await bo.taps("🗑", on="积分留给您的家人")
    await bo.hears("忘记")
    named = [row for row in await town.rows("account") if row["kind"] in {"resident", "household"}]
    assert [row["owner"] for row in named] == [None] * 3
    await _is_sound(town)


async def test_somebody_without_telegram_shares_too(town: Town) -> None:
    mei = await town.resident("Mei")
    await _earns(town, mei, 1)
    await mei.says("/household")
    await mei.taps("👤", on="Who lives with me")
    await mei.says("Grandma Wu")
    await mei.taps("➖")
    await mei.hears("Grandma Wu (no Telegram")
    await mei.says("/points")
    await mei.hears("Your household's points: 20")
    await _is_sound(town)


@pytest.mark.parametrize("changes", [{CAP: NO_CAP}])
async def test_filled_books_are_put_together_at_a_start_and_not_taken_apart_again(town: Town) -> None:
    mei, bo = await _home(town, "Mei", "Bo")
    zoe = await town.resident("Zoe")
    await _earns(town, mei, 8)
    await _earns(town, bo, 2)
    await _earns(town, zoe, 1)
    await _takes_rice(mei)
    await mei.hears("Show this code")
    await mei.says("/points")
    await mei.hears("Neighbourhood points: 10")
    earned = await town.rows("monthlytotal")
    await town.close()
    town.changes_its_file(APART, TOGETHER)
    await town.open()
    for phone in (mei, bo):
        await phone.says("/points")
        await phone.hears("Your household's points: 50")
    await zoe.says("/points")
    await zoe.hears("Neighbourhood points: 20")
    assert await town.rows("monthlytotal") == earned, "nothing counts as earned"
    before = len(await town.rows("transfer"))
    await town.restart()
    assert len(await town.rows("transfer")) == before
    await town.later(days=30)  # the code lapses: what was on hold comes to the household
    await bo.says("/points")
    await bo.hears("Your household's points: 200")
    await _is_sound(town)
    await town.close()
    town.changes_its_file(TOGETHER, APART)
    with pytest.raises(StillTogether, match='write account = "household"'):
        async with opened(town.settings, town.clock, town.clock.pace()):
            pass
    town.changes_its_file(APART, TOGETHER)
    await town.open()


async def _home(town: Town, host: str, guest: str) -> tuple[Handset, Handset]:
    first = await town.resident(host)
    second = await town.resident(guest, language="en" if guest.isascii() else "zh")
    await _joins(second, first, leaving=False)
    return first, second


async def _joins(guest: Handset, host: Handset, *, leaving: bool) -> None:
    link = await _asks(host)
    await guest.says(f"/start {link}")
    question = await guest.sees(lambda one: one.button("✅") is not None, "the question")
    assert ("leave the household" in question.text) is leaving
    await guest.taps("✅")
    await host.hears("has joined")


async def _asks(phone: Handset) -> str:
    await phone.says("/household")
    await phone.taps("➕")
    found = LINK.search((await phone.hears("start=f_")).text)
    assert found is not None
    return found[1]


async def _takes_rice(phone: Handset, *, label: str = "🎁 Rice") -> None:
    await phone.says("/rewards")
    await phone.taps(label)
    await phone.taps("✅")


async def _earns(town: Town, phone: Handset, deeds: int) -> None:
    """Answer so many call-outs, twenty points each."""
    person = await town.person(phone)
    await town.app.database.write(_award, town, person.resident_id, deeds)


def _award(session: Session, town: Town, resident_id: int, deeds: int) -> None:
    home = group_keys(session, [resident_id])[resident_id]
    groups = Groups(home.household, building=home.building, grid=home.grid)
    keys = [f"story:{resident_id}:{next(_facts)}" for _ in range(deeds)]
    deserved = [Deserved(resident_id, key, groups) for key in keys]
    zone = town.app.house.zone
    award_all(session, activity="callout", deserved=deserved, now=town.clock.now(), zone=zone)


async def _statement(town: Town, phone: Handset) -> tuple[str, bytes]:
    await phone.says("/statement")
    sheet, proof = [await _document(phone, ending) for ending in (".csv", ".json")]
    return sheet.decode("utf-8-sig"), proof


async def _document(phone: Handset, ending: str) -> bytes:
    def is_it(one: Bubble) -> bool:
        return one.document is not None and str(one.document["file_name"]).endswith(ending)

    message = await phone.sees(is_it, ending)
    assert message.document is not None
    return await phone.file(str(message.document["file_id"]))


async def _is_sound(town: Town) -> None:
    assert (await town.app.database.read(verify)).problems == ()


async def _to(town: Town, moment: datetime) -> None:
    await town.later(seconds=(moment - town.clock.now()).total_seconds() - 60)
    await town.later(minutes=1)

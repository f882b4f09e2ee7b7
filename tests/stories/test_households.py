"""Stories of /household: who lives together agrees to it, and nobody gets a second share by moving."""

import re

from sqlmodel import Session

import points
from bot import community
from bot.sandbox.handset import Handset
from points import AccountKind, Posting, TransferKind
from town import Town

LINK = re.compile(r"start=(f_\w+)")


async def asks(phone: Handset) -> str:
    """Make a link, and give what it carries."""
    await phone.says("/household")
    await phone.taps("➕")
    message = await phone.hears("start=f_")
    found = LINK.search(message.text)
    assert found is not None
    return found[1]


async def test_a_resident_is_asked_and_both_agree(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo", area="b4")
    link = await asks(mei)
    await bo.says(f"/start {link}")
    question = await bo.hears("Mei asks you", "Building 1")
    await bo.taps("✅")
    await bo.hears("Mei", "Bo (you)", "Building 1")
    await mei.hears("Bo has joined")
    assert "already" in await bo.taps_again(question, "✅")
    li = await town.resident("Li")
    await li.says(f"/start {link}")
    await li.hears("has been used")
    await mei.says(f"/start {link}")
    await mei.hears("your own link")
    await bo.says("/me")
    await bo.hears("Household: 2 people")


async def test_a_newcomer_joins_first_and_is_asked_then(town: Town) -> None:
    mei = await town.resident("Mei", language="zh")
    bo = await town.stranger("Bo")
    await bo.says(f"/start {await asks(mei)}")
    await bo.taps("✅")
    await bo.taps("👤")
    await bo.taps("🏠")
    await bo.taps("🏠")
    await bo.taps("➖")
    await bo.hears("Mei asks you")
    await bo.taps("✖️")
    await bo.hears("nothing changed")
    await mei.hears("Bo没有同意")
    await bo.says("/household")
    assert "Mei" not in (await bo.hears("Bo (you)")).text


async def test_links_that_lead_nowhere_are_said(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo")
    await bo.says("/start f_forged")
    message = await bo.hears("leads to no household")
    assert "no household" in await bo.sends_data(message.message_id, "hj:1", forge=True)
    link = await asks(mei)
    await town.later(days=8)
    await bo.says(f"/start {link}")
    await bo.hears("expired")
    stranger = await town.stranger("Li")
    await stranger.says(f"/start {link}")
    await stranger.hears("expired")
    await stranger.hears("Join the neighbours")


async def test_somebody_without_telegram_is_added_and_removed(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo")
    await mei.says("/household")
    await mei.taps("👤", on="Who lives with me")
    await mei.hears("type their name")
    await mei.says("Grandma Wu")
    await mei.hears("born")
    await mei.says("1800")
    await mei.hears("four digits")
    await mei.says("1950")
    home = await mei.hears("Grandma Wu (no Telegram")
    ward = next(data for label, data, _ in home.buttons if "Grandma" in label)
    assert "do not answer" in await bo.sends_data((await bo.bubbles())[-1].message_id, ward, forge=True)
    await mei.says("Grandma Wu")
    await mei.hears("You answer for", "1950")
    await mei.taps("🗑")
    await mei.sees(lambda one: "Mei (you)" in one.text and "Grandma" not in one.text, "nobody else")
    kept = await town.everything_kept()
    assert not {table for table, rows in kept.items() if "Grandma" in rows} - {"delivery", "intake"}


async def test_a_door_is_written_down(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("/household")
    await mei.taps("🚪")
    await mei.hears("type what is at your door")
    await mei.says("1")
    await mei.hears("door: 1")
    await mei.taps("🚪")
    await mei.taps("🗑")
    await mei.hears("door: not given")


async def test_nobody_gets_a_second_bag_of_rice_by_moving(town: Town) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("Bo")
    link = await asks(mei)
    await bo.says(f"/start {link}")
    await bo.taps("✅")
    await mei.hears("Bo has joined")
    for phone in (mei, bo):
        await town.app.database.write(_give, town, phone.person_id)
    await bo.says("/household")
    await bo.taps("➖", on="Who lives with me")
    await bo.taps("➖", on="leave this household")
    await mei.hears("Bo has left")
    await _takes_rice(bo)
    await bo.hears("Show this code")
    assert "per household" in await _takes_rice(mei)
    await bo.says(f"/start {await asks(mei)}")
    await bo.taps("✅", on="asks you")
    await mei.hears("Bo has joined")
    for phone in (mei, bo):
        assert "per household" in await _takes_rice(phone)
    assert len(await town.rows("redemption")) == 1


async def test_who_is_forgotten_takes_along_whom_nobody_else_answers_for(town: Town) -> None:
    mei = await town.resident("Mei")
    await mei.says("/household")
    await mei.taps("👤", on="Who lives with me")
    await mei.says("Grandma-Quetzal")
    await mei.taps("➖")
    await mei.hears("Grandma-Quetzal (no")
    await mei.says("/privacy")
    await mei.taps("🗑")
    await mei.taps("🗑", on="points")
    await mei.hears("forgotten")
    await town.later(minutes=20)
    kept = await town.everything_kept()
    assert not {table for table, rows in kept.items() if "Quetzal" in rows}


async def _takes_rice(phone: Handset) -> str:
    """Redeem a bag of rice; give the words that flashed up."""
    await phone.says("/rewards")
    await phone.taps("🎁 Rice")
    return await phone.taps("✅", on="Redeem")


def _give(session: Session, town: Town, chat_id: int) -> None:
    person = community.person(session, bot_id=town.app.house.bot_id, chat_id=chat_id)
    assert person is not None
    gift = Posting(
        key=f"story:{chat_id}",
        kind=TransferKind.GIFT,
        debit=points.community_account(session, AccountKind.ISSUED),
        credit=points.resident_account(session, person.resident_id),
        amount=200,
    )
    points.post_one(session, gift, town.clock.now(), zone=town.app.house.zone)

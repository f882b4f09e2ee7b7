"""Stories of what runs out: the last one and fifty takers, and a line in which the first is told first."""

import asyncio
from collections import Counter

from sqlmodel import Session

from bot import community
from bot.sandbox.handset import Handset
from shoppers import gives_points, looks_at, redeems, shopper
from town import Town

STOCK = "price = 150\nstock = 40"
TAKERS = 50


async def only(town: Town, count: int) -> None:
    town.changes_its_file(STOCK, f"price = 150\nstock = {count}")
    await town.restart()


async def gives_back(phone: Handset, code: str) -> None:
    await phone.taps("↩️", on=code)
    await phone.taps("✅", on="back?")
    await phone.hears("Your 150 points are back")


async def test_the_last_two_and_fifty_takers(town: Town) -> None:
    await only(town, 2)
    phones = [await town.stranger(f"Taker {number}") for number in range(TAKERS)]
    await town.app.database.write(_settle_in, town, phones)
    terms = [await looks_at(phone, "Rice") for phone in phones]
    said = await asyncio.gather(
        *(phone.taps_again(bubble, "✅") for phone, bubble in zip(phones, terms, strict=True))
    )
    assert Counter("has run out" in words for words in said) == {True: TAKERS - 2, False: 2}
    codes = await town.rows("redemption")
    assert len(codes) == 2
    lost = next(phone for phone, words in zip(phones, said, strict=True) if words)
    await lost.taps("🔔")
    await lost.hears("You are number 1 in line")


async def test_two_taps_on_redeem_make_one_code(town: Town) -> None:
    mei = await shopper(town, "Mei", worth=400)
    terms = await looks_at(mei, "Laundry")
    await asyncio.gather(*(mei.taps_again(terms, "✅") for _ in range(2)))
    await mei.hears("Laundry liquid is yours")
    assert len(await town.rows("redemption")) == 1


async def test_the_first_in_line_is_told_and_one_is_kept_for_a_day(town: Town) -> None:
    await only(town, 1)
    owner, first, second = [await shopper(town, name) for name in ("Owner", "First", "Second")]
    code = await redeems(owner, "Rice")
    for place, phone in enumerate((first, second), start=1):
        assert (await looks_at(phone, "Rice")).button("✅") is None
        await phone.taps("🔔")
        await phone.hears(f"You are number {place} in line")
    await gives_back(owner, code)
    await first.hears("“Rice, 5 kg” is back: redeem it by 2026-11-11 10:00")
    assert (await looks_at(owner, "Rice")).button("✅") is None
    await town.later(hours=24)
    await first.hears("The “Rice, 5 kg” kept for you went to the next in line")
    await second.hears("“Rice, 5 kg” is back: redeem it by 2026-11-12 10:00")
    await second.taps("🎁", on="is back")
    await second.hears("One is kept for you", "Redeem “Rice")
    await second.taps("✅", on="One is kept for you")
    await second.hears("Rice, 5 kg is yours")


async def test_who_stops_waiting_lets_the_next_one_have_it(town: Town) -> None:
    await only(town, 1)
    owner = await shopper(town, "Owner")
    first = await shopper(town, "一", language="zh-hans")
    second = await shopper(town, "Second")
    code = await redeems(owner, "Rice")
    await looks_at(first, "大米")
    await first.taps("🔔")
    await first.hears("您排在第 1 位")
    await looks_at(second, "Rice")
    await second.taps("🔔")
    await gives_back(owner, code)
    await first.hears("“大米 5 公斤”有货了")
    await first.taps("🎁", on="有货了")
    await first.taps("🔕")
    await first.hears("不再排队")
    await second.hears("“Rice, 5 kg” is back")


async def test_who_is_forgotten_gives_back_and_leaves_the_line(town: Town) -> None:
    await only(town, 1)
    owner, first, second = [await shopper(town, name) for name in ("Owner", "First", "Second")]
    shop = await town.holder("Shop", "merchant", of="corner-shop")
    code = await redeems(owner, "Rice")
    for phone in (first, second):
        await looks_at(phone, "Rice")
        await phone.taps("🔔")
    for phone in (first, owner):
        await phone.says("/privacy")
        await phone.taps("🗑", on="Your information")
        await phone.taps("🗑", on="Shall we really")
        await phone.hears("forgotten")
    told = await shop.hears("gave “Rice, 5 kg” back", code)
    assert "Owner" not in told.text
    await second.hears("“Rice, 5 kg” is back")


def _settle_in(session: Session, town: Town, phones: list[Handset]) -> None:
    for phone in phones:
        community.join(
            session,
            bot_id=town.app.house.bot_id,
            chat_id=phone.person_id,
            name=phone.name,
            language="en",
            area_id=community.area_by_code(session, "b1").area_id,
            now=town.clock.now(),
        )
        gives_points(session, town, phone.person_id, 200)

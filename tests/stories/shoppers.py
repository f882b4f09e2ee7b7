"""People with points to spend, and the steps every story of rewards begins with."""

import re

from sqlmodel import Session

import points
from bot import community
from bot.sandbox.handset import Bubble, Handset
from points import AccountKind, Deserved, Groups, Posting, TransferKind, award_all
from town import Town

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{8}\b")


async def shopper(
    town: Town, name: str, *, worth: int = 200, language: str = "en", area: str = "b1"
) -> Handset:
    """Give somebody who lives here and has points to spend."""
    phone = await town.resident(name, language=language, area=area)
    await town.app.database.write(gives_points, town, phone.person_id, worth)
    return phone


async def looks_at(phone: Handset, reward: str) -> Bubble:
    """Open the terms of a reward, which hold its name."""
    await phone.says("/rewards")
    await phone.taps(f"🎁 {reward}")
    return await phone.sees(lambda one: reward in one.text and one.button("✖️") is not None, "the terms")


async def redeems(phone: Handset, reward: str) -> str:
    """Redeem a reward and give the code."""
    terms = await looks_at(phone, reward)
    await phone.taps("✅", on=terms.text.splitlines()[0])
    message = await phone.sees(
        lambda one: one.has_photo and reward in one.text and CODE.search(one.text) is not None, "the code"
    )
    found = CODE.search(message.text)
    assert found is not None
    return found.group()


async def balance(phone: Handset) -> int:
    """Read the first figure of /points."""
    await phone.says("/points")
    message = await phone.sees(lambda one: one.text.startswith("⭐"), "the balance")
    return int(re.findall(r"\d+", message.text)[0])


def gives_points(session: Session, town: Town, chat_id: int, worth: int) -> None:
    """Give points to who is behind a phone."""
    person = community.person(session, bot_id=town.app.house.bot_id, chat_id=chat_id)
    assert person is not None
    gift = Posting(
        key=f"story:{chat_id}",
        kind=TransferKind.GIFT,
        debit=points.community_account(session, AccountKind.ISSUED),
        credit=points.resident_account(session, person.resident_id),
        amount=worth,
    )
    points.post_one(session, gift, town.clock.now(), zone=town.app.house.zone)


async def earns(town: Town, phone: Handset, key: str) -> None:
    """Pay somebody for answering a call-out."""
    who = await town.person(phone)
    await town.app.database.write(
        award_all,
        activity="callout",
        deserved=[Deserved(who.resident_id, key, Groups(building="b1"))],
        now=town.clock.now(),
        zone=town.app.house.zone,
    )

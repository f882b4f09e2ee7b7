"""How rewards and their codes are worded: what it is, where and until when, how many one may have."""

from datetime import datetime, timedelta

from markupsafe import Markup

from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.texts import Texts
from bot.delivery import Button, Message
from points import By, OfferView, Per, Redeemed, RedemptionView

PERIODS = {
    Per.DAY: "period.day",
    Per.WEEK: "period.week",
    Per.MONTH: "period.month",
    Per.YEAR: "period.year",
    Per.EVER: "period.ever",
}
SHARES = {By.HOUSEHOLD: "rewards.limit_household", By.RESIDENT: "rewards.limit_resident"}
CODE_PICTURE = "code.png"
MOMENT = timedelta(seconds=1)


def terms_html(t: Texts, house: House, offer: OfferView, available: int) -> Markup:
    """Word what somebody gets for what, before they say yes."""
    lines = [
        t.rich("rewards.terms", name=t.name(offer.names), price=offer.price),
        t.rich("rewards.where", where=where(t, house, offer.merchant, t.name(offer.merchant_names))),
        t.rich("rewards.valid_days", days=t.count("count.days", offer.valid_days)),
    ]
    if offer.limit is not None:
        lines.append(
            t.rich("rewards.limit", limit=limit_words(t, offer.limit.count, offer.limit.per, offer.limit.by))
        )
    if offer.left is not None:
        lines.append(t.rich("rewards.left", left=offer.left) if offer.left else t.rich("rewards.none_left"))
    lines.append(_after(t, offer.price, available))
    return Markup("\n").join(lines)


def where(t: Texts, house: House, merchant: str, name: str) -> str:
    """Say where a merchant is found: its name, area, hours and phone, as far as they are known."""
    known = next((one for one in house.neighbourhood.merchants if one.code == merchant), None)
    if known is None:
        return name
    area = next((one for one in house.neighbourhood.areas if one.code == known.area), None)
    parts = (
        t.name(area.names) if area else "",
        t.name(known.hours) if known.hours else "",
        known.phone or "",
    )
    return " · ".join(filter(None, (name, *parts)))


def limit_words(t: Texts, count: int, per: str, by: str) -> str:
    """Say how many one household or resident may have in a period."""
    return t(SHARES[By(by)], count=count, per=t(PERIODS[Per(per)]))


def last_day(house: House, lapses_at: datetime) -> str:
    """Give the last day on which a code is good: it lapses at the midnight that ends that day."""
    return house.day(lapses_at - MOMENT)


def code_message(
    t: Texts, house: House, code: Redeemed | RedemptionView, *, balance: int, picture: bytes
) -> Message:
    """Give a code to its owner: the code itself, where to show it, until when, and its picture."""
    caption = t.rich(
        "rewards.code",
        code=code.code,
        name=t.name(code.names),
        price=code.price,
        where=where(t, house, code.merchant, t.name(code.merchant_names)),
        day=last_day(house, code.lapses_at),
        balance=balance,
    )
    give_back = Button(t("rewards.button_give_back"), f"wg:{code.redemption_id}")
    return Message(str(caption), one_a_row(give_back), photo=picture, file_name=CODE_PICTURE)


def _after(t: Texts, price: int, available: int) -> Markup:
    if available < price:
        return t.rich("rewards.too_few", missing=price - available, available=available)
    return t.rich("rewards.after", available=available, left=available - price)

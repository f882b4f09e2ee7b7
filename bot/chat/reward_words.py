"""How rewards and their codes are worded: what it is, where and until when, how many one may have."""

from datetime import datetime, timedelta

import structlog
from markupsafe import Markup

from bot.chat.house import House
from bot.chat.keyboards import Rows, one_a_row
from bot.chat.texts import Texts
from bot.delivery import Button, Message
from points import By, OfferView, Per, Redeemed, RedemptionView, Terms, Window
from points.shops import Wait
from points.windows import DAY_MINUTES

PERIODS = {
    Per.DAY: "period.day",
    Per.WEEK: "period.week",
    Per.MONTH: "period.month",
    Per.YEAR: "period.year",
    Per.EVER: "period.ever",
}
SHARES = {By.HOUSEHOLD: "rewards.limit_household", By.RESIDENT: "rewards.limit_resident"}
WEEKDAYS = (
    "weekday.mon",
    "weekday.tue",
    "weekday.wed",
    "weekday.thu",
    "weekday.fri",
    "weekday.sat",
    "weekday.sun",
)
CODE_PICTURE = "code.png"
MOMENT = timedelta(seconds=1)

log = structlog.get_logger(__name__)


def terms_message(
    t: Texts,
    house: House,
    offer: OfferView,
    available: int,
    buttons: Rows,
    *,
    notice: Markup | None = None,
    picture: tuple[str, bytes] | None = None,
) -> Message:
    """Show what somebody gets for what, with its picture where there is one and the words fit under it."""
    html = terms_html(t, house, offer, available)
    if notice is not None:
        html = notice + Markup("\n\n") + html
    if picture is not None:
        name, content = picture
        shown = Message(str(html), buttons, photo=content, file_name=name)
        if shown.fits:
            return shown
        log.info("reward.too_many_words_for_a_picture", reward=offer.code)
    return Message(str(html), buttons)


def picture_of(house: House, code: str) -> tuple[str, bytes] | None:
    """Read a reward's picture; one that was taken away since the start is as good as none."""
    reward = next((one for one in house.neighbourhood.rewards if one.code == code), None)
    if reward is None or reward.picture is None:
        return None
    try:
        return reward.picture.name, reward.picture.read_bytes()
    except OSError as trouble:
        log.warning("reward.picture_is_gone", reward=code, trouble=str(trouble))
        return None


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
    lines += _for_whom(t, house, offer.terms)
    if offer.closed:
        lines.append(_closed(t, house, offer))
    elif offer.left is not None:
        lines.append(t.rich("rewards.left", left=offer.left) if offer.left else t.rich("rewards.none_left"))
    lines += thanks(t, house, offer.terms.payer)
    lines.append(_after(t, offer.price, available))
    return Markup("\n").join(lines)


def _for_whom(t: Texts, house: House, terms: Terms) -> list[Markup]:
    lines = []
    if terms.min_age is not None:
        lines.append(t.rich("rewards.for_age", age=terms.min_age))
    if terms.areas:
        lines.append(t.rich("rewards.for_areas", areas=area_names(t, house, terms.areas)))
    if terms.certificate is not None:
        lines.append(t.rich("rewards.for_certificate", certificate=terms.certificate))
    if terms.window is not None:
        lines.append(t.rich("rewards.when", when=window_words(t, terms.window)))
    return lines


def _closed(t: Texts, house: House, offer: OfferView) -> Markup:
    if offer.paused or offer.reopens_at is None:
        return t.rich("rewards.closed_by_shop")
    return t.rich("rewards.closed_until", day=house.day(offer.reopens_at))


def wait_words(t: Texts, house: House, wait: Wait) -> Markup:
    """Say how somebody waits for a reward."""
    if wait.until is None:
        return t.rich("waiting.in_line", place=wait.place)
    return t.rich("waiting.kept", day=house.day(wait.until), hour=house.hour(wait.until))


def thanks(t: Texts, house: House, payer: str | None) -> list[Markup]:
    """Thank the sponsor who pays for a reward, if one does."""
    sponsor = next((one for one in house.neighbourhood.sponsors if one.code == payer), None)
    if sponsor is None:
        return []
    if sponsor.thanks is None:
        return [t.rich("rewards.sponsored", sponsor=t.name(sponsor.names))]
    return [t.rich("rewards.thanks", thanks=t.name(sponsor.thanks))]


def area_names(t: Texts, house: House, codes: tuple[str, ...]) -> str:
    """Name areas by their codes."""
    facts = house.neighbourhood
    names = {facts.community.code: facts.names} | {area.code: area.names for area in facts.areas}
    return t("list.comma").join(t.name(names[code]) if code in names else code for code in codes)


def window_words(t: Texts, window: Window) -> str:
    """Say when a reward can be redeemed."""
    days = window.days if len(window.days) < len(WEEKDAYS) else ()
    parts = [t("list.comma").join(t(WEEKDAYS[day]) for day in days), _hours(t, window)]
    if window.since:
        parts.append(t("rewards.since_day", day=window.since.isoformat()))
    if window.until:
        parts.append(t("rewards.until_day", day=window.until.isoformat()))
    return " · ".join(filter(None, parts))


def _hours(t: Texts, window: Window) -> str:
    begins, ends = (f"{minute // 60:02}:{minute % 60:02}" for minute in (window.begins, window.ends))
    if window.begins and window.ends < DAY_MINUTES:
        return f"{begins}–{ends}"
    if window.begins:
        return t("rewards.from_hour", hour=begins)
    return t("rewards.to_hour", hour=ends) if window.ends < DAY_MINUTES else ""


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
    """Give a code to its owner, with its picture."""
    words = code_words(t, house, code, balance=balance)
    return Message(words.text, words.buttons, photo=picture, file_name=CODE_PICTURE)


def code_words(t: Texts, house: House, code: Redeemed | RedemptionView, *, balance: int) -> Message:
    """Say what stands under a code's picture: the code itself, where to show it, until when."""
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
    caption = Markup("\n").join((caption, *thanks(t, house, code.payer)))
    return Message(str(caption), one_a_row(give_back))


def _after(t: Texts, price: int, available: int) -> Markup:
    if available < price:
        return t.rich("rewards.too_few", missing=price - available, available=available)
    return t.rich("rewards.after", available=available, left=available - price)

"""How an award is worded: what it came to, why it was more or less, and when the rest comes."""

from datetime import datetime

from markupsafe import Markup

from bot.chat.house import House
from bot.chat.texts import Texts
from points import Awarded, Part

REASONS = {
    Part.AGE: "award.for_age",
    Part.FIRST: "award.for_first",
    Part.STREAK: "award.for_streak",
    Part.AREA: "award.for_area",
}


def award_html(t: Texts, house: House, award: Awarded) -> Markup:
    """Say what somebody earned, or why it was nothing."""
    lines = [_amount(t, house, award)]
    if award.amount and award.percent:
        reasons = t("list.comma").join(t(REASONS[part]) for part in award.percent)
        lines.append(t.rich("award.more", times=award.times, reasons=reasons))
    if award.amount and award.capped:
        lines.append(_most(t, house, award.capped_until))
    return Markup("\n").join(lines)


def _amount(t: Texts, house: House, award: Awarded) -> Markup:
    if award.waiting_until is not None:
        day = house.day(award.waiting_until)
        return t.rich("award.waiting", points=award.amount, day=day, balance=award.balance)
    if award.amount:
        return t.rich("award.earned", points=award.amount, balance=award.balance)
    if award.outside:
        return _closed(t, house, award.opens_at)
    nothing = t.rich("award.nothing")
    return nothing + Markup("\n") + _most(t, house, award.capped_until) if award.capped else nothing


def _most(t: Texts, house: House, until: datetime | None) -> Markup:
    return t.rich("award.most") if until is None else t.rich("award.most_until", day=house.day(until))


def _closed(t: Texts, house: House, opens_at: datetime | None) -> Markup:
    if opens_at is None:
        return t.rich("award.over")
    return t.rich("award.outside", day=house.day(opens_at), hour=house.hour(opens_at))

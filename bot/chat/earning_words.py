"""What an award came to: the points, the balance, the place in one's building, and what is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.award_words import award_html
from bot.chat.house import House
from bot.chat.texts import Texts
from bot.community import UnknownArea, area_by_code, group_keys, residents_in
from points import Awarded, OfferView, catalogue, month_of
from points.places import place_among

Names = Mapping[str, str]


@dataclass(frozen=True)
class Earning:
    """An award, the place in the building this month, and the next reward that is not in reach yet.

    `enough` is the dearest reward that is, where every one is.
    """

    award: Awarded
    place: int | None = None
    building: Names | None = None
    wish: OfferView | None = None
    enough: OfferView | None = None


def earning(session: Session, award: Awarded, house: House, now: datetime) -> Earning:
    """Look up what is said about an award to whoever got it."""
    home = group_keys(session, [award.resident_id]).get(award.resident_id)
    place, building = None, None
    if home is not None and home.building is not None:
        place, building = _place(session, award.resident_id, home.building, month_of(now, house.zone))
    offers = sorted((one for one in catalogue(session) if one.left != 0), key=lambda one: one.price)
    dearer = [one for one in offers if one.price > award.balance]
    wish = dearer[0] if dearer else None
    enough = offers[-1] if offers and wish is None else None
    return Earning(award, place, building, wish, enough)


def earning_html(t: Texts, house: House, earned: Earning) -> Markup:
    """Word what an award came to and why, and where that leads, a line each."""
    award = earned.award
    lines = [award_html(t, house, award)]
    if not award.amount or award.waiting_until is not None:
        return lines[0]
    if earned.place is not None and earned.building is not None:
        lines.append(t.rich("earned.place", place=earned.place, building=t.name(earned.building)))
    if earned.wish is not None:
        missing = earned.wish.price - award.balance
        lines.append(t.rich("earned.next", missing=missing, name=t.name(earned.wish.names)))
    elif earned.enough is not None:
        lines.append(t.rich("earned.enough", name=t.name(earned.enough.names)))
    return Markup("\n").join(lines)


def _place(session: Session, resident_id: int, building: str, month: str) -> tuple[int | None, Names | None]:
    try:
        area = area_by_code(session, building)
    except UnknownArea:
        return None, None
    people = [one.resident_id for one in residents_in(session, area.area_id)]
    place = place_among(session, month=month, resident_id=resident_id, people=people)
    return place, area.names

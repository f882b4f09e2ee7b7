"""What bound groups read without opening the bot: what is listed for objection, and what a fund paid."""

from datetime import datetime

from sqlmodel import Session

from bot.chat.board_names import place_of_deed
from bot.chat.deed_words import what
from bot.chat.giving_words import about
from bot.chat.group_news import tell_groups
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.listed_links import list_button
from bot.chat.month_boards import points_at_somebody
from bot.chat.texts import Texts
from bot.community import AreaView, Place, area, shown_names
from bot.deeds import DeedListed
from bot.delivery import Bound, Message, bindings
from bot.giving import SpendingAgreed, public_card


def announce_listed(session: Session, event: DeedListed, house: House, now: datetime) -> None:
    """Promise a line to each group bound to where the deed belongs, or to what that lies in.

    Names are masked as groups want them; an area so small that it would point at somebody is not named, and
    its own groups get no line, as they get no board.
    """
    deed, where = event.card.deed, area(session, event.card.deed.area_id)
    owner = deed.resident_id or 0
    name = shown_names(session, [owner], Place.GROUP).get(owner, "")
    place = place_of_deed(session, where.area_id, Place.GROUP, named=bool(name))

    def words(t: Texts) -> Message:
        html = t.rich(
            "public.posted",
            name=name or t("public.nameless"),
            area=t.name(place),
            what=what(t, deed),
            points=deed.worth,
            until=f"{house.day(event.until)} {house.hour(event.until)}",
        )
        return Message(html, one_a_row(list_button(t, house)))

    groups = tuple(one for one in bindings(session) if _may_read(session, one, where))
    tell_groups(session, groups, key=f"deed:{deed.deed_id}:groups", words=words, now=now, until=event.until)


def announce_paid(session: Session, event: SpendingAgreed, now: datetime) -> None:
    """Promise a line to each group bound to the area whose fund paid, names masked as groups want them."""
    card = public_card(session, event.card.spending)
    groups = tuple(one for one in bindings(session) if one.area_id == card.area.area_id)
    key = f"spending:{card.spending.spending_id}:groups"

    def words(t: Texts) -> Message:
        return Message(about(t, card, "fund.public"))

    tell_groups(session, groups, key=key, words=words, now=now)


def _may_read(session: Session, group: Bound, where: AreaView) -> bool:
    """Tell whether a group is bound to an area that holds this one, and that points at nobody."""
    bound = area(session, group.area_id)
    if not where.path.startswith(bound.path):
        return False
    return bound.parent_id is None or not points_at_somebody(session, bound.area_id)

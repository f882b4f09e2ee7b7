"""How a group's reader comes to what is listed for objection, and how much of it there is in an area."""

from sqlmodel import Session

from bot.chat.house import House
from bot.chat.texts import Texts
from bot.community import AreaView, area
from bot.deeds import listed
from bot.delivery import Button

START = "o_"


def list_button(t: Texts, house: House) -> Button:
    """Give the button by which a group's reader comes to what is listed, in private."""
    return Button(t("public.button_list"), url=house.start_link(START))


def listed_within(session: Session, where: AreaView) -> int:
    """Count what was done in an area and is listed for objection now."""
    places = [area(session, card.deed.area_id).path for card in listed(session)]
    return sum(path.startswith(where.path) for path in places)

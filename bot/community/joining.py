"""Joining: from the consent to the card, in one step, because nothing is kept before."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.community.areas import AreaView, area, open_area
from bot.community.households import new_household
from bot.community.models import ChatLink, ChatState, Resident
from bot.community.names import checked_name, name_key
from bot.community.residents import free_codes


@dataclass(frozen=True)
class Joined:
    resident_id: int
    short_code: str
    name: str
    language: str
    area_id: int
    area_code: str
    household_id: int
    again: bool  # this chat had joined before; nothing changed


class CodesExhausted(RuntimeError):
    """No free short code was drawn at any length: the random source is broken, not the neighbourhood."""


def join(
    session: Session,
    *,
    bot_id: int,
    chat_id: int,
    name: str,
    language: str,
    area_id: int | None,
    now: datetime,
) -> Joined:
    """Write down a person who agreed to it at `now`; a chat that joined before gets the same person back.

    Without an area ("I don't know") they live in the community as a whole.

    Raises:
        BadName: what was typed cannot be a name.
        UnknownArea, AreaRetired: nobody can live there (any more).
    """
    link = _link(session, bot_id, chat_id)
    if link is not None:
        link.state = ChatState.REACHABLE
        row = session.get_one(Resident, link.resident_id)
        return _joined(row, area(session, row.area_id or 0), again=True)
    home = open_area(session, area_id)
    household_id = new_household(session, area_id=home.area_id)
    row = newcomer(session, checked_name(name), language, household_id, home.area_id, now)
    session.add(ChatLink(bot_id=bot_id, chat_id=chat_id, resident_id=row.id or 0))
    session.flush()
    return _joined(row, home, again=False)


def _link(session: Session, bot_id: int, chat_id: int) -> ChatLink | None:
    mine = select(ChatLink).where(col(ChatLink.bot_id) == bot_id, col(ChatLink.chat_id) == chat_id)
    return session.exec(mine).first()


def newcomer(
    session: Session, name: str, language: str, household_id: int, area_id: int, now: datetime
) -> Resident:
    """Write somebody down as a resident of a household, with a short code that nobody has."""
    for code in free_codes(session):
        # Another process may take the same code between the draw and here: then the next one.
        with suppress(IntegrityError), session.begin_nested():
            row = Resident(
                short_code=code,
                name=name,
                name_key=name_key(name),
                language=language,
                area_id=area_id,
                household_id=household_id,
                consent_at=now,
            )
            session.add(row)
            session.flush()
            return row
    raise CodesExhausted


def _joined(row: Resident, home: AreaView, *, again: bool) -> Joined:
    return Joined(
        resident_id=row.id or 0,
        short_code=row.short_code or "",
        name=row.name or "",
        language=row.language,
        area_id=home.area_id,
        area_code=home.code,
        household_id=row.household_id or 0,
        again=again,
    )

"""Other ways to reach a resident than chat: apprise addresses, entered by who runs the bot, never in chat."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlmodel import Session, col

from bot.community.models import Area, ChatLink, Contact, Household, Resident, Status
from bot.community.residents import active


@dataclass(frozen=True)
class Home:
    """Where somebody is found: the names of their area, and their door where it is known."""

    names: Mapping[str, str]
    door: str | None


def set_contacts(session: Session, *, resident_id: int, urls: Sequence[str]) -> None:
    """Replace the addresses by which a resident is reached where no chat does, the best first.

    Raises:
        UnknownResident: there is no such person (any more).
    """
    active(session, resident_id)
    session.execute(delete(Contact).where(col(Contact.resident_id) == resident_id))
    session.add_all(Contact(resident_id=resident_id, url=url) for url in dict.fromkeys(urls))
    session.flush()


def contacts_of(session: Session, resident_id: int) -> tuple[str, ...]:
    """Give a resident's addresses, the best first. They are secrets: no log and no page shows them."""
    found = select(col(Contact.url)).where(col(Contact.resident_id) == resident_id)
    return tuple(session.execute(found.order_by(col(Contact.id))).scalars())


def who_has_contacts(session: Session, resident_ids: Iterable[int]) -> frozenset[int]:
    """Say which of these residents can be reached by another way than chat."""
    found = (
        select(col(Contact.resident_id))
        .join(Resident, col(Resident.id) == col(Contact.resident_id))
        .where(col(Contact.resident_id).in_(list(resident_ids)), col(Resident.status) == Status.ACTIVE)
    )
    return frozenset(session.execute(found.distinct()).scalars())


def areas_around(session: Session, resident_id: int) -> tuple[str, ...]:
    """Give the codes of the areas somebody lives in, the smallest first."""
    home = select(col(Area.path)).join(Resident, col(Resident.area_id) == col(Area.id))
    path = session.execute(home.where(col(Resident.id) == resident_id)).scalar_one_or_none() or ""
    return tuple(reversed([code for code in path.split("/") if code]))


def homes_of(session: Session, resident_ids: Iterable[int]) -> dict[int, Home]:
    """Say where these residents are found."""
    found = (
        select(col(Resident.id), col(Area.names), col(Household.door))
        .join(Area, col(Area.id) == col(Resident.area_id))
        .outerjoin(Household, col(Household.id) == col(Resident.household_id))
        .where(col(Resident.id).in_(list(resident_ids)))
    )
    return {row[0]: Home(dict(row[1]), row[2]) for row in session.execute(found)}


def paths_of(session: Session, resident_ids: Iterable[int]) -> dict[int, str]:
    """Give the path of the area each of these residents lives in."""
    found = select(col(Resident.id), col(Area.path)).join(Area, col(Area.id) == col(Resident.area_id))
    return {row[0]: row[1] for row in session.execute(found.where(col(Resident.id).in_(list(resident_ids))))}


def who_reads(session: Session, chat_ids: Iterable[int]) -> dict[int, int]:
    """Give the resident behind each of these private chats."""
    found = select(col(ChatLink.chat_id), col(ChatLink.resident_id))
    rows = session.execute(found.where(col(ChatLink.chat_id).in_(list(chat_ids))))
    return {row[0]: row[1] for row in rows}


def kinds_of(urls: Iterable[str]) -> list[str]:
    """Name addresses by their kinds alone, such as mailto, for who asks what is kept of them."""
    return [url.partition("://")[0] for url in urls]

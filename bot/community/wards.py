"""Residents without a chat whom somebody of their household added and answers for."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, select, update
from sqlmodel import Session, col

from bot.community.errors import BadBirthYear, HouseholdFull, NotYourWard
from bot.community.households import household_members
from bot.community.joining import newcomer
from bot.community.models import ChatLink, Resident, Ward
from bot.community.names import checked_name
from bot.community.residents import active

MOST_PEOPLE = 12
OLDEST = 120


@dataclass(frozen=True)
class WardAdded:
    """Somebody without a chat lives here now."""

    resident_id: int
    name: str
    short_code: str
    keeper_id: int


@dataclass(frozen=True)
class Entrusted:
    """Who answered for these people was forgotten; somebody else of the household does now."""

    keeper_id: int
    names: tuple[str, ...]


def add_ward(
    session: Session, *, keeper_id: int, name: str, birth_year: int | None, now: datetime, zone: ZoneInfo
) -> WardAdded:
    """Add somebody without a chat to the keeper's household; the keeper agreed for them.

    Raises:
        BadName, BadBirthYear: that cannot be.
        HouseholdFull: there are as many as one household can be.
        UnknownResident: there is no such keeper (any more).
    """
    keeper = active(session, keeper_id)
    year = checked_birth_year(birth_year, now, zone)
    check_room(session, keeper_id, 1)
    home, area = keeper.household_id or 0, keeper.area_id or 0
    row = newcomer(session, checked_name(name), keeper.language, home, area, now)
    row.birth_year = year
    session.add(Ward(resident_id=row.id or 0, keeper_id=keeper_id, since=now))
    session.flush()
    return WardAdded(row.id or 0, row.name or "", row.short_code or "", keeper_id)


def check_room(session: Session, member_id: int, more: int) -> None:
    """Refuse more people than one household can be.

    Raises:
        HouseholdFull: they would be too many.
    """
    if len(household_members(session, member_id)) + more > MOST_PEOPLE:
        raise HouseholdFull(MOST_PEOPLE)


def checked_birth_year(year: int | None, now: datetime, zone: ZoneInfo) -> int | None:
    """Give the year back if somebody who lives can be born in it; None: it was not said.

    Raises:
        BadBirthYear: nobody can.
    """
    latest = now.astimezone(zone).year
    if year is not None and not latest - OLDEST <= year <= latest:
        raise BadBirthYear(earliest=latest - OLDEST, latest=latest)
    return year


def check_keeper(session: Session, *, keeper_id: int, resident_id: int) -> None:
    """Let pass who answers for that resident.

    Raises:
        NotYourWard: somebody else does, or nobody.
    """
    row = session.get(Ward, resident_id)
    if row is None or row.keeper_id != keeper_id:
        raise NotYourWard(resident_id)


def hand_on_wards(session: Session, *, keeper_id: int) -> tuple[Entrusted | None, tuple[int, ...]]:
    """Let somebody else of the household with a chat answer from now on; give whom nobody is left to."""
    mine = select(col(Ward.resident_id), col(Resident.name)).join(
        Resident, col(Resident.id) == col(Ward.resident_id)
    )
    wards = session.execute(mine.where(col(Ward.keeper_id) == keeper_id).order_by(col(Resident.id))).all()
    heir = _other_with_chat(session, keeper_id)
    if heir is None or not wards:
        return None, tuple(number for number, _ in wards)
    session.execute(update(Ward).where(col(Ward.keeper_id) == keeper_id).values(keeper_id=heir))
    return Entrusted(heir, tuple(name for _, name in wards)), ()


def wards_of(session: Session, keeper_id: int) -> dict[int, str]:
    """Give those somebody answers for, with their short codes."""
    theirs = select(col(Resident.id), col(Resident.short_code)).join(
        Ward, col(Ward.resident_id) == col(Resident.id)
    )
    found = session.execute(theirs.where(col(Ward.keeper_id) == keeper_id).order_by(col(Resident.id)))
    return {number: code or "" for number, code in found}


def forget_wards(session: Session, resident_id: int) -> None:
    """Erase that somebody answers for this person, and that this person does for anybody."""
    session.execute(
        delete(Ward).where((col(Ward.resident_id) == resident_id) | (col(Ward.keeper_id) == resident_id))
    )


def _other_with_chat(session: Session, keeper_id: int) -> int | None:
    others = [number for number in household_members(session, keeper_id) if number != keeper_id]
    linked = exists().where(col(ChatLink.resident_id) == col(Resident.id))
    found = select(col(Resident.id)).where(col(Resident.id).in_(others), linked).order_by(col(Resident.id))
    return session.execute(found.limit(1)).scalar()

"""Residents from a list that somebody kept: one at a time, each taken in or refused for a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.community.areas import AreaView, area_by_code
from bot.community.audit import record
from bot.community.contacts import set_contacts
from bot.community.errors import AreaRetired, Refusal
from bot.community.households import new_household
from bot.community.joining import newcomer
from bot.community.models import ChatLink, Household, Resident, Status
from bot.community.names import checked_line, checked_name, name_key
from bot.community.residents import set_skills
from bot.community.teams import choose_team
from bot.community.wards import checked_birth_year


@dataclass(eq=False)
class ListedTwice(Refusal):
    """Somebody of this name lives behind this door already."""

    short_code: str


@dataclass(frozen=True)
class Listed:
    """A line of such a list, as it was written."""

    name: str
    area: str
    door: str | None = None
    language: str = "zh"
    birth_year: int | None = None
    teams: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakenIn:
    """Somebody of the list who lives here now; who was `known` before only got other ways."""

    resident_id: int
    short_code: str
    name: str
    known: bool = False


def take_in(session: Session, *, listed: Listed, now: datetime, zone: ZoneInfo) -> TakenIn:
    """Write down somebody without a chat; who is listed behind one door shares a household.

    Who lives there already, with or without a chat, gets the other ways of the line instead of theirs.

    Raises:
        BadName, BadBirthYear, UnknownArea, AreaRetired, UnknownTeam, TeamRetired: the line cannot be.
        ListedTwice: somebody of that name lives behind that door, and the line names no other ways.
    """
    name, door = checked_name(listed.name), checked_line(listed.door) if listed.door else None
    home = area_by_code(session, listed.area)
    if home.retired:
        raise AreaRetired(home.area_id, home.names)
    year = checked_birth_year(listed.birth_year, now, zone)
    there = _of_that_name(session, name, home, door)
    if len(there) == 1 and listed.ways:
        return _renew_ways(session, there[0], home, listed.ways, now)
    if there:
        raise ListedTwice(there[0].short_code or "")
    row = newcomer(session, name, listed.language, _household(session, home, door), home.area_id, now)
    row.birth_year, row.consent_at = year, None  # who kept the list answers for it: they were not asked yet
    number = row.id or 0
    for code in listed.teams:
        choose_team(session, resident_id=number, team_code=code, now=now)
    if listed.skills:
        set_skills(session, resident_id=number, skills=listed.skills)
    set_contacts(session, resident_id=number, urls=listed.ways)
    record(session, actor=None, act="import", area_id=home.area_id, about=number, now=now)
    session.flush()
    return TakenIn(number, row.short_code or "", name)


def _renew_ways(
    session: Session, row: Resident, home: AreaView, ways: tuple[str, ...], now: datetime
) -> TakenIn:
    number = row.id or 0
    set_contacts(session, resident_id=number, urls=ways)
    facts = {"ways": len(ways)}
    record(session, actor=None, act="other-ways", area_id=home.area_id, about=number, facts=facts, now=now)
    return TakenIn(number, row.short_code or "", row.name or "", known=True)


def _of_that_name(session: Session, name: str, home: AreaView, door: str | None) -> Sequence[Resident]:
    """Give who of that name lives behind a door; where none is said, whoever told none."""
    same = (
        select(Resident)
        .join(Household, col(Household.id) == col(Resident.household_id))
        .where(
            col(Resident.name_key) == name_key(name),
            col(Resident.area_id) == home.area_id,
            col(Resident.status) == Status.ACTIVE,
            col(Household.door) == door if door else col(Household.door).is_(None),
        )
    )
    return session.exec(same.order_by(col(Resident.id))).all()


def _household(session: Session, home: AreaView, door: str | None) -> int:
    """Give the household behind a door; nobody is put into that of people who could be asked."""
    if door:
        asked = (
            select(Resident.id)
            .join(ChatLink, col(ChatLink.resident_id) == col(Resident.id))
            .where(col(Resident.household_id) == col(Household.id))
        )
        same = select(Household.id).where(
            col(Household.area_id) == home.area_id, col(Household.door) == door, ~asked.exists()
        )
        known = session.exec(same.order_by(col(Household.id))).first()
        if known is not None:
            return known
    number = new_household(session, area_id=home.area_id)
    session.get_one(Household, number).door = door
    return number

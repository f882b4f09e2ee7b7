"""A person's own card: everything `/me` shows of this room."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.community.areas import AreaView, trail
from bot.community.availability import AvailabilityView, availability
from bot.community.households import household_size
from bot.community.models import Area, Household, Role, ShownIn, Skill
from bot.community.residents import active
from bot.community.roles import grants_of
from bot.community.teams import TeamView, teams_of


@dataclass(frozen=True)
class HeldRole:
    role: Role
    area_names: Mapping[str, str]
    subject: str | None


@dataclass(frozen=True)
class Card:
    resident_id: int
    name: str
    short_code: str
    language: str
    shown_in: ShownIn
    area: AreaView
    trail: tuple[AreaView, ...]  # from the community down to the area itself
    door: str | None
    household_size: int
    teams: tuple[TeamView, ...]
    skills: tuple[str, ...]
    availability: AvailabilityView
    roles: tuple[HeldRole, ...]
    birth_year: int | None = None
    pseudonym: str | None = None


def card(session: Session, resident_id: int) -> Card:
    """Give a resident's card.

    Raises:
        UnknownResident: there is no such person, or they asked to be forgotten.
    """
    row = active(session, resident_id)
    places = trail(session, session.get_one(Area, row.area_id).path)
    household = session.get_one(Household, row.household_id)
    return Card(
        resident_id=resident_id,
        name=row.name or "",
        short_code=row.short_code or "",
        language=row.language,
        shown_in=row.shown_in,
        area=places[-1],
        trail=places,
        door=household.door,
        household_size=household_size(session, household.id or 0),
        teams=teams_of(session, resident_id),
        skills=skills_of(session, resident_id),
        availability=availability(session, resident_id),
        roles=_held(session, resident_id),
        birth_year=row.birth_year,
        pseudonym=row.pseudonym,
    )


def skills_of(session: Session, resident_id: int) -> tuple[str, ...]:
    """Give what a person said they can do, in the order of the alphabet."""
    mine = select(Skill.skill).where(col(Skill.resident_id) == resident_id).order_by(col(Skill.skill))
    return tuple(session.exec(mine))


def _held(session: Session, resident_id: int) -> tuple[HeldRole, ...]:
    grants = grants_of(session, resident_id)
    places = select(Area.id, Area.names).where(col(Area.id).in_([one.area_id for one in grants]))
    names = dict(session.exec(places).all())
    return tuple(HeldRole(one.role, names[one.area_id], one.subject) for one in grants)

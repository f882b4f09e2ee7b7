"""Groups so small that their name would point at a person who is not to be shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import Session, col

from bot.community.models import Area, Membership, Resident, ShownIn, Status, Team
from bot.community.names import Place

SMALLEST_NAMED = 5


@dataclass(frozen=True)
class Unnamed:
    """Codes of areas and teams that boards show without their name."""

    areas: frozenset[str]
    teams: frozenset[str]


def unnamed_groups(session: Session, place: Place) -> Unnamed:
    """Give the groups of under five people in which somebody is not to be shown there, or not by name."""
    hidden = func.sum(case((_not_named(place), 1), else_=0))
    people = select(func.count(), hidden).where(col(Resident.status) == Status.ACTIVE)
    living = people.join(Area, col(Area.id) == col(Resident.area_id)).group_by(col(Area.path))
    belonging = (
        people.join(Membership, col(Membership.resident_id) == col(Resident.id))
        .join(Team, col(Team.id) == col(Membership.team_id))
        .group_by(col(Team.code))
    )
    areas = (
        (code, size, hiding)
        for path, size, hiding in _rows(session, living.add_columns(col(Area.path)))
        for code in path.strip("/").split("/")
    )
    return Unnamed(_small(areas), _small(_rows(session, belonging.add_columns(col(Team.code)))))


def _not_named(place: Place) -> ColumnElement[bool]:
    hiding = or_(col(Resident.shown_in) == ShownIn.HIDDEN, col(Resident.pseudonym).is_not(None))
    return hiding if place is Place.PRIVATE else or_(hiding, col(Resident.shown_in) == ShownIn.MASKED)


def _rows(session: Session, query: Select[tuple[int, int, str]]) -> list[tuple[str, int, int]]:
    return [(name, size, int(hiding)) for size, hiding, name in session.execute(query)]


def _small(groups: Iterable[tuple[str, int, int]]) -> frozenset[str]:
    people: Counter[str] = Counter()
    hiding: Counter[str] = Counter()
    for code, size, hidden in groups:
        people[code] += size
        hiding[code] += hidden
    return frozenset(code for code in people if hiding[code] and people[code] < SMALLEST_NAMED)

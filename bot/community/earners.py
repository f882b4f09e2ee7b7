"""What an award depends on besides the deed: where somebody lives, and when they were born."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from bot.community.areas import codes_above
from bot.community.errors import BadBirthYear
from bot.community.households import GroupKeys, group_keys
from bot.community.models import Area, Resident
from bot.community.residents import active

OLDEST = 120


@dataclass(frozen=True)
class EarnerFacts:
    """`areas` are codes, from where they live up to the community; the birth year only where it was given."""

    groups: GroupKeys
    areas: tuple[str, ...]
    birth_year: int | None


def earner_facts(session: Session, resident_ids: Iterable[int]) -> dict[int, EarnerFacts]:
    """Give what awards to these people depend on; who was forgotten has nothing."""
    wanted = list(resident_ids)
    groups = group_keys(session, wanted)
    where = select(col(Resident.id), col(Area.path), col(Resident.birth_year)).join(
        Area, col(Area.id) == col(Resident.area_id)
    )
    rows = session.execute(where.where(col(Resident.id).in_(wanted))).all()
    return {
        number: EarnerFacts(groups[number], tuple(reversed(codes_above(path))), birth_year)
        for number, path, birth_year in rows
        if number in groups
    }


def set_birth_year(
    session: Session, *, resident_id: int, birth_year: int | None, now: datetime, zone: ZoneInfo
) -> None:
    """Take in the year somebody says they were born, or forget it again.

    Raises:
        BadBirthYear: nobody who lives was born in it.
        UnknownResident: there is no such person (any more).
    """
    latest = now.astimezone(zone).year
    if birth_year is not None and not latest - OLDEST <= birth_year <= latest:
        raise BadBirthYear(earliest=latest - OLDEST, latest=latest)
    active(session, resident_id).birth_year = birth_year
    session.flush()

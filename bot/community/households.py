"""Who lives behind one door; everyone begins as a household of one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.community.errors import UnknownHousehold, UnknownResident
from bot.community.models import Area, Household, Resident
from bot.community.names import checked_line

_COMMUNITY_DEPTH = 0


@dataclass(frozen=True)
class GroupKeys:
    """Where a person's points count besides themselves: household number as text, area codes."""

    household: str | None
    building: str | None
    grid: str | None


def new_household(session: Session, *, area_id: int) -> int:
    """Open an empty household and give its number."""
    row = Household(area_id=area_id)
    session.add(row)
    session.flush()
    return row.id or 0


def household_size(session: Session, household_id: int) -> int:
    """Count who lives there."""
    counted = select(func.count()).where(col(Resident.household_id) == household_id)
    return int(session.execute(counted).scalar_one())


def set_door(session: Session, *, resident_id: int, door: str | None) -> str | None:
    """Write down the household's door, None to forget it, and give it as stored.

    Raises:
        BadName: no letter or digit in it, or over 40 characters.
        UnknownResident: nobody lives there.
    """
    row = _home(session, resident_id)
    row.door = None if door is None else checked_line(door)
    session.flush()
    return row.door


def move_in(session: Session, *, resident_id: int, household_id: int) -> None:
    """Live with somebody: their household and their area from now on.

    Raises:
        UnknownHousehold: nobody lives there.
        UnknownResident: nobody to move.
    """
    target = session.get(Household, household_id)
    if target is None or not household_size(session, household_id):
        raise UnknownHousehold(household_id)
    left = _home(session, resident_id)
    if left.id == household_id:
        return
    _resident(session, resident_id).household_id = household_id
    _resident(session, resident_id).area_id = target.area_id
    session.flush()
    _close_if_empty(session, left)


def leave_household(session: Session, *, resident_id: int) -> int:
    """Live alone from now on, in the same area, and give the household's number; alone already: nothing."""
    row = _home(session, resident_id)
    if household_size(session, row.id or 0) <= 1:
        return row.id or 0
    alone = new_household(session, area_id=row.area_id)
    _resident(session, resident_id).household_id = alone
    session.flush()
    return alone


def move_household(session: Session, *, resident_id: int, area_id: int) -> int:
    """Follow a person to another area: one who lived alone takes the household along, others leave it."""
    row = _home(session, resident_id)
    if household_size(session, row.id or 0) > 1:
        return new_household(session, area_id=area_id)
    row.area_id, row.door = area_id, None
    return row.id or 0


def close_household(session: Session, household_id: int) -> None:
    """Erase the door once nobody lives behind it; the number stays, past points were counted by it."""
    row = session.get(Household, household_id)
    if row is not None:
        _close_if_empty(session, row)


def group_keys(session: Session, resident_ids: Iterable[int]) -> dict[int, GroupKeys]:
    """Give each person's groups: a leaf is a building, what it lies in below the community is its grid."""
    parent, child = aliased(Area), aliased(Area)
    inner = exists().where(col(child.parent_id) == col(Area.id), col(child.retired_at).is_(None))
    statement = (
        select(
            *(col(Resident.id), col(Resident.household_id), col(Area.code), col(Area.depth)),
            *(col(parent.code), inner),
        )
        .join(Area, col(Area.id) == col(Resident.area_id))
        .outerjoin(parent, col(parent.id) == col(Area.parent_id))
        .where(col(Resident.id).in_(list(resident_ids)))
    )
    return {row[0]: _keys(*row[1:]) for row in session.execute(statement)}


def _keys(household_id: int | None, code: str, depth: int, parent: str | None, inner: bool) -> GroupKeys:
    household = None if household_id is None else str(household_id)
    if depth == _COMMUNITY_DEPTH:
        return GroupKeys(household, building=None, grid=None)
    if inner:
        return GroupKeys(household, building=None, grid=code)
    return GroupKeys(household, building=code, grid=parent if depth > _COMMUNITY_DEPTH + 1 else None)


def _resident(session: Session, resident_id: int) -> Resident:
    row = session.get(Resident, resident_id)
    if row is None or row.household_id is None:
        raise UnknownResident(resident_id)
    return row


def _home(session: Session, resident_id: int) -> Household:
    return session.get_one(Household, _resident(session, resident_id).household_id)


def _close_if_empty(session: Session, row: Household) -> None:
    if not household_size(session, row.id or 0):
        row.door = None
        session.flush()

"""Who lives behind one door; everyone begins as a household of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.community.errors import UnknownHousehold, UnknownResident
from bot.community.models import Area, HomeInvitation, Household, Resident, Stay, Ward
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


def household_members(session: Session, resident_id: int) -> tuple[int, ...]:
    """Give everybody who lives in somebody's household, themselves included."""
    home = select(col(Resident.household_id)).where(col(Resident.id) == resident_id).scalar_subquery()
    members = select(col(Resident.id)).where(col(Resident.household_id) == home).order_by(col(Resident.id))
    return tuple(number for number in session.execute(members).scalars() if number is not None)


def households_of_several(session: Session) -> dict[str, tuple[int, ...]]:
    """Give the people of each household of more than one, by its number as text."""
    rows = select(col(Resident.household_id), col(Resident.id)).where(col(Resident.household_id).is_not(None))
    homes: dict[str, tuple[int, ...]] = {}
    for household_id, number in session.execute(rows.order_by(col(Resident.id))):
        homes[str(household_id)] = (*homes.get(str(household_id), ()), number)
    return {household: people for household, people in homes.items() if len(people) > 1}


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


def move_in(session: Session, *, resident_id: int, household_id: int, now: datetime) -> None:
    """Live with somebody: their household and their area from now on; whom they answer for comes along.

    Raises:
        UnknownHousehold: nobody lives there.
        UnknownResident: nobody to move.
    """
    target = session.get(Household, household_id)
    if target is None or not household_size(session, household_id):
        raise UnknownHousehold(household_id)
    left = _home(session, resident_id)
    if left.id != household_id:
        _go(session, together(session, resident_id), left, target, now)


def leave_household(session: Session, *, resident_id: int, now: datetime) -> int:
    """Live alone from now on, in the same area, and give the household's number; alone already: nothing.

    Whom they answer for comes along.
    """
    left = _home(session, resident_id)
    leaving = together(session, resident_id)
    if household_size(session, left.id or 0) <= len(leaving):
        return left.id or 0
    alone = session.get_one(Household, new_household(session, area_id=left.area_id))
    _go(session, leaving, left, alone, now)
    return alone.id or 0


def move_household(session: Session, *, resident_id: int, area_id: int, now: datetime) -> None:
    """Move a person and whom they answer for to another area; where others stay behind, they leave them."""
    home = _home(session, resident_id)
    moving = together(session, resident_id)
    if household_size(session, home.id or 0) > len(moving):
        new = session.get_one(Household, new_household(session, area_id=area_id))
        _go(session, moving, home, new, now)
        return
    home.area_id, home.door = area_id, None
    for one in moving:
        one.area_id = area_id
    session.flush()


def together(session: Session, resident_id: int) -> list[Resident]:
    """Give a person and those they answer for: they move as one."""
    wards = select(col(Ward.resident_id)).where(col(Ward.keeper_id) == resident_id)
    them = select(Resident).where(col(Resident.id).in_(wards)).order_by(col(Resident.id))
    return [_resident(session, resident_id), *session.execute(them).scalars()]


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


def _go(session: Session, people: Iterable[Resident], left: Household, to: Household, now: datetime) -> None:
    """Move people from one household to another; what they asked others to is no longer theirs to offer."""
    for one in people:
        one.household_id, one.area_id = to.id, to.area_id
        session.add(Stay(resident_id=one.id or 0, household_id=left.id or 0, left_at=now))
        offered = (col(HomeInvitation.inviter_id) == one.id, col(HomeInvitation.used_at).is_(None))
        session.execute(delete(HomeInvitation).where(*offered))
    session.flush()
    _close_if_empty(session, left)


def _close_if_empty(session: Session, row: Household) -> None:
    if not household_size(session, row.id or 0):
        row.door = None
        session.flush()

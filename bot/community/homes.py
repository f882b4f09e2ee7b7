"""Living together: asking somebody into one's household by a one-time link, who lives there, and leaving."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows
from sqlmodel.sql.expression import SelectOfScalar

from bot.community.errors import (
    ExpiredHomeInvitation,
    LivesThereAlready,
    OnlyOneHere,
    OwnHomeInvitation,
    UnknownHomeInvitation,
    UsedHomeInvitation,
)
from bot.community.households import household_members, leave_household, move_in, together
from bot.community.models import Area, HomeInvitation, Household, Resident, Ward
from bot.community.residents import active
from bot.community.wards import check_room

VALID_FOR = timedelta(days=7)
_ALPHABET = string.ascii_letters + string.digits
_CODE_LENGTH = 16  # over 90 bits: it opens somebody's door

_BY_CODE = select_rows(HomeInvitation).where(col(HomeInvitation.code) == bindparam("code"))


@dataclass(frozen=True)
class Member:
    """One of a household; `keeper_id` answers for who has no chat."""

    resident_id: int
    name: str
    short_code: str
    birth_year: int | None
    keeper_id: int | None


@dataclass(frozen=True)
class Home:
    household_id: int
    door: str | None
    area_names: Mapping[str, str]
    members: tuple[Member, ...]

    def others_than(self, resident_id: int) -> bool:
        """Whether somebody lives here besides a person and those they answer for."""
        return any(resident_id not in {one.resident_id, one.keeper_id} for one in self.members)


@dataclass(frozen=True)
class HomeInvitationView:
    code: str
    inviter_id: int
    inviter_name: str
    people: int
    area_names: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class MovedIn:
    """Somebody lives with another household now; `stayed` are those they left behind."""

    code: str
    resident_id: int
    name: str
    household: tuple[int, ...]
    stayed: tuple[int, ...]


@dataclass(frozen=True)
class SaidNo:
    code: str
    name: str
    inviter_id: int


@dataclass(frozen=True)
class MovedOut:
    """Somebody lives alone now; `stayed` are those they left behind."""

    resident_id: int
    name: str
    household_id: int
    stayed: tuple[int, ...]


def home_of(session: Session, resident_id: int) -> Home:
    """Give somebody's household.

    Raises:
        UnknownResident: there is no such person (any more).
    """
    row = session.get_one(Household, active(session, resident_id).household_id)
    query = (
        select(
            *(col(Resident.id), col(Resident.name), col(Resident.short_code), col(Resident.birth_year)),
            col(Ward.keeper_id),
        )
        .outerjoin(Ward, col(Ward.resident_id) == col(Resident.id))
        .where(col(Resident.household_id) == row.id)
        .order_by(col(Resident.id))
    )
    members = tuple(Member(*found) for found in session.execute(query))
    return Home(row.id or 0, row.door, session.get_one(Area, row.area_id).names, members)


def ask_home(session: Session, *, resident_id: int, now: datetime) -> HomeInvitationView:
    """Make a link by which one more person can come to live with somebody.

    Raises:
        HouseholdFull: there are as many as one household can be.
        UnknownResident: there is no such person (any more).
    """
    inviter = active(session, resident_id)
    check_room(session, resident_id, 1)
    over = (col(HomeInvitation.inviter_id) == resident_id, col(HomeInvitation.expires_at) <= now)
    session.execute(delete(HomeInvitation).where(*over))
    row = HomeInvitation(
        code="".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)),
        household_id=inviter.household_id or 0,
        inviter_id=resident_id,
        expires_at=now + VALID_FOR,
    )
    session.add(row)
    session.flush()
    return _view(session, row)


def home_invitation(
    session: Session, *, code: str, now: datetime, resident_id: int | None = None
) -> HomeInvitationView:
    """Give what a link offers; None asks for a newcomer.

    Raises:
        UnknownHomeInvitation, UsedHomeInvitation, ExpiredHomeInvitation: it offers nothing (any more).
        OwnHomeInvitation, LivesThereAlready: it offers this person nothing.
        HouseholdFull: there is no room any more.
    """
    return _view(session, _open(session, _BY_CODE, code, resident_id, now))


def accept_home(session: Session, *, code: str, resident_id: int, now: datetime) -> MovedIn:
    """Live with who asked from now on, along with those one answers for; the link is spent.

    Raises:
        as `home_invitation`; UnknownResident: they have to join first.
    """
    name = active(session, resident_id).name or ""
    row = _open(session, _BY_CODE.with_for_update(), code, resident_id, now)
    moving = {one.id for one in together(session, resident_id)}
    left = set(household_members(session, resident_id)) - moving
    there = household_members(session, row.inviter_id)
    row.used_by, row.used_at = resident_id, now
    move_in(session, resident_id=resident_id, household_id=row.household_id, now=now)
    return MovedIn(code, resident_id, name, there, tuple(sorted(left)))


def decline_home(session: Session, *, code: str, resident_id: int, now: datetime) -> SaidNo:
    """Say no to who asked; the link is spent.

    Raises:
        as `home_invitation`.
    """
    name = active(session, resident_id).name or ""
    row = _open(session, _BY_CODE.with_for_update(), code, resident_id, now)
    row.used_by, row.used_at = resident_id, now
    session.flush()
    return SaidNo(code, name, row.inviter_id)


def leave_home(session: Session, *, resident_id: int, now: datetime) -> MovedOut:
    """Live alone from now on, with those one answers for.

    Raises:
        OnlyOneHere: nobody else lives there.
        UnknownResident: there is no such person (any more).
    """
    row = active(session, resident_id)
    leaving = {one.id for one in together(session, resident_id)}
    stayed = set(household_members(session, resident_id)) - leaving
    if not stayed:
        raise OnlyOneHere
    left = row.household_id or 0
    leave_household(session, resident_id=resident_id, now=now)
    return MovedOut(resident_id, row.name or "", left, tuple(sorted(stayed)))


def _open(
    session: Session,
    by_code: SelectOfScalar[HomeInvitation],
    code: str,
    resident_id: int | None,
    now: datetime,
) -> HomeInvitation:
    row = session.exec(by_code, params={"code": code}).first()
    if row is None:
        raise UnknownHomeInvitation(code)
    if resident_id is not None:
        _check_fits(session, row, resident_id)
    if row.used_at is not None:
        raise UsedHomeInvitation(code, yours=resident_id is not None and row.used_by == resident_id)
    if row.expires_at <= now:
        raise ExpiredHomeInvitation(code, row.expires_at)
    check_room(session, row.inviter_id, 1 if resident_id is None else len(together(session, resident_id)))
    return row


def _check_fits(session: Session, row: HomeInvitation, resident_id: int) -> None:
    if row.inviter_id == resident_id:
        raise OwnHomeInvitation(row.code)
    if active(session, resident_id).household_id == row.household_id:
        raise LivesThereAlready(row.household_id)


def _view(session: Session, row: HomeInvitation) -> HomeInvitationView:
    inviter = active(session, row.inviter_id)
    place = session.get_one(Area, inviter.area_id)
    people = len(household_members(session, row.inviter_id))
    return HomeInvitationView(
        row.code, row.inviter_id, inviter.name or "", people, place.names, row.expires_at
    )

"""One-time invitations to a role: the first of them comes from the command line."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.community.areas import area, area_by_code, open_area
from bot.community.audit import record
from bot.community.errors import (
    ExpiredInvitation,
    NotAllowed,
    TeamRetired,
    UnknownInvitation,
    UsedInvitation,
)
from bot.community.models import Invitation, Role
from bot.community.residents import active
from bot.community.roles import MAY_INVITE, Act, check_subject, grant, grants_of
from bot.community.teams import team_by_code

_ALPHABET = string.ascii_letters + string.digits
_CODE_LENGTH = 10  # nearly 60 bits

_BY_CODE = select(Invitation).where(col(Invitation.code) == bindparam("code"))


@dataclass(frozen=True)
class InvitationView:
    code: str
    role: Role
    area_id: int
    area_code: str
    area_names: Mapping[str, str]
    subject: str | None
    expires_at: datetime


@dataclass(frozen=True)
class Accepted:
    invitation: InvitationView
    grant_id: int
    again: bool  # the role was held already, by an earlier grant


def invite(
    session: Session,
    *,
    role: Role,
    days: int,
    now: datetime,
    granted_by: int | None,
    area_code: str | None = None,
    subject: str | None = None,
) -> InvitationView:
    """Make a code that gives a role once; None invites from the command line, None is the whole community.

    Raises:
        SubjectNeeded, SubjectRefused, UnknownTeam, TeamRetired: the role is not of that.
        UnknownArea, AreaRetired: it cannot be granted there.
        NotAllowed: who invites may not hand on this role there.
    """
    check_subject(role, subject)
    if role is Role.TEAM_LEAD and subject:
        team = team_by_code(session, subject)
        if team.retired:
            raise TeamRetired(team.code, team.names)
    place = open_area(session, None if area_code is None else area_by_code(session, area_code).area_id)
    if granted_by is not None and not _may_invite(session, granted_by, role, place.path):
        raise NotAllowed(Act.INVITE)
    row = Invitation(
        code="".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)),
        role=role,
        area_id=place.area_id,
        subject=subject,
        granted_by=granted_by,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    facts = {"role": role.value, "subject": subject, "days": days}
    record(session, actor=granted_by, act=Act.INVITE, area_id=place.area_id, facts=facts, now=now)
    return _view(session, row)


def invitation(
    session: Session, *, code: str, now: datetime, resident_id: int | None = None
) -> InvitationView:
    """Give what a code offers, for telling a newcomer before they join.

    Raises:
        UnknownInvitation, UsedInvitation, ExpiredInvitation: it offers nothing (any more).
    """
    return _view(session, _open(session, _BY_CODE, code, resident_id, now))


def accept_invitation(session: Session, *, code: str, resident_id: int, now: datetime) -> Accepted:
    """Take the role a code offers; the code is spent.

    Raises:
        UnknownInvitation, UsedInvitation, ExpiredInvitation: it offers nothing (any more).
        UnknownResident: they have to join first.
    """
    active(session, resident_id)
    # Two people with one link at once: the second waits here and reads that it is used.
    row = _open(session, _BY_CODE.with_for_update(), code, resident_id, now)
    row.used_by, row.used_at = resident_id, now
    given = grant(
        session,
        role=row.role,
        area_id=row.area_id,
        subject=row.subject,
        resident_id=resident_id,
        granted_by=row.granted_by,
        now=now,
    )
    return Accepted(_view(session, row), given.grant_id, given.again)


def _may_invite(session: Session, inviter: int, role: Role, path: str) -> bool:
    held = (one for one in grants_of(session, inviter) if one.reaches(path, None))
    return any(role in MAY_INVITE.get(one.role, frozenset()) for one in held)


def _open(
    session: Session,
    by_code: SelectOfScalar[Invitation],
    code: str,
    resident_id: int | None,
    now: datetime,
) -> Invitation:
    row = session.exec(by_code, params={"code": code}).first()
    if row is None:
        raise UnknownInvitation(code)
    if row.used_at is not None:
        raise UsedInvitation(code, yours=resident_id is not None and row.used_by == resident_id)
    if row.expires_at <= now:
        raise ExpiredInvitation(code, row.expires_at)
    return row


def _view(session: Session, row: Invitation) -> InvitationView:
    place = area(session, row.area_id)
    return InvitationView(
        row.code, row.role, place.area_id, place.code, place.names, row.subject, row.expires_at
    )

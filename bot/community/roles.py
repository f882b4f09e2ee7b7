"""Who may do what, where: one table of roles and acts, and the one question every handler asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from bot.community.areas import area
from bot.community.audit import record
from bot.community.errors import NotAllowed, SubjectNeeded, SubjectRefused, UnknownGrant
from bot.community.models import Area, Membership, Resident, Role, RoleGrant, Status


class Act(StrEnum):
    # everyone who lives here
    SEE_OWN_CARD = "see-own-card"
    CHOOSE_TEAMS = "choose-teams"
    REDEEM = "redeem"
    SEE_LEADERBOARD = "see-leaderboard"
    CLAIM_DEED = "claim-deed"
    GIVE_POINTS = "give-points"
    SEE_FUND = "see-fund"  # of where one lives
    ANSWER_CALL_OUT = "answer-call-out"  # whoever was asked, also after leaving the team
    # volunteers
    SET_AVAILABILITY = "set-availability"
    # roles
    CALL_OUT = "call-out"
    APPROVE_CALL_OUT = "approve-call-out"
    STAND_DOWN = "stand-down"
    SEE_BOARD = "see-board"
    SEE_TEAM_BOARD = "see-team-board"
    ANNOUNCE = "announce"
    AWARD = "award"
    VERIFY_DEED = "verify-deed"
    SETTLE_OBJECTION = "settle-objection"
    PROPOSE_SPENDING = "propose-spending"
    AGREE_SPENDING = "agree-spending"
    HAND_OVER = "hand-over"
    OVERSEE_SHOPS = "oversee-shops"  # wrong codes, complaints, settlements
    REGISTER = "register"
    BIND_GROUP = "bind-group"
    PREPARE_DRILL = "prepare-drill"
    TEACH = "teach"
    INVITE = "invite"
    END_ROLE = "end-role"
    SEE_AUDIT = "see-audit"


RESIDENT_ACTS = frozenset(
    {
        *(Act.SEE_OWN_CARD, Act.CHOOSE_TEAMS, Act.REDEEM, Act.SEE_LEADERBOARD),
        *(Act.CLAIM_DEED, Act.ANSWER_CALL_OUT, Act.GIVE_POINTS, Act.SEE_FUND),
    }
)

VOLUNTEER_ACTS = frozenset({Act.SET_AVAILABILITY})

ROLE_ACTS: dict[Role, frozenset[Act]] = {
    Role.ADMIN: frozenset(
        {
            *(Act.INVITE, Act.END_ROLE, Act.SEE_AUDIT),
            *(Act.REGISTER, Act.BIND_GROUP, Act.SEE_BOARD),
            *(Act.VERIFY_DEED, Act.SETTLE_OBJECTION, Act.OVERSEE_SHOPS),  # asked where nobody else can
            Act.AGREE_SPENDING,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            *(Act.CALL_OUT, Act.APPROVE_CALL_OUT, Act.STAND_DOWN, Act.SEE_BOARD, Act.SEE_TEAM_BOARD),
            *(Act.ANNOUNCE, Act.AWARD, Act.VERIFY_DEED, Act.SETTLE_OBJECTION, Act.REGISTER),
            *(Act.BIND_GROUP, Act.PREPARE_DRILL, Act.INVITE, Act.SEE_AUDIT, Act.OVERSEE_SHOPS),
            *(Act.PROPOSE_SPENDING, Act.AGREE_SPENDING),
        }
    ),
    Role.GRID_OFFICER: frozenset({Act.ANNOUNCE, Act.REGISTER, Act.VERIFY_DEED, Act.AGREE_SPENDING}),
    Role.BUILDING_LEAD: frozenset({Act.REGISTER, Act.AGREE_SPENDING}),
    Role.TEAM_LEAD: frozenset({Act.SEE_TEAM_BOARD, Act.VERIFY_DEED}),
    Role.INSTRUCTOR: frozenset({Act.TEACH}),
    Role.DEPARTMENT: frozenset(),  # answers whistles only, and there are none yet
    Role.MERCHANT: frozenset({Act.HAND_OVER}),
}

# What a role may hand on in chat; only an admin, or the command line, makes coordinators and admins.
MAY_INVITE: dict[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset(Role),
    Role.COORDINATOR: frozenset(Role) - {Role.ADMIN, Role.COORDINATOR},
}

# A team lead leads one team, a department is one department; a merchant may stand for all in the area.
SUBJECT_NEEDED = frozenset({Role.TEAM_LEAD, Role.DEPARTMENT})
SUBJECT_POSSIBLE = SUBJECT_NEEDED | {Role.MERCHANT}


@dataclass(frozen=True)
class Grant:
    """A role somebody holds on the area of this path and everything below."""

    role: Role
    area_id: int
    area_path: str
    subject: str | None = None
    grant_id: int = 0

    def reaches(self, path: str | None, subject: str | None) -> bool:
        """Tell whether it covers that place and subject; None asks for any."""
        there = path is None or path.startswith(self.area_path)
        return there and (subject is None or self.subject in {None, subject})


GRANT_COLUMNS = (
    col(RoleGrant.role),
    col(RoleGrant.area_id),
    col(Area.path),
    col(RoleGrant.subject),
    col(RoleGrant.id),
)


@dataclass(frozen=True)
class Granted:
    grant_id: int
    again: bool  # it was held already, nothing changed


def allows(grants: Iterable[Grant], act: Act, path: str | None = None, subject: str | None = None) -> bool:
    """Tell whether one of these grants allows the act at that place, for that subject."""
    return any(act in ROLE_ACTS[grant.role] and grant.reaches(path, subject) for grant in grants)


def may(
    session: Session,
    *,
    resident_id: int,
    act: Act,
    area_id: int | None = None,
    subject: str | None = None,
) -> bool:
    """Tell whether this person may do this here; without an area: anywhere at all."""
    if act in RESIDENT_ACTS:
        return _lives_here(session, resident_id)
    if act in VOLUNTEER_ACTS:
        return _volunteers(session, resident_id)
    path = None if area_id is None else area(session, area_id).path
    return allows(grants_of(session, resident_id), act, path, subject)


def require(
    session: Session,
    *,
    resident_id: int,
    act: Act,
    area_id: int | None = None,
    subject: str | None = None,
) -> None:
    """Let this person pass if they may do this here.

    Raises:
        NotAllowed: they may not.
        UnknownArea: there is no such area.
    """
    if not may(session, resident_id=resident_id, act=act, area_id=area_id, subject=subject):
        raise NotAllowed(act)


def grants_of(session: Session, resident_id: int) -> tuple[Grant, ...]:
    """Give the roles a person holds now, oldest first."""
    statement = (
        select(*GRANT_COLUMNS)
        .join(Area, col(Area.id) == col(RoleGrant.area_id))
        .where(col(RoleGrant.resident_id) == resident_id, col(RoleGrant.ended_at).is_(None))
        .order_by(col(RoleGrant.id))
    )
    return tuple(Grant(*row) for row in session.execute(statement))


def check_subject(role: Role, subject: str | None) -> None:
    """Refuse a role without the subject it needs, or with one it cannot have.

    Raises:
        SubjectNeeded: a team lead or department must say of what.
        SubjectRefused: this role has no subject.
    """
    if role in SUBJECT_NEEDED and not subject:
        raise SubjectNeeded(role)
    if subject and role not in SUBJECT_POSSIBLE:
        raise SubjectRefused(role)


def grant(
    session: Session,
    *,
    role: Role,
    area_id: int,
    resident_id: int,
    granted_by: int | None,
    now: datetime,
    subject: str | None = None,
) -> Granted:
    """Give a role; whoever holds it there already keeps it, and nothing changes. None grants from the CLI.

    Raises:
        SubjectNeeded, SubjectRefused: the subject does not fit the role.
    """
    check_subject(role, subject)
    for held in grants_of(session, resident_id):
        if (held.role, held.area_id, held.subject) == (role, area_id, subject):
            return Granted(held.grant_id, again=True)
    row = RoleGrant(
        role=role, area_id=area_id, subject=subject, resident_id=resident_id, granted_by=granted_by, at=now
    )
    session.add(row)
    session.flush()
    facts = {"role": role.value, "subject": subject}
    record(
        session, actor=granted_by, act="grant-role", area_id=area_id, about=resident_id, facts=facts, now=now
    )
    return Granted(row.id or 0, again=False)


def end_grant(session: Session, *, grant_id: int, ended_by: int | None, now: datetime) -> None:
    """Take a role back; taking it back twice changes nothing.

    Raises:
        UnknownGrant: there is no such grant.
        NotAllowed: who ends it may not do so on that area. None ends from the CLI.
    """
    row = session.get(RoleGrant, grant_id)
    if row is None:
        raise UnknownGrant(grant_id)
    if ended_by is not None and ended_by != row.resident_id:
        require(session, resident_id=ended_by, act=Act.END_ROLE, area_id=row.area_id)
    if row.ended_at is not None:
        return
    row.ended_at = now
    session.flush()
    facts = {"role": row.role.value, "subject": row.subject}
    record(
        session,
        actor=ended_by,
        act=Act.END_ROLE,
        area_id=row.area_id,
        about=row.resident_id,
        facts=facts,
        now=now,
    )


def _lives_here(session: Session, resident_id: int) -> bool:
    resident = session.get(Resident, resident_id)
    return resident is not None and resident.status is Status.ACTIVE


def _volunteers(session: Session, resident_id: int) -> bool:
    mine = select(col(Membership.team_id)).where(col(Membership.resident_id) == resident_id).limit(1)
    return session.execute(mine).first() is not None

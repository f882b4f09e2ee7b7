"""One core, four wings: which teams there are, who belongs to which, who leads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from bot.community.errors import TeamRetired, UnknownTeam
from bot.community.models import Membership, Resident, Role, RoleGrant, Team, TeamKind
from bot.community.residents import active


@dataclass(frozen=True)
class TeamView:
    team_id: int
    code: str
    kind: TeamKind
    emoji: str
    names: Mapping[str, str]
    retired: bool


@dataclass(frozen=True)
class TeamChange:
    """A team joined or left; `changed` is false when it was so already."""

    team: TeamView
    changed: bool


def teams(session: Session) -> tuple[TeamView, ...]:
    """Give the active teams in the file's order."""
    everything = select(Team).where(col(Team.retired_at).is_(None)).order_by(col(Team.position))
    return _views(session.execute(everything).scalars())


def team_by_code(session: Session, code: str) -> TeamView:
    """Give the team of this code, retired or not.

    Raises:
        UnknownTeam: there is none.
    """
    for view in _views(session.execute(select(Team).where(col(Team.code) == code)).scalars()):
        return view
    raise UnknownTeam(code)


def teams_of(session: Session, resident_id: int) -> tuple[TeamView, ...]:
    """Give the active teams a person belongs to, in the file's order."""
    mine = (
        select(Team)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .where(col(Membership.resident_id) == resident_id, col(Team.retired_at).is_(None))
        .order_by(col(Team.position))
    )
    return _views(session.execute(mine).scalars())


def choose_team(session: Session, *, resident_id: int, team_code: str, now: datetime) -> TeamChange:
    """Join a team; several are possible, joining twice changes nothing.

    Raises:
        UnknownTeam, TeamRetired: it cannot be joined.
        UnknownResident: nobody to join it.
    """
    active(session, resident_id)
    team = team_by_code(session, team_code)
    if team.retired:
        raise TeamRetired(team.code, team.names)
    if session.get(Membership, (team.team_id, resident_id)) is not None:
        return TeamChange(team, changed=False)
    session.add(Membership(team_id=team.team_id, resident_id=resident_id, since=now))
    session.flush()
    return TeamChange(team, changed=True)


def leave_team(session: Session, *, resident_id: int, team_code: str) -> TeamChange:
    """Leave a team; leaving one that was not joined changes nothing.

    Raises:
        UnknownTeam: there is none of this code.
    """
    team = team_by_code(session, team_code)
    row = session.get(Membership, (team.team_id, resident_id))
    if row is None:
        return TeamChange(team, changed=False)
    session.delete(row)
    session.flush()
    return TeamChange(team, changed=True)


def leave_all_teams(session: Session, *, resident_id: int) -> None:
    """Stop being a volunteer."""
    session.execute(delete(Membership).where(col(Membership.resident_id) == resident_id))


def leaders(session: Session) -> dict[str, tuple[str, ...]]:
    """Give the names of who leads each team, by the team's code."""
    statement = (
        select(col(RoleGrant.subject), col(Resident.name))
        .join(Resident, col(Resident.id) == col(RoleGrant.resident_id))
        .where(col(RoleGrant.role) == Role.TEAM_LEAD, col(RoleGrant.ended_at).is_(None))
        .order_by(col(RoleGrant.id))
    )
    found: dict[str, tuple[str, ...]] = {}
    for subject, name in session.execute(statement):
        found[subject or ""] = (*found.get(subject or "", ()), name or "")
    return found


def team_sizes(session: Session) -> dict[str, int]:
    """Count the members of each team that has any, by its code."""
    statement = (
        select(col(Team.code), func.count())
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .group_by(col(Team.code))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _views(rows: Iterable[Team]) -> tuple[TeamView, ...]:
    return tuple(
        TeamView(row.id or 0, row.code, row.kind, row.emoji, dict(row.names), row.retired_at is not None)
        for row in rows
    )

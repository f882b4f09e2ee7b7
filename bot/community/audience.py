"""Who a call-out asks, who a decision can be asked of, and where each of them is reached."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Subquery, case, exists, func, select, true
from sqlmodel import Session, col

from bot.community.areas import area, below, codes_above
from bot.community.availability import AvailabilityView
from bot.community.models import (
    Area,
    Availability,
    ChatLink,
    ChatState,
    Membership,
    Resident,
    Role,
    RoleGrant,
    Status,
    Team,
)
from bot.community.roles import GRANT_COLUMNS, ROLE_ACTS, Act, Grant


class LeftOut(StrEnum):
    """Why somebody of the chosen teams is not asked, or is asked in vain."""

    OFF = "off"
    AWAY = "away"
    QUIET = "quiet"
    NO_CHAT = "no_chat"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Asked:
    """One person once, for the first of the plan's teams they belong to; no chat means unreachable."""

    resident_id: int
    chat_id: int | None
    language: str
    team: str


@dataclass(frozen=True)
class Audience:
    """Who is asked, and how many are not: NO_CHAT and BLOCKED are among the people, without a chat."""

    people: tuple[Asked, ...]
    left_out: Mapping[LeftOut, int]

    @property
    def unreachable(self) -> int:
        """How many of the people no message can reach."""
        return sum(1 for one in self.people if one.chat_id is None)


@dataclass(frozen=True)
class PersonAddress:
    resident_id: int
    chat_id: int | None
    language: str
    name: str


def audience(
    session: Session,
    *,
    team_codes: Sequence[str],
    area_id: int,
    now: datetime,
    quiet_at: time | None = None,
) -> Audience:
    """Give everyone of these teams who lives in the area or below it and can be asked now.

    `quiet_at` is the local time to keep quiet hours by; None asks through them, as red does.
    """
    if not team_codes:
        return Audience((), {})
    people: list[Asked] = []
    left_out: Counter[LeftOut] = Counter()
    for resident_id, language, first, chat_id, has_chat, *set_by_them in session.execute(
        _members(list(team_codes), area(session, area_id).path)
    ):
        reason = _why_not(AvailabilityView(*set_by_them), now, quiet_at)
        if reason is None:
            people.append(Asked(resident_id, chat_id, language, team_codes[first]))
            if chat_id is None:
                reason = LeftOut.BLOCKED if has_chat else LeftOut.NO_CHAT
        if reason is not None:
            left_out[reason] += 1
    return Audience(tuple(people), dict(left_out))


def people_who_may(session: Session, *, act: Act, area_id: int) -> tuple[PersonAddress, ...]:
    """Give everyone whose role allows the act on this area, whoever got it first coming first."""
    roles = [role for role in Role if act in ROLE_ACTS[role]]
    first = (
        select(col(RoleGrant.resident_id).label("resident_id"), func.min(RoleGrant.id).label("since"))
        .join(Area, col(Area.id) == col(RoleGrant.area_id))
        .where(
            col(RoleGrant.role).in_(roles),
            col(RoleGrant.ended_at).is_(None),
            col(Area.code).in_(codes_above(area(session, area_id).path)),
        )
        .group_by(col(RoleGrant.resident_id))
        .subquery()
    )
    allowed = _PEOPLE.join(first, first.c.resident_id == col(Resident.id)).order_by(first.c.since)
    return _addresses(session, allowed)


def holders(session: Session, *, act: Act) -> tuple[tuple[PersonAddress, Grant], ...]:
    """Give everyone whose role allows the act somewhere, once for each such grant."""
    roles = [role for role in Role if act in ROLE_ACTS[role]]
    held = (
        _PEOPLE.add_columns(*GRANT_COLUMNS)
        .join(RoleGrant, col(RoleGrant.resident_id) == col(Resident.id))
        .join(Area, col(Area.id) == col(RoleGrant.area_id))
        .where(col(RoleGrant.role).in_(roles), col(RoleGrant.ended_at).is_(None))
        .order_by(col(RoleGrant.id))
    )
    return tuple((PersonAddress(*row[:4]), Grant(*row[4:])) for row in session.execute(held))


def addresses(session: Session, resident_ids: Iterable[int]) -> dict[int, PersonAddress]:
    """Give where these residents are reached and in which language; who was forgotten is missing."""
    wanted = _PEOPLE.where(col(Resident.id).in_(list(resident_ids)))
    return {one.resident_id: one for one in _addresses(session, wanted)}


def residents_in(session: Session, area_id: int) -> tuple[PersonAddress, ...]:
    """Give everyone who lives in an area and below it."""
    path = area(session, area_id).path
    return _addresses(session, _PEOPLE.join(Area, col(Area.id) == col(Resident.area_id)).where(below(path)))


def _why_not(theirs: AvailabilityView, now: datetime, quiet_at: time | None) -> LeftOut | None:
    if not theirs.willing:
        return LeftOut.OFF
    if not theirs.is_available(now):
        return LeftOut.AWAY
    if quiet_at is not None and theirs.is_quiet(quiet_at):
        return LeftOut.QUIET
    return None


# Only a chat that answers counts; should one person have several (an earlier bot's), the newest.
_CHAT = (
    select(col(ChatLink.chat_id))
    .where(col(ChatLink.resident_id) == col(Resident.id), col(ChatLink.state) == ChatState.REACHABLE)
    .order_by(col(ChatLink.id).desc())
    .limit(1)
    .correlate(Resident)
    .scalar_subquery()
)
_HAS_CHAT = exists().where(col(ChatLink.resident_id) == col(Resident.id))


def _members(team_codes: Sequence[str], path: str) -> Select[Any]:
    first = _first_team(team_codes)
    return (
        select(
            *(col(Resident.id), col(Resident.language), first.c.rank, _CHAT, _HAS_CHAT),
            # Whoever set nothing is available: the joined row is missing then.
            *(func.coalesce(col(Availability.willing), true()), col(Availability.away_until)),
            *(col(Availability.quiet_from), col(Availability.quiet_to)),
        )
        .select_from(first)
        .join(Resident, col(Resident.id) == first.c.resident_id)
        .join(Area, col(Area.id) == col(Resident.area_id))
        .outerjoin(Availability, col(Availability.resident_id) == col(Resident.id))
        .where(col(Resident.status) == Status.ACTIVE, below(path))
        .order_by(first.c.rank, col(Resident.id))
    )


def _first_team(team_codes: Sequence[str]) -> Subquery:
    """One row a person: the place in the plan's order of the first team they are in."""
    rank = case({code: place for place, code in enumerate(team_codes)}, value=col(Team.code))
    return (
        select(col(Membership.resident_id).label("resident_id"), func.min(rank).label("rank"))
        .join(Team, col(Team.id) == col(Membership.team_id))
        .where(col(Team.code).in_(team_codes), col(Team.retired_at).is_(None))
        .group_by(col(Membership.resident_id))
        .subquery()
    )


_PEOPLE = select(col(Resident.id), _CHAT, col(Resident.language), col(Resident.name)).where(
    col(Resident.status) == Status.ACTIVE
)


def _addresses(session: Session, statement: Select[Any]) -> tuple[PersonAddress, ...]:
    return tuple(PersonAddress(*row) for row in session.execute(statement))

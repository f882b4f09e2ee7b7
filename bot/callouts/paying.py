"""Points for who served: by the activity `callout`, once per person and call-out, never for an exercise."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.callouts.events import Served
from bot.community import GroupKeys, group_keys
from points import Awarded, Deserved, Groups, UnknownActivity, award_all

ACTIVITY = "callout"


def minutes_between(arrived_at: datetime, done_at: datetime) -> int:
    """Give the whole minutes served, rounded down."""
    return max(0, int((done_at - arrived_at).total_seconds()) // 60)


def pay(
    session: Session, *, callout_id: int, served: Sequence[Served], now: datetime, zone: ZoneInfo
) -> tuple[Awarded, ...]:
    """Pay each by the rule in force; a neighbourhood without that activity pays nothing."""
    keys = group_keys(session, [one.resident_id for one in served])
    deserved = [
        Deserved(
            resident_id=one.resident_id,
            key=f"callout:{callout_id}:resident:{one.resident_id}",
            groups=_groups(keys.get(one.resident_id), one.team),
            minutes=one.minutes,
        )
        for one in served
    ]
    try:
        return tuple(award_all(session, activity=ACTIVITY, deserved=deserved, now=now, zone=zone))
    except UnknownActivity:
        return ()


def _groups(keys: GroupKeys | None, team: str) -> Groups:
    """Name who earns with the resident: their own groups, and the team that was asked."""
    if keys is None:
        return Groups(team=team)
    return Groups(household=keys.household, team=team, building=keys.building, grid=keys.grid)

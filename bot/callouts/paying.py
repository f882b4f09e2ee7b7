"""Points for who served: by the activity `callout`, once per person and call-out, never for an exercise."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.callouts.events import Served
from bot.community import EarnerFacts, LivedTogether, earner_facts, lived_together_each
from points import Awarded, Deserved, Groups, Shared, UnknownActivity, award_all

ACTIVITY = "callout"


def minutes_between(arrived_at: datetime, done_at: datetime) -> int:
    """Give the whole minutes served, rounded down."""
    return max(0, int((done_at - arrived_at).total_seconds()) // 60)


def pay(
    session: Session,
    *,
    callout_id: int,
    served: Sequence[Served],
    now: datetime,
    zone: ZoneInfo,
    budget: int | None = None,
) -> tuple[Awarded, ...]:
    """Pay each by the rule in force; a neighbourhood without that activity pays nothing.

    An emergency pays out of the month's budget as everything does, or waits for the next month's.
    """
    whom = [one.resident_id for one in served]
    facts, lately = earner_facts(session, whom), lived_together_each(session, whom, now)
    deserved = [
        _deserved(callout_id, one, facts.get(one.resident_id), lately[one.resident_id]) for one in served
    ]
    try:
        paid = award_all(session, activity=ACTIVITY, deserved=deserved, now=now, zone=zone, budget=budget)
    except UnknownActivity:
        return ()
    return tuple(paid)


def _deserved(callout_id: int, one: Served, facts: EarnerFacts | None, lately: LivedTogether) -> Deserved:
    """Say what somebody did, and who earns with them: their own groups, and the team that was asked."""
    key = f"callout:{callout_id}:resident:{one.resident_id}"
    if facts is None:
        return Deserved(one.resident_id, key, Groups(team=one.team), one.minutes)
    own = facts.groups
    return Deserved(
        resident_id=one.resident_id,
        key=key,
        groups=Groups(household=own.household, team=one.team, building=own.building, grid=own.grid),
        minutes=one.minutes,
        birth_year=facts.birth_year,
        areas=facts.areas,
        shared=Shared(lately.left, lately.parted),
    )

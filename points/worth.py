"""What one award comes to: the rule, what is known of who did it, and what caps and limits leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from points.inputs import Inputs
from points.months import monday, period_end
from points.past import Earner, Past
from points.rules import ActivityRule, Part


@dataclass(frozen=True)
class Did:
    """What somebody did; `areas` are where they live, from the innermost outwards."""

    minutes: int = 0
    units: int = 0
    age: int | None = None
    areas: tuple[str, ...] = ()
    done_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """An amount with what made it. What took from it (or all of it) ends at `until`, where that is known."""

    amount: int
    inputs: Inputs
    capped: bool = False
    outside: bool = False
    until: datetime | None = None


def decide(rule: ActivityRule, did: Did, who: Earner, past: Past, now: datetime, zone: ZoneInfo) -> Decision:
    """Work out an award by the rule; outside its windows, or done too often, it comes to nothing."""
    done = (did.done_at or now).astimezone(zone)
    plain = Inputs(did.units, _parts(rule, did, who, past, now, zone), done_at=_noted(rule, did))
    if not rule.is_open(done):
        return Decision(0, plain, outside=True, until=rule.opens(now.astimezone(zone)))
    for limit in rule.limits:
        if past.times(who, limit.per, limit.by) >= limit.count:
            return Decision(0, plain, capped=True, until=period_end(limit.per, now, zone))
    return _capped(rule, did, who, past, plain, now, zone)


def capped_until(inputs: Inputs, at: datetime, zone: ZoneInfo) -> datetime | None:
    """Give when the cap that took from an award ends."""
    return period_end(inputs.cap.per, at, zone) if inputs.cap else None


def _parts(
    rule: ActivityRule, did: Did, who: Earner, past: Past, now: datetime, zone: ZoneInfo
) -> Mapping[Part, int]:
    """Give the parts of the multiplier that apply, in their fixed order."""
    more, streak = rule.multiplier, rule.multiplier.streak
    first = more.first_time_percent is not None and past.is_first(who)
    runs = streak is not None and past.has_streak(who, streak.weeks, monday(now, zone))
    percents = {
        Part.AGE: more.for_age(did.age),
        Part.FIRST: more.first_time_percent if first else None,
        Part.STREAK: streak.percent if streak is not None and runs else None,
        Part.AREA: more.for_area(did.areas),
    }
    return {part: percent for part, percent in percents.items() if percent is not None}


def _noted(rule: ActivityRule, did: Did) -> datetime | None:
    return did.done_at if rule.windows else None


def _capped(
    rule: ActivityRule, did: Did, who: Earner, past: Past, plain: Inputs, now: datetime, zone: ZoneInfo
) -> Decision:
    worth = plain.worth(rule, did.minutes)
    if not rule.caps:
        return Decision(worth, plain)
    left, cap = min(
        ((max(0, cap.points - past.points(who, cap.per, cap.by)), cap) for cap in rule.caps),
        key=lambda pair: pair[0],
    )
    if left >= worth:
        return Decision(worth, plain)
    inputs = Inputs(plain.units, plain.percent, cap, left, done_at=plain.done_at)
    return Decision(left, inputs, capped=True, until=period_end(cap.per, now, zone))

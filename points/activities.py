"""Activities: the rules by which a good deed earns, each change of one a version of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlmodel import Session

from points.errors import UnknownActivity
from points.rules import ActivityRule, Cap
from points.shelf import activities
from points.terms import plain_cap, read, written


@dataclass(frozen=True)
class VersionedRule:
    rule: ActivityRule
    version: int


def synchronise_activities(session: Session, rules: Sequence[ActivityRule], now: datetime) -> None:
    """Bring the activities in line with the neighbourhood's file, by code.

    Another name is kept as a name; any other change becomes a new version; what is not listed is retired.
    """
    latest = _latest(session)
    for rule in rules:
        _synchronise(session, rule, latest.get(rule.code), now)
    gone = [row.id for code, row in latest.items() if code not in {rule.code for rule in rules}]
    unretired = update(activities).where(activities.c.id.in_(gone), activities.c.retired_at.is_(None))
    session.connection().execute(unretired.values(retired_at=now))


def current_activities(session: Session) -> list[VersionedRule]:
    """Give the rules that hold now, by code."""
    latest = _latest(session)
    return [_versioned(latest[code]) for code in sorted(latest) if latest[code].retired_at is None]


def current_activity(session: Session, code: str) -> VersionedRule:
    """Give the rule that holds now.

    Raises:
        UnknownActivity: there is none of this code, or it was retired.
    """
    query = select(activities).where(activities.c.code == code).order_by(activities.c.version.desc()).limit(1)
    row = session.connection().execute(query).one_or_none()
    if row is None or row.retired_at is not None:
        raise UnknownActivity(code)
    return _versioned(row)


def activity_version(session: Session, code: str, version: int) -> VersionedRule:
    """Give a rule as one of its versions had it."""
    query = select(activities).where(activities.c.code == code, activities.c.version == version)
    return _versioned(session.connection().execute(query).one())


def activity_or_version(session: Session, code: str, version: int | None) -> VersionedRule:
    """Give the rule that holds now, or, of a retired one, the version that is named.

    Raises:
        UnknownActivity: there is none of this code, or it was retired and no version is named.
    """
    try:
        return current_activity(session, code)
    except UnknownActivity:
        if version is None:
            raise
        return activity_version(session, code, version)


def all_versions(session: Session) -> list[VersionedRule]:
    """Give every rule as each of its versions had it."""
    return [_versioned(row) for row in session.connection().execute(select(activities))]


def activity_names(session: Session) -> dict[str, dict[str, str]]:
    """Give the names of every activity there ever was, by code."""
    return {code: row.names for code, row in _latest(session).items()}


def _latest(session: Session) -> dict[str, Row[Any]]:
    query = select(activities).order_by(activities.c.version)
    return {row.code: row for row in session.connection().execute(query)}


def _synchronise(session: Session, rule: ActivityRule, latest: Row[Any] | None, now: datetime) -> None:
    if latest is not None and _values(rule) == _values(_versioned(latest).rule):
        kept = update(activities).where(activities.c.id == latest.id)
        session.connection().execute(kept.values(**_named(rule), retired_at=None))
        return
    version = 1 if latest is None else latest.version + 1
    row = _values(rule) | _named(rule) | {"code": rule.code, "version": version, "since": now}
    session.connection().execute(insert(activities), row)


def _named(rule: ActivityRule) -> dict[str, Any]:
    return {"names": dict(rule.names), "unit_names": dict(rule.unit) if rule.unit else None}


def _values(rule: ActivityRule) -> dict[str, Any]:
    cap = plain_cap(rule)
    return {
        "points": rule.points,
        "points_per_hour": rule.points_per_hour,
        "cap_points": cap.points if cap else None,
        "cap_per": cap.per if cap else None,
        "verify": rule.verify,
        "terms": written(rule),
    }


def _versioned(row: Row[Any]) -> VersionedRule:
    cap = Cap(row.cap_points, row.cap_per) if row.cap_per is not None else None
    rule = ActivityRule(
        row.code, row.names, row.points, row.points_per_hour, cap, row.verify, unit=row.unit_names
    )
    return VersionedRule(replace(rule, **read(row.terms)), row.version)

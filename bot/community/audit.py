"""The audit log: who did what with a role, where, when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.community.areas import area, below
from bot.community.models import Area, AuditEntry

Fact = str | int | bool | None


@dataclass(frozen=True)
class AuditView:
    entry_id: int
    at: datetime
    actor_id: int | None  # None: the command line
    act: str
    area_id: int | None
    about_id: int | None
    facts: Mapping[str, Fact]


def record(
    session: Session,
    *,
    actor: int | None,
    act: str,
    now: datetime,
    area_id: int | None = None,
    about: int | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> None:
    """Write down an act. Facts are numbers and codes; people appear by number only (`actor`, `about`)."""
    entry = AuditEntry(
        at=now, actor_id=actor, act=str(act), area_id=area_id, about_id=about, facts=dict(facts or {})
    )
    session.add(entry)


def audit_entries(session: Session, *, area_id: int, newest: int = 50) -> tuple[AuditView, ...]:
    """Give the newest acts in an area and below it, newest first."""
    statement = (
        select(AuditEntry)
        .join(Area, col(Area.id) == col(AuditEntry.area_id))
        .where(below(area(session, area_id).path))
        .order_by(col(AuditEntry.id).desc())
        .limit(newest)
    )
    return tuple(_view(entry) for entry in session.exec(statement))


def who_did(session: Session, *, act: str, at: datetime, fact: tuple[str, Fact]) -> frozenset[int]:
    """Give who did an act at a moment about what this fact names, whatever role they have by now."""
    statement = select(AuditEntry).where(col(AuditEntry.at) == at, col(AuditEntry.act) == str(act))
    name, value = fact
    found = (entry.actor_id for entry in session.exec(statement) if entry.facts.get(name) == value)
    return frozenset(actor for actor in found if actor is not None)


def _view(entry: AuditEntry) -> AuditView:
    return AuditView(
        entry_id=entry.id or 0,
        at=entry.at,
        actor_id=entry.actor_id,
        act=entry.act,
        area_id=entry.area_id,
        about_id=entry.about_id,
        facts=dict(entry.facts),
    )

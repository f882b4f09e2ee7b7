"""Deeds as others see them: rows read, the ones that are listed, somebody's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlmodel import Session, col

from points.deeds.errors import UnknownDeed
from points.deeds.flags import Flag, read_flags
from points.deeds.models import Deed, DeedState, Doubt, Origin, Tier, Why, deeds
from points.shelf import activities

OPEN = frozenset({DeedState.CLAIMED, DeedState.ASKED})
AGREED = frozenset({DeedState.APPROVED, DeedState.LISTED, DeedState.OBJECTED, DeedState.PAID})
CIRCLE_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class DeedView:
    """One deed with the activity's names; `resident_id` is missing once that person was forgotten."""

    deed_id: int
    origin: Origin
    resident_id: int | None
    household: str | None
    kin: frozenset[int]
    area_id: int
    team: str | None
    activity: str
    names: Mapping[str, str]
    verify: str
    minutes: int | None
    units: int | None
    unit_names: Mapping[str, str] | None
    worth: int
    at: datetime
    note: str | None
    photo: str | None
    place: tuple[float, float] | None
    state: DeedState
    tier: Tier
    flags: tuple[Flag, ...]
    round: int
    asked_by: int | None
    question: str | None
    answer: str | None
    verifier: int | None
    decided_by: int | None
    decided_at: datetime | None
    why: Why | None
    reason: str | None
    listed_until: datetime | None
    objector: int | None
    objected_at: datetime | None
    doubt: Doubt | None
    objection: str | None

    @property
    def is_open(self) -> bool:
        """Whether verifiers are still to decide."""
        return self.state in OPEN


def deed(session: Session, deed_id: int) -> DeedView:
    """Give one deed.

    Raises:
        UnknownDeed: there is none with this number.
    """
    return view(session, row(session, deed_id))


def listed_deeds(session: Session) -> tuple[DeedView, ...]:
    """Give what is shown to everybody before it is paid, the next to be paid first."""
    query = select(deeds).where(deeds.c.state == DeedState.LISTED)
    return _views(session, session.execute(query.order_by(deeds.c.listed_until, deeds.c.id)).all())


def open_deeds_of(session: Session, resident_id: int) -> tuple[DeedView, ...]:
    """Give somebody's deeds that are not decided for good, the oldest first."""
    open_ = (*OPEN, DeedState.APPROVED, DeedState.LISTED, DeedState.OBJECTED)
    query = select(deeds).where(deeds.c.resident == resident_id, deeds.c.state.in_(open_))
    return _views(session, session.execute(query.order_by(deeds.c.id)).all())


def in_a_circle(session: Session, one: int, other: int, now: datetime) -> bool:
    """Tell whether the first agreed to a deed of the other lately; asked both ways it finds a circle."""
    by_one = or_(deeds.c.verifier == one, deeds.c.decided_by == one)
    query = select(deeds.c.id).where(deeds.c.resident == other, by_one, agreed_to_lately(now)).limit(1)
    return session.execute(query).first() is not None


def agreed_to_lately(now: datetime) -> ColumnElement[bool]:
    """Give the condition on deeds that somebody agreed to lately, as the only one so far or for good."""
    lately = func.coalesce(deeds.c.decided_at, deeds.c.verified_at) > now - CIRCLE_WITHIN
    agreed = or_(deeds.c.state.in_(AGREED), deeds.c.state.in_(OPEN) & deeds.c.verifier.is_not(None))
    return and_(agreed, lately)


def agreed_lately(session: Session, by: Iterable[int], of: Iterable[int], now: datetime) -> bool:
    """Tell whether any of some people agreed lately to a deed of any of others."""
    some, others = tuple(by), tuple(of)
    by_some = or_(deeds.c.verifier.in_(some), deeds.c.decided_by.in_(some))
    query = select(deeds.c.id).where(deeds.c.resident.in_(others), by_some, agreed_to_lately(now)).limit(1)
    return session.execute(query).first() is not None


def row(session: Session, deed_id: int, *, lock: bool = False) -> Deed:
    """Give the row, for this package's own rules; `lock` holds others off until the unit ends.

    Raises:
        UnknownDeed: there is none with this number.
    """
    query = select(Deed).where(col(Deed.id) == deed_id).execution_options(populate_existing=True)
    found: Deed | None = session.execute(query.with_for_update() if lock else query).scalars().first()
    if found is None:
        raise UnknownDeed(deed_id)
    return found


def view(session: Session, found: Deed | Row[Any]) -> DeedView:
    """Give a row as others may see it."""
    return _views(session, [found])[0]


def _views(session: Session, rows: Any) -> tuple[DeedView, ...]:
    named = activities.c.code, activities.c.names, activities.c.unit_names
    latest = session.execute(select(*named).order_by(activities.c.version))
    activity_of = {code: (names, unit_names) for code, names, unit_names in latest}
    return tuple(_view(found, *activity_of[found.activity]) for found in rows)


def _view(found: Any, names: Mapping[str, str], unit_names: Mapping[str, str] | None) -> DeedView:
    place = None if found.lat is None or found.lon is None else (found.lat, found.lon)
    return DeedView(
        deed_id=found.id,
        resident_id=found.resident,
        kin=frozenset(found.kin),
        area_id=found.area,
        names=names,
        unit_names=unit_names,
        place=place,
        flags=read_flags(found.flags),
        **{name: getattr(found, name) for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    *("origin", "household", "team", "activity", "verify", "minutes", "units", "worth", "at"),
    *("note", "photo", "state", "tier", "round", "asked_by", "question", "answer", "verifier"),
    *(
        "decided_by",
        "decided_at",
        "why",
        "reason",
        "listed_until",
        "objector",
        "objected_at",
        "doubt",
        "objection",
    ),
)

"""What a verifier should look at: a picture sent before, very many deeds, one hand washing the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from points.deeds.models import deeds

MANY = 10
MANY_WITHIN = timedelta(hours=1)
LOOKED_THROUGH = 2_000
LIKE_WITHIN = 8  # of 128 bits: the same picture made smaller, lighter or saved again differs in fewer


class Look(StrEnum):
    PHOTO = "photo"
    MANY = "many"
    CIRCLE = "circle"
    GIFT = "gift"
    RING = "ring"


@dataclass(frozen=True)
class Flag:
    """`at` and `own` say when the picture came before and whether from the same person; `count` how many."""

    look: Look
    at: datetime | None = None
    own: bool = False
    count: int = 0


def flags_of(session: Session, *, resident_id: int, likeness: str | None, now: datetime) -> tuple[Flag, ...]:
    """Say what strikes about a deed that is claimed now."""
    found = []
    if likeness is not None and (before := _sent_before(session, likeness)) is not None:
        found.append(Flag(Look.PHOTO, at=before[0], own=before[1] == resident_id))
    if (count := _lately(session, resident_id, now) + 1) >= MANY:
        found.append(Flag(Look.MANY, count=count))
    return tuple(found)


def write_flags(flags: Iterable[Flag]) -> list[dict[str, Any]]:
    """Write flags down as JSON."""
    return [
        {
            "look": flag.look.value,
            "at": flag.at.isoformat() if flag.at else None,
            "own": flag.own,
            "count": flag.count,
        }
        for flag in flags
    ]


def read_flags(written: Iterable[Mapping[str, Any]]) -> tuple[Flag, ...]:
    """Read flags that were written down."""
    return tuple(
        Flag(
            Look(one["look"]),
            at=datetime.fromisoformat(one["at"]) if one["at"] else None,
            own=bool(one["own"]),
            count=int(one["count"]),
        )
        for one in written
    )


def alike(one: str, other: str) -> bool:
    """Tell whether two likenesses are of one picture; what is no number is compared as it is."""
    if one == other:
        return True
    if len(one) != len(other):
        return False
    try:
        return (int(one, 16) ^ int(other, 16)).bit_count() <= LIKE_WITHIN
    except ValueError:
        return False


def _sent_before(session: Session, likeness: str) -> tuple[datetime, int] | None:
    """Find when the picture came first and from whom: the very same ever, one like it among the newest."""
    told = select(deeds.c.at, deeds.c.resident, deeds.c.likeness)
    same = told.where(deeds.c.likeness == likeness).order_by(deeds.c.id).limit(1)
    if (first := session.execute(same).first()) is not None:
        return first.at, first.resident
    newest = told.where(deeds.c.likeness.is_not(None)).order_by(deeds.c.id.desc()).limit(LOOKED_THROUGH)
    near = [one for one in session.execute(newest) if alike(one.likeness, likeness)]
    return (near[-1].at, near[-1].resident) if near else None


def _lately(session: Session, resident_id: int, now: datetime) -> int:
    query = select(func.count()).where(deeds.c.resident == resident_id, deeds.c.at > now - MANY_WITHIN)
    return int(session.execute(query).scalar_one())

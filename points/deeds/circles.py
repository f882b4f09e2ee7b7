"""Rings of people who verify each other's deeds: three or four of them, each for the next."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session

from points.deeds.models import deeds
from points.deeds.views import agreed_to_lately
from points.storing import chunks

MOST_STEPS = 3  # with the one that would close it, a ring of four


def in_a_ring(session: Session, one: int, other: int, now: datetime) -> bool:
    """Tell whether a chain of who agreed for whom lately leads from the one to the other."""
    seen, front = {one}, {one}
    for _ in range(MOST_STEPS):
        front = _whom_they_verified(session, front, now) - seen
        if other in front:
            return True
        seen |= front
    return False


def _whom_they_verified(session: Session, people: Iterable[int], now: datetime) -> set[int]:
    found: set[int] = set()
    for some in chunks(sorted(people)):
        by_them = or_(deeds.c.verifier.in_(some), deeds.c.decided_by.in_(some))
        query = select(deeds.c.resident).distinct().where(by_them, agreed_to_lately(now))
        found |= {number for number in session.execute(query).scalars() if number is not None}
    return found

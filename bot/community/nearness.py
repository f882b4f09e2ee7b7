"""Who is too near to somebody to decide for them: who lives with them, or did within the last month."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from bot.community.models import Resident, Stay
from bot.community.stays import SHARED_FOR, lived_together_each


def near_people(session: Session, resident_ids: Iterable[int], now: datetime) -> frozenset[int]:
    """Give these people and all who share a home with one of them, or did lately.

    A home is where somebody lives, and what they or who lives with them left within the last month; near are
    those who live there now, and those who left it within that time. Moving out makes nobody impartial.
    """
    people = frozenset(resident_ids)
    homes = _homes(session, people, now)
    gone = select(col(Stay.resident_id)).where(
        col(Stay.household_id).in_(homes), col(Stay.left_at) > now - SHARED_FOR
    )
    there = or_(col(Resident.household_id).in_(homes), col(Resident.id).in_(gone))
    found = session.execute(select(col(Resident.id)).where(there)).scalars()
    return people | {number for number in found if number is not None}


def _homes(session: Session, people: frozenset[int], now: datetime) -> set[int]:
    lived_in = select(col(Resident.household_id)).where(col(Resident.id).in_(people))
    present = {number for number in session.execute(lived_in).scalars() if number is not None}
    lately = lived_together_each(session, people, now).values()
    return present | {int(home) for one in lately for home, until in one.left.items() if now < until}

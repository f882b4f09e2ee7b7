"""With whom people lived lately: what a household has used stays used, whoever moves in or out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.community.households import household_members
from bot.community.models import Resident, Stay

SHARED_FOR = timedelta(days=31)  # moving out and in again within a month gives nobody a second share


@dataclass(frozen=True)
class LivedTogether:
    """`left` are households that people of this one left, and until when what is used there counts here.

    `parted` are those who left this one so lately that what they use counts here.
    """

    left: Mapping[str, datetime]
    parted: tuple[int, ...]


def lived_together(session: Session, resident_id: int, now: datetime) -> LivedTogether:
    """Give with whom the people of somebody's household lived before."""
    people = household_members(session, resident_id)
    left = (
        select(col(Stay.household_id), func.max(Stay.left_at))
        .where(col(Stay.resident_id).in_(people))
        .group_by(col(Stay.household_id))
    )
    home = select(col(Resident.household_id)).where(col(Resident.id) == resident_id).scalar_subquery()
    parted = (
        select(col(Stay.resident_id))
        .where(
            col(Stay.household_id) == home,
            col(Stay.left_at) > now - SHARED_FOR,
            col(Stay.resident_id).not_in(people),
        )
        .distinct()
        .order_by(col(Stay.resident_id))
    )
    return LivedTogether(
        {str(household): at + SHARED_FOR for household, at in session.execute(left)},
        tuple(session.execute(parted).scalars()),
    )

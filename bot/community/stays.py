"""Which households people lived in before: what those had used by then stays used, whoever they live with."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.community.households import household_members
from bot.community.models import Stay


def households_left(session: Session, resident_id: int) -> dict[str, datetime]:
    """Give every household that people of this person's household have left, and when the last did."""
    people = household_members(session, resident_id)
    left = (
        select(col(Stay.household_id), func.max(Stay.left_at))
        .where(col(Stay.resident_id).in_(people))
        .group_by(col(Stay.household_id))
    )
    return {str(household_id): left_at for household_id, left_at in session.execute(left)}

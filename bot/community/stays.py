"""With whom people lived lately: what a household has used stays used, whoever moves in or out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

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
    return lived_together_each(session, [resident_id], now)[resident_id]


def lived_together_each(
    session: Session, resident_ids: Iterable[int], now: datetime
) -> dict[int, LivedTogether]:
    """Give for each of these people with whom those of their household lived before."""
    wanted = list(resident_ids)
    left = {number: dict[str, datetime]() for number in wanted}
    for number, household, at in session.execute(_left(wanted)):
        left[number][str(household)] = at + SHARED_FOR
    parted = {number: list[int]() for number in wanted}
    for number, gone in session.execute(_parted(wanted, now - SHARED_FOR)):
        parted[number].append(gone)
    return {number: LivedTogether(left[number], tuple(parted[number])) for number in wanted}


def _left(wanted: Sequence[int]) -> Select[int | None, int, datetime]:
    one, member = aliased(Resident), aliased(Resident)
    return (
        select(col(one.id), col(Stay.household_id), func.max(Stay.left_at))
        .join(member, col(member.household_id) == col(one.household_id))
        .join(Stay, col(Stay.resident_id) == col(member.id))
        .where(col(one.id).in_(wanted))
        .group_by(col(one.id), col(Stay.household_id))
    )


def _parted(wanted: Sequence[int], since: datetime) -> Select[int | None, int | None]:
    """Find who left the households of these people since a moment, and is not back."""
    one, gone = aliased(Resident), aliased(Resident)
    elsewhere = or_(col(gone.household_id).is_(None), col(gone.household_id) != col(one.household_id))
    return (
        select(col(one.id), col(gone.id))
        .join(Stay, col(Stay.household_id) == col(one.household_id))
        .join(gone, col(gone.id) == col(Stay.resident_id))
        .where(col(one.id).in_(wanted), col(Stay.left_at) > since, elsewhere)
        .distinct()
        .order_by(col(one.id), col(gone.id))
    )

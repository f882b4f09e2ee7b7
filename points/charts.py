"""A resident's last months as two columns each: what came in, what was spent."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select
from sqlmodel import Session

from points.models import GroupKind, TransferKind, accounts, monthly_totals, transfers
from points.months import month_of, months_later
from points.purses import Keeping, keeping

MONTHS = 6


@dataclass(frozen=True)
class MonthOfPoints:
    """`earned` as on the boards; `spent` is what rewards cost, less what was given back."""

    month: str
    earned: int
    spent: int


def last_months(
    session: Session, resident_id: int, now: datetime, zone: ZoneInfo, *, count: int = MONTHS
) -> tuple[MonthOfPoints, ...]:
    """Give a resident's last months, the present one last; those in which nothing happened, too.

    Where points lie together, those of the household.
    """
    this = month_of(now, zone)
    months = [months_later(this, number - count + 1) for number in range(count)]
    mine = keeping(session, resident_id)
    earned = {} if mine is None else _earned(session, mine, months)
    spent = {} if mine is None else _spent(session, mine.purse, months)
    return tuple(MonthOfPoints(one, earned.get(one, 0), max(0, spent.get(one, 0))) for one in months)


def _earned(session: Session, mine: Keeping, months: list[str]) -> dict[str, int]:
    """Give what the resident earned, or the household where points lie together."""
    t = monthly_totals.c
    household = select(accounts.c.owner).where(accounts.c.id == mine.purse).scalar_subquery()
    own = and_(t.group_kind == GroupKind.RESIDENT, t.key == str(mine.own))
    whose = own if mine.since is None else and_(t.group_kind == GroupKind.HOUSEHOLD, t.key == household)
    query = select(t.month, t.earned).where(t.month.in_(months), whose)
    return dict(session.connection().execute(query).all())


def _spent(session: Session, account: int, months: list[str]) -> dict[str, int]:
    """Add up captures by month, and take off what a reversal gave back in the month of what it reversed."""
    mended = transfers.alias("mended")
    back = case((mended.c.id.is_not(None), 0), else_=transfers.c.amount)
    query = (
        select(transfers.c.month, func.sum(back))
        .outerjoin(mended, mended.c.reverses == transfers.c.id)
        .where(
            transfers.c.debit == account,
            transfers.c.kind == TransferKind.CAPTURE,
            transfers.c.month.in_(months),
        )
        .group_by(transfers.c.month)
    )
    return {month: int(amount) for month, amount in session.connection().execute(query)}

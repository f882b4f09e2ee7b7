"""A resident's last months as two columns each: what came in, what was spent."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlmodel import Session

from points.accounts import find_resident_account
from points.models import GroupKind, TransferKind, monthly_totals, transfers
from points.months import month_of, months_later

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
    """Give a resident's last months, the present one last; those in which nothing happened, too."""
    this = month_of(now, zone)
    months = [months_later(this, number - count + 1) for number in range(count)]
    account = find_resident_account(session, resident_id)
    earned = {} if account is None else _earned(session, account, months)
    spent = {} if account is None else _spent(session, account, months)
    return tuple(MonthOfPoints(one, earned.get(one, 0), max(0, spent.get(one, 0))) for one in months)


def _earned(session: Session, account: int, months: list[str]) -> dict[str, int]:
    t = monthly_totals.c
    mine = (t.month.in_(months), t.group_kind == GroupKind.RESIDENT, t.key == str(account))
    return dict(session.connection().execute(select(t.month, t.earned).where(*mine)).all())


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

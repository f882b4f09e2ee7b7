"""What sponsors pay for rewards in a month: their budgets, what is spent, and when a reward reopens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, or_, select
from sqlmodel import Session

from points.counter import sponsors
from points.months import month_of, month_start, months_later
from points.shelf import UNDO_WITHIN, RedemptionState, redemptions
from points.shop_errors import BudgetSpent
from points.storing import keep_listed, retire_others


@dataclass(frozen=True)
class SponsorEntry:
    """A sponsor as listed; the budget is what it pays in a month, in fen."""

    code: str
    names: Mapping[str, str]
    budget_fen: int


def synchronise_sponsors(session: Session, entries: Sequence[SponsorEntry], now: datetime) -> None:
    """Bring the sponsors in line with the neighbourhood's file, by code; what is not listed is retired."""
    for entry in entries:
        values = {"names": dict(entry.names), "budget_fen": entry.budget_fen}
        keep_listed(session, sponsors, entry.code, values)
    retire_others(session, sponsors, {entry.code for entry in entries}, now)


def claim_budget(session: Session, reward: Row[Any], now: datetime, zone: ZoneInfo) -> None:
    """See that the payer can still pay; its row stays locked until the end of the unit, so that it stays so.

    Raises:
        BudgetSpent: this month it cannot.
    """
    if not reward.cost_fen or reward.payer is None:
        return
    budget = select(sponsors.c.budget_fen).where(sponsors.c.code == reward.payer)
    if session.connection().execute(budget.with_for_update()).first() is None:
        return  # the community and the shops themselves have no limit
    closed_until = reopening(reward, budgets_left(session, now, zone), now, zone)
    if closed_until is not None:
        raise BudgetSpent(reward.names, closed_until)


def budgets_left(session: Session, now: datetime, zone: ZoneInfo) -> dict[str, int]:
    """Give what each sponsor can still pay this month; codes that wait count as paid."""
    budgets = dict(session.connection().execute(select(sponsors.c.code, sponsors.c.budget_fen)).all())
    spent = _spent(session, budgets, now, zone) if budgets else {}
    return {code: budget - spent.get(code, 0) for code, budget in budgets.items()}


def reopening(reward: Row[Any], left: Mapping[str, int], now: datetime, zone: ZoneInfo) -> datetime | None:
    """Give when a reward reopens whose payer has too little left this month; None where it is open."""
    if not reward.cost_fen or left.get(reward.payer or "", reward.cost_fen) >= reward.cost_fen:
        return None
    return month_start(months_later(month_of(now, zone), 1), zone)


def _spent(session: Session, payers: Collection[str], now: datetime, zone: ZoneInfo) -> dict[str, int]:
    """Add up what can still be fetched, whenever it was redeemed, and what this month's settlements hold.

    What was handed over just before the month began may still be undone, and then waits in this one.
    """
    lately = now - 2 * UNDO_WITHIN
    since = min(month_start(month_of(now, zone), zone), lately)
    good = redemptions.c.ended_at.is_(None) & (redemptions.c.lapses_at > lately)
    waits = good & (redemptions.c.state == RedemptionState.WAITING)
    fetched = (redemptions.c.ended_at >= since) & (redemptions.c.state == RedemptionState.HANDED_OVER)
    query = (
        select(redemptions.c.payer, func.sum(redemptions.c.cost_fen))
        .where(
            redemptions.c.payer.in_(list(payers)), or_(waits, fetched), redemptions.c.returned_at.is_(None)
        )
        .group_by(redemptions.c.payer)
    )
    return {payer: int(fen) for payer, fen in session.connection().execute(query)}

"""A month's budget: what may be given out in it, and which month an award has to wait for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from points.earnings import budgets
from points.models import TransferKind, transfers
from points.months import months_later
from points.storing import upsert

FURTHEST = 1_200  # months ahead, a hundred years: whoever comes after that waits no longer

_b, _t = budgets.c, transfers.c


def book(session: Session, *, month: str, amounts: Sequence[int], budget: int | None) -> list[str]:
    """Enter awards of a month in its budget, first come, first served; give the month that pays each.

    Call it after every other lock: one row is held until the end of the unit. Where all fits, one statement
    enters it. No amount may be above the budget.
    """
    if not amounts:
        return []
    _open(session, month)
    if _enter_all(session, month, sum(amounts), budget):
        return [month] * len(amounts)
    return [place(session, month=month, amount=amount, budget=budget) for amount in amounts]


def place(session: Session, *, month: str, amount: int, budget: int | None, since: str | None = None) -> str:
    """Enter one award in the first month from `since` on that is not closed and can give it.

    In the month itself it is issued, in a later one promised; a month that cannot give it is closed. One that
    gives nothing yet takes any amount: what is more than the budget by now is cut when it is paid.
    """
    chosen = _first_to_take(session, since or month, months_later(month, FURTHEST), amount, budget)
    column = _b.issued if chosen == month else _b.promised
    entered = update(budgets).where(_b.month == chosen).values({column: column + amount})
    session.connection().execute(entered)
    return chosen


def promise(session: Session, *, month: str, amount: int, budget: int | None) -> str:
    """Promise one award in the first month from this one on that is not closed and can give it."""
    chosen = _first_to_take(session, month, months_later(month, FURTHEST), amount, budget)
    entered = update(budgets).where(_b.month == chosen).values(promised=_b.promised + amount)
    session.connection().execute(entered)
    return chosen


def reopen(session: Session, *, month: str) -> None:
    """Let this month and the later ones give again what they may: their budget was raised."""
    opened = update(budgets).where(_b.month >= month)
    session.connection().execute(opened.values(closed=False))


def redeem_promise(
    session: Session, *, promised: str, promise: int, month: str, amount: int, budget: int | None
) -> bool:
    """Issue in `month` what was promised for then (or for before), unless the budget is too small by now.

    The promise is taken off in either case.
    """
    if promised != month:
        _locked(session, promised)
    row = _locked(session, month)
    take_off(session, promised=promised, amount=promise)
    if budget is not None and row.issued + amount > budget + _given_back(session, month):
        return False
    more = update(budgets).where(_b.month == month)
    session.connection().execute(more.values(issued=_b.issued + amount))
    return True


def take_off(session: Session, *, promised: str, amount: int) -> None:
    """Forget a promise that nobody waits for any more."""
    less = update(budgets).where(_b.month == promised)
    session.connection().execute(less.values(promised=_b.promised - amount))


def _enter_all(session: Session, month: str, amount: int, budget: int | None) -> bool:
    entering = update(budgets).where(_b.month == month)
    if budget is not None:
        entering = entering.where(_b.closed.is_(False), _b.issued + _b.promised + amount <= budget)
    entered = session.connection().execute(entering.values(issued=_b.issued + amount))
    return bool(entered.rowcount)


def _first_to_take(session: Session, chosen: str, last: str, amount: int, budget: int | None) -> str:
    while not _takes(session, chosen, amount, budget) and chosen < last:
        close = update(budgets).where(_b.month == chosen)
        session.connection().execute(close.values(closed=True))
        chosen = months_later(chosen, 1)
    return chosen


def _takes(session: Session, month: str, amount: int, budget: int | None) -> bool:
    row = _locked(session, month)
    if budget is None:
        return True
    if row.closed:
        return False
    given = row.issued + row.promised
    return not given or given + amount <= budget + _given_back(session, month)


def _locked(session: Session, month: str) -> Any:
    """Read a month's budget and keep others from it until the end of the unit, always from early to late."""
    _open(session, month)
    query = select(_b.issued, _b.promised, _b.closed).where(_b.month == month).with_for_update()
    return session.connection().execute(query).one()


def _open(session: Session, month: str) -> None:
    """Begin a month. It gave nothing by rules yet: whatever does is entered here in the same unit."""
    if session.connection().execute(select(_b.month).where(_b.month == month)).first() is None:
        row = {"month": month, "issued": 0, "promised": 0, "closed": False}
        session.connection().execute(upsert(session, budgets).on_conflict_do_nothing(), [row])


def _given_back(session: Session, month: str) -> int:
    """Add up what reversals took back from a month's awards: it may be given again."""
    mended = transfers.alias("mended")
    query = (
        select(func.coalesce(func.sum(mended.c.amount), 0))
        .join(transfers, _t.id == mended.c.reverses)
        .where(mended.c.reverses > 0, mended.c.month == month)  # by their index, past everything else
        .where(_t.kind == TransferKind.AWARD, _t.rule.is_not(None))
    )
    return int(session.connection().execute(query).scalar_one())

"""Paying the awards that waited for this month, first come, first served, within its budget again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session

from points.accounts import community_account, held_by, lock, purse_of, purses_of
from points.activities import VersionedRule, activity_version
from points.awarded import Awarded, awarded
from points.budget import place, redeem_promise
from points.claims import asked
from points.earnings import waiting_awards
from points.inputs import read_inputs
from points.models import AccountKind, TransferKind, accounts
from points.months import month_of, month_start, months_later
from points.posting import Groups, Posted, Posting, post_one
from points.purses import share
from points.worth import Decision

AT_ONCE = 50  # a few statements each: a unit of work is short

_w = waiting_awards.c


@dataclass(frozen=True)
class PaidLater:
    """An award that waited is paid now."""

    waiting_id: int
    award: Awarded


@dataclass(frozen=True)
class PutOff:
    """The budget became smaller: an award waits once more, until `award.waiting_until`."""

    waiting_id: int
    award: Awarded


@dataclass(frozen=True)
class WaitingPaid:
    """What came of some awards that were due; with `more` others are due as well."""

    month: str
    outcomes: tuple[PaidLater | PutOff, ...]
    more: bool


def pay_waiting(session: Session, *, now: datetime, zone: ZoneInfo, budget: int | None) -> WaitingPaid:
    """Pay some of the awards that are due in this month or were before, in the order they came."""
    month = month_of(now, zone)
    rows = _due(session, month)
    outcomes = tuple(_settle(session, row, month, now, zone, budget) for row in rows)
    return WaitingPaid(month, outcomes, more=len(rows) == AT_ONCE)


def _due(session: Session, month: str) -> Sequence[Any]:
    """Find who is due, and hold first their accounts, then the rows themselves."""
    due = select(waiting_awards).where(_w.transfer.is_(None), _w.due <= month)
    found = session.connection().execute(due.order_by(_w.due, _w.id).limit(AT_ONCE)).all()
    earners = purses_of(session, [row.account for row in found])
    lock(session, [*earners, *earners.values()])
    again = due.where(_w.id.in_([row.id for row in found])).order_by(_w.due, _w.id).with_for_update()
    return session.connection().execute(again).all()


def _settle(
    session: Session, row: Any, month: str, now: datetime, zone: ZoneInfo, budget: int | None
) -> PaidLater | PutOff:
    rule = activity_version(session, row.rule, row.rule_version)
    decision = _decision(row, budget)
    promise = {"promised": row.due, "promise": row.amount, "month": month, "amount": decision.amount}
    if redeem_promise(session, **promise, budget=budget):
        posted = _pay(session, row, rule, decision, now, zone)
        return PaidLater(row.id, _told(session, row, rule, decision, posted=posted))
    chosen = place(session, month=month, amount=row.amount, budget=budget, since=months_later(month, 1))
    _change(session, row, due=chosen)
    return PutOff(row.id, _told(session, row, rule, decision, waiting_until=month_start(chosen, zone)))


def _decision(row: Any, budget: int | None) -> Decision:
    """Take over what was decided then; a month that may give less than one award gives what it may."""
    inputs = replace(read_inputs(row.inputs), earned_at=row.at)
    if budget is None or row.amount <= budget:
        return Decision(row.amount, inputs)
    return Decision(budget, replace(inputs, budget=budget), capped=True)


def _pay(
    session: Session, row: Any, rule: VersionedRule, decision: Decision, now: datetime, zone: ZoneInfo
) -> Posted:
    posting = Posting(
        key=row.key,
        kind=TransferKind.AWARD,
        debit=community_account(session, AccountKind.ISSUED),
        credit=row.account,
        amount=decision.amount,
        groups=Groups(row.household, row.team, row.building, row.grid),
        rule=row.rule,
        rule_version=row.rule_version,
        minutes=row.minutes,
        inputs=decision.inputs.written(rule.rule, row.minutes),
        request=asked(row.rule, row.account, row.minutes, decision.inputs.units),
    )
    posted = post_one(session, posting, now, zone=zone)
    share(session, [posting], now, zone=zone)
    _change(session, row, transfer=posted.transfer_id)
    return posted


def _change(session: Session, row: Any, **values: Any) -> None:
    session.connection().execute(update(waiting_awards).where(_w.id == row.id).values(**values))


def _told(
    session: Session,
    row: Any,
    rule: VersionedRule,
    decision: Decision,
    *,
    posted: Posted | None = None,
    waiting_until: datetime | None = None,
) -> Awarded:
    owner = session.connection().execute(select(accounts.c.owner).where(accounts.c.id == row.account))
    return awarded(
        int(owner.scalar_one()),
        rule,
        decision,
        balance=held_by(session, purse_of(session, row.account)).available,
        posted=posted,
        waiting_until=waiting_until,
    )

"""Redeeming: price on hold and a code; then cancelled by the resident or lapsed, or handed over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, insert, select, update
from sqlmodel import Session

from points.accounts import held_by, own_account, purse_of
from points.budgets import claim_budget
from points.codes import new_code
from points.errors import AlreadyHandedOver, CodeCancelled, CodeLapsed, NotYourReward, PointsError
from points.holding import place_hold, release_hold
from points.lookup import OfCode, RedemptionView, of_code, redemption
from points.months import day_end
from points.reward_terms import NO_FACTS, Facts
from points.sharing import ALONE, Shared
from points.shelf import RedemptionState, redemptions
from points.shop_errors import CodeReturned
from points.taking import check_limit, check_terms, count_taken, lock_reward, take_one


@dataclass(frozen=True)
class Redeemed(OfCode):
    """A code in the resident's hand; `balance` is what is still available."""

    balance: int
    lapses_at: datetime
    payer: str | None = None


@dataclass(frozen=True)
class GivenBack(OfCode):
    """A code that ended unused: the points are whose they were, the reward is on the shelf again.

    With `elsewhere` that is a household which the resident has left since.
    """

    balance: int
    reward_id: int
    elsewhere: bool = False


class Cancelled(GivenBack):
    """By the resident."""


class Lapsed(GivenBack):
    """By time."""


def redeem(
    session: Session,
    *,
    resident_id: int,
    household: str | None,
    reward_id: int,
    price_shown: int,
    now: datetime,
    zone: ZoneInfo,
    shared: Shared = ALONE,
    facts: Facts = NO_FACTS,
) -> Redeemed:
    """Put the reward's price on hold and hand out a code, good until the end of its last day.

    `shared` is what counts for the household besides its own.

    Raises:
        UnknownReward: there is none.
        RewardRetired … OutsideWindow: its terms refuse it, see `check_terms`.
        OutOfStock: nothing left, counting codes not yet handed over and what is kept for who waited.
        LimitReached: the household or resident had its share for the period.
        BudgetSpent: whoever pays for it has paid enough this month.
        NotEnoughPoints: the available balance is below the price.
    """
    account = own_account(session, resident_id)
    reward = lock_reward(session, reward_id)
    check_terms(reward, price_shown, facts, now, zone)
    take_one(session, reward, account)
    check_limit(session, reward, account, household, now, zone, shared)
    claim_budget(session, reward, now, zone)
    number = _hand_out_code(session, reward, account, household, now, zone)
    return _redeemed(session, redemption(session, number))


def cancel(session: Session, *, redemption_id: int, resident_id: int, now: datetime) -> Cancelled:
    """Give a code back before it is handed over.

    Raises:
        UnknownCode: there is no such redemption.
        NotYourReward: it is another resident's.
        AlreadyHandedOver, CodeLapsed, CodeCancelled: it does not wait any more.
    """
    view = redemption(session, redemption_id)
    if view.resident_id != resident_id:
        raise NotYourReward(view.code)
    if not end_code(session, view, RedemptionState.CANCELLED, now):
        raise why_ended(redemption(session, redemption_id))
    return Cancelled(**given_back(session, view))


def lapse(session: Session, *, redemption_id: int, now: datetime) -> Lapsed | None:
    """End a code whose time is over; None where there is nothing to end (yet, or any more)."""
    view = redemption(session, redemption_id)
    if now < view.lapses_at or not end_code(session, view, RedemptionState.LAPSED, now):
        return None
    return Lapsed(**given_back(session, view))


def why_ended(view: RedemptionView) -> PointsError:
    """Give the error that says why a code does not wait any more."""
    ended_at = view.ended_at or view.lapses_at
    if view.returned_at is not None:
        return CodeReturned(view.code, view.returned_at)
    if view.state is RedemptionState.HANDED_OVER:
        return AlreadyHandedOver(view.code, ended_at)
    if view.state is RedemptionState.CANCELLED:
        return CodeCancelled(view.code, ended_at)
    return CodeLapsed(view.code, min(ended_at, view.lapses_at))


def move_on(
    session: Session, view: RedemptionView, state: RedemptionState, now: datetime, **more: Any
) -> bool:
    """Change a redemption if it still is what was seen: of two who try at once, one comes first."""
    seen = update(redemptions).where(
        redemptions.c.id == view.redemption_id,
        redemptions.c.state == view.state,
        redemptions.c.hold == view.hold,
    )
    ended_at = None if state is RedemptionState.WAITING else now
    moved = session.connection().execute(seen.values(state=state, ended_at=ended_at, **more))
    return moved.rowcount == 1


def _redeemed(session: Session, view: RedemptionView) -> Redeemed:
    return Redeemed(
        **of_code(view),
        balance=held_by(session, purse_of(session, view.account)).available,
        lapses_at=view.lapses_at,
        payer=view.payer,
    )


def _hand_out_code(
    session: Session, reward: Row[Any], account: int, household: str | None, now: datetime, zone: ZoneInfo
) -> int:
    code = _unused_code(session)
    purse = purse_of(session, account)
    hold = place_hold(session, account=purse, amount=reward.price, key=f"code:{code}:1", now=now)
    row = {
        "code": code,
        "account": account,
        "household": household,
        "reward": reward.id,
        "merchant": reward.merchant,
        "price": reward.price,
        "hold": hold,
        "state": RedemptionState.WAITING,
        "at": now,
        "lapses_at": day_end(now, zone, days=reward.valid_days),
        "payer": reward.payer,
        "cost_fen": reward.cost_fen,
    }
    inserted = session.connection().execute(insert(redemptions).returning(redemptions.c.id), row)
    return int(inserted.scalar_one())


def _unused_code(session: Session) -> str:
    while True:
        code = new_code()
        query = select(redemptions.c.id).where(redemptions.c.code == code)
        if session.connection().execute(query).one_or_none() is None:
            return code


def end_code(session: Session, view: RedemptionView, state: RedemptionState, now: datetime) -> bool:
    """End a code that waits: points and reward go back; False where somebody else ended it first."""
    if view.state is not RedemptionState.WAITING or not move_on(session, view, state, now):
        return False
    count_taken(session, view.reward_id, -1)
    release_hold(session, hold=view.hold, now=now)
    return True


def given_back(session: Session, view: RedemptionView) -> dict[str, Any]:
    """Give the facts of a code that ended unused, as `GivenBack` takes them."""
    purse = purse_of(session, view.account)
    return {
        **of_code(view),
        "balance": held_by(session, purse).available,
        "reward_id": view.reward_id,
        "elsewhere": purse_of(session, view.purse) != purse,
    }

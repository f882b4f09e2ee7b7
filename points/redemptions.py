"""Redeeming: price on hold and a code; then cancelled by the resident or lapsed, or handed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update
from sqlmodel import Session

from points.accounts import held_by, resident_account
from points.codes import new_code
from points.errors import (
    AlreadyHandedOver,
    CodeCancelled,
    CodeLapsed,
    LimitReached,
    NotYourReward,
    OutOfStock,
    PointsError,
    PriceChanged,
    RewardRetired,
    UnknownReward,
)
from points.holding import place_hold, release_hold
from points.lookup import RedemptionView, redemption
from points.months import day_end, period_start
from points.rewards import Limit, limit_of
from points.sharing import counted
from points.shelf import RedemptionState, redemptions, rewards


@dataclass(frozen=True)
class Redeemed:
    """A code in the resident's hand; `balance` is what is still available."""

    redemption_id: int
    resident_id: int
    code: str
    names: Mapping[str, str]
    merchant: str
    merchant_names: Mapping[str, str]
    price: int
    balance: int
    lapses_at: datetime


@dataclass(frozen=True)
class GivenBack:
    """A code that ended unused: the points are the resident's again, the reward is on the shelf again."""

    redemption_id: int
    resident_id: int | None
    code: str
    names: Mapping[str, str]
    merchant: str
    merchant_names: Mapping[str, str]
    price: int
    balance: int


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
    left: Mapping[str, datetime] | None = None,
) -> Redeemed:
    """Put the reward's price on hold and hand out a code, good until the end of its last day.

    `left` are the households that people of this one left, and when: what those had used stays used.

    Raises:
        UnknownReward, RewardRetired: it is not on offer.
        PriceChanged: it no longer costs what the resident was shown.
        OutOfStock: nothing left, counting codes not yet handed over.
        LimitReached: the household or resident had its share for the period.
        NotEnoughPoints: the available balance is below the price.
    """
    account = resident_account(session, resident_id)
    reward = _take_from_stock(session, reward_id, price_shown)
    _check_limit(session, reward, account, household, now, zone, left or {})
    number = _hand_out_code(session, reward, account, household, now, zone)
    view = redemption(session, number)
    return Redeemed(
        redemption_id=number,
        resident_id=resident_id,
        code=view.code,
        names=view.names,
        merchant=view.merchant,
        merchant_names=view.merchant_names,
        price=view.price,
        balance=held_by(session, account).available,
        lapses_at=view.lapses_at,
    )


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
    if not _end(session, view, RedemptionState.CANCELLED, now):
        raise why_ended(redemption(session, redemption_id))
    return Cancelled(**_given_back(session, view))


def lapse(session: Session, *, redemption_id: int, now: datetime) -> Lapsed | None:
    """End a code whose time is over; None where there is nothing to end (yet, or any more)."""
    view = redemption(session, redemption_id)
    if now < view.lapses_at or not _end(session, view, RedemptionState.LAPSED, now):
        return None
    return Lapsed(**_given_back(session, view))


def why_ended(view: RedemptionView) -> PointsError:
    """Give the error that says why a code does not wait any more."""
    ended_at = view.ended_at or view.lapses_at
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


def _take_from_stock(session: Session, reward_id: int, price_shown: int) -> Row[Any]:
    """Take one from the shelf; the row stays locked until the end of the unit, so that limits count right."""
    there = or_(rewards.c.stock.is_(None), rewards.c.taken < rewards.c.stock)
    on_offer = (rewards.c.retired_at.is_(None), rewards.c.price == price_shown, there)
    taking = update(rewards).where(rewards.c.id == reward_id, *on_offer)
    taken = session.connection().execute(taking.values(taken=rewards.c.taken + 1).returning(rewards))
    reward = taken.one_or_none()
    if reward is None:
        raise _why_not_taken(session, reward_id, price_shown)
    return reward


def _why_not_taken(session: Session, reward_id: int, price_shown: int) -> PointsError:
    reward = session.connection().execute(select(rewards).where(rewards.c.id == reward_id)).one_or_none()
    if reward is None:
        return UnknownReward(reward_id)
    if reward.retired_at is not None:
        return RewardRetired(reward.names)
    if reward.price != price_shown:
        return PriceChanged(shown=price_shown, price=reward.price)
    return OutOfStock(reward.names)


def _check_limit(
    session: Session,
    reward: Row[Any],
    account: int,
    household: str | None,
    now: datetime,
    zone: ZoneInfo,
    left: Mapping[str, datetime],
) -> None:
    limit = limit_of(reward)
    if limit is None:
        return
    whose = counted(limit, account, household, left)
    if _had(session, reward.id, limit, whose, now, zone) >= limit.count:
        raise LimitReached(count=limit.count, per=limit.per, by=limit.by)


def _had(
    session: Session,
    reward_id: int,
    limit: Limit,
    whose: ColumnElement[bool],
    now: datetime,
    zone: ZoneInfo,
) -> int:
    kept = redemptions.c.state.in_((RedemptionState.WAITING, RedemptionState.HANDED_OVER))
    query = select(func.count()).where(redemptions.c.reward == reward_id, whose, kept)
    start = period_start(limit.per, now, zone)
    if start is not None:
        query = query.where(redemptions.c.at >= start)
    return int(session.connection().execute(query).scalar_one())


def _hand_out_code(
    session: Session, reward: Row[Any], account: int, household: str | None, now: datetime, zone: ZoneInfo
) -> int:
    code = _unused_code(session)
    hold = place_hold(session, account=account, amount=reward.price, key=f"code:{code}:1", now=now)
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
    }
    inserted = session.connection().execute(insert(redemptions).returning(redemptions.c.id), row)
    return int(inserted.scalar_one())


def _unused_code(session: Session) -> str:
    while True:
        code = new_code()
        query = select(redemptions.c.id).where(redemptions.c.code == code)
        if session.connection().execute(query).one_or_none() is None:
            return code


def _end(session: Session, view: RedemptionView, state: RedemptionState, now: datetime) -> bool:
    if view.state is not RedemptionState.WAITING or not move_on(session, view, state, now):
        return False
    back = update(rewards).where(rewards.c.id == view.reward_id)
    session.connection().execute(back.values(taken=rewards.c.taken - 1))
    release_hold(session, hold=view.hold, now=now)
    return True


def _given_back(session: Session, view: RedemptionView) -> dict[str, Any]:
    return {
        "redemption_id": view.redemption_id,
        "resident_id": view.resident_id,
        "code": view.code,
        "names": view.names,
        "merchant": view.merchant,
        "merchant_names": view.merchant_names,
        "price": view.price,
        "balance": held_by(session, view.account).available,
    }

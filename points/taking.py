"""Taking one of a reward: its row is locked first, so that stock, limits and budgets are counted exactly."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlmodel import Session

from points.counter import WaitState, waits
from points.errors import LimitReached, OutOfStock, PriceChanged, RewardRetired, UnknownReward
from points.months import period_start
from points.reward_terms import Facts, check_entitled, check_open, terms_of
from points.rewards import Limit, limit_of
from points.sharing import ALONE, Shared, counted
from points.shelf import RedemptionState, redemptions, rewards
from points.shop_errors import RewardPaused

IN_LINE = (WaitState.WAITING, WaitState.OFFERED)


def lock_reward(session: Session, reward_id: int) -> Row[Any]:
    """Read a reward and keep others from taking, adding or counting until the end of the unit.

    Raises:
        UnknownReward: there is none.
    """
    query = select(rewards).where(rewards.c.id == reward_id).with_for_update(key_share=True)
    row = session.connection().execute(query).one_or_none()
    if row is None:
        raise UnknownReward(reward_id)
    return row


def check_on_offer(reward: Row[Any]) -> None:
    """Refuse what nobody can have now.

    Raises:
        RewardRetired, RewardPaused: it is not handed out any more, or not for a while.
    """
    if reward.retired_at is not None:
        raise RewardRetired(reward.names)
    if reward.paused_at is not None:
        raise RewardPaused(reward.names)


def check_terms(reward: Row[Any], price_shown: int, facts: Facts, now: datetime, zone: ZoneInfo) -> None:
    """Refuse what cannot be had by this person, at this moment, for this price.

    Raises:
        RewardRetired, RewardPaused: it is not handed out any more, or not for a while.
        PriceChanged: it no longer costs what the resident was shown.
        AgeUnknown, TooYoung, NotForYourArea, CertificateMissing: it is for others.
        OutsideWindow: it can be redeemed at other hours or days.
    """
    check_on_offer(reward)
    if reward.price != price_shown:
        raise PriceChanged(shown=price_shown, price=reward.price)
    terms = terms_of(reward)
    check_entitled(reward.names, terms, facts, now, zone)
    check_open(reward.names, terms, now, zone)


def check_limit(
    session: Session,
    reward: Row[Any],
    account: int,
    household: str | None,
    now: datetime,
    zone: ZoneInfo,
    shared: Shared = ALONE,
) -> None:
    """Refuse who had their share; `shared` is what counts for the household besides its own.

    Raises:
        LimitReached: the household or resident had its share for the period.
    """
    limit = limit_of(reward)
    if limit is None:
        return
    whose = counted(session, limit, account, household, shared)
    if _had(session, reward.id, limit, whose, now, zone) >= limit.count:
        raise LimitReached(count=limit.count, per=limit.per, by=limit.by)


def free(session: Session, reward: Row[Any]) -> int | None:
    """Count what is neither taken nor kept for somebody in line; None where it does not run out."""
    if reward.stock is None:
        return None
    promised = select(func.count()).where(waits.c.reward == reward.id, waits.c.state == WaitState.OFFERED)
    kept = int(session.connection().execute(promised).scalar_one())
    return max(0, int(reward.stock) - int(reward.taken) - kept)


def take_one(session: Session, reward: Row[Any], account: int) -> None:
    """Take one from the shelf: what was kept for this account, or else what is free.

    Raises:
        OutOfStock: nothing is left, counting codes not yet handed over and what is kept for others.
    """
    mine = select(waits.c.id, waits.c.state).where(
        waits.c.reward == reward.id, waits.c.account == account, waits.c.state.in_(IN_LINE)
    )
    wait = session.connection().execute(mine).one_or_none()
    kept = wait is not None and wait.state is WaitState.OFFERED
    if not kept and free(session, reward) == 0:
        raise OutOfStock(reward.names)
    if wait is not None:
        done = update(waits).where(waits.c.id == wait.id)
        session.connection().execute(done.values(state=WaitState.TAKEN))
    count_taken(session, reward.id, 1)


def count_taken(session: Session, reward_id: int, change: int) -> None:
    """Count one more or one fewer as taken."""
    counted = update(rewards).where(rewards.c.id == reward_id)
    session.connection().execute(counted.values(taken=rewards.c.taken + change))


def _had(
    session: Session,
    reward_id: int,
    limit: Limit,
    whose: ColumnElement[bool],
    now: datetime,
    zone: ZoneInfo,
) -> int:
    kept = redemptions.c.state.in_((RedemptionState.WAITING, RedemptionState.HANDED_OVER))
    query = select(func.count()).where(
        redemptions.c.reward == reward_id, whose, kept, redemptions.c.returned_at.is_(None)
    )
    start = period_start(limit.per, now, zone)
    if start is not None:
        query = query.where(redemptions.c.at >= start)
    return int(session.connection().execute(query).scalar_one())

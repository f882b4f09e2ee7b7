"""What a shop counts itself: how many came in, how many are left, and what it hands out to nobody for now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from points.counter import WaitState, waits
from points.errors import UnknownReward
from points.shelf import RedemptionState, redemptions, rewards
from points.shop_errors import BadCount, NotCounted
from points.taking import lock_reward

MOST = 100_000  # of one thing on one shelf


@dataclass(frozen=True)
class ShelfView:
    """A reward as its shop sees it: free, redeemed and not fetched yet, kept for who waited.

    `left` is None where it does not run out, and nothing is counted.
    """

    reward_id: int
    code: str
    names: Mapping[str, str]
    merchant: str
    left: int | None
    unfetched: int
    kept: int
    paused: bool


@dataclass(frozen=True)
class StockChanged:
    """The shop counted anew; who waits for the reward may be served."""

    reward_id: int
    left: int


@dataclass(frozen=True)
class RewardStopped:
    """The shop hands it out to nobody for now; codes that wait stay good."""

    reward_id: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class RewardResumed:
    """The shop hands it out again; who waits for it may be served."""

    reward_id: int
    names: Mapping[str, str]


def shelf_of(session: Session, merchant: str) -> list[ShelfView]:
    """Give what a shop has on offer, in the order of the file."""
    query = _shelf().where(rewards.c.merchant == merchant, rewards.c.retired_at.is_(None))
    return [_view(row) for row in session.connection().execute(query.order_by(rewards.c.position))]


def on_shelf(session: Session, reward_id: int) -> ShelfView:
    """Give one reward as its shop sees it.

    Raises:
        UnknownReward: there is none.
    """
    row = session.connection().execute(_shelf().where(rewards.c.id == reward_id)).one_or_none()
    if row is None:
        raise UnknownReward(reward_id)
    return _view(row)


def add_stock(session: Session, *, reward_id: int, count: int) -> StockChanged:
    """Count as many more as came in.

    Raises:
        UnknownReward: there is none.
        NotCounted: it does not run out.
        BadCount: so many cannot be.
    """
    shelf = _counted(session, reward_id)
    if not 0 < count <= MOST:
        raise BadCount(1, MOST)
    return _left(session, shelf, (shelf.left or 0) + count)


def set_left(session: Session, *, reward_id: int, left: int) -> StockChanged:
    """Say how many can still be redeemed, besides what waits to be fetched or is kept.

    Raises:
        UnknownReward: there is none.
        NotCounted: it does not run out.
        BadCount: so many cannot be.
    """
    shelf = _counted(session, reward_id)
    if not 0 <= left <= MOST:
        raise BadCount(0, MOST)
    return _left(session, shelf, left)


def stop_reward(session: Session, *, reward_id: int, now: datetime) -> RewardStopped:
    """Hand it out to nobody for now; doing so twice changes nothing.

    Raises:
        UnknownReward: there is none.
    """
    reward = lock_reward(session, reward_id)
    _pause(session, reward_id, reward.paused_at or now)
    return RewardStopped(reward_id, reward.names)


def resume_reward(session: Session, *, reward_id: int) -> RewardResumed:
    """Hand it out again.

    Raises:
        UnknownReward: there is none.
    """
    reward = lock_reward(session, reward_id)
    _pause(session, reward_id, None)
    return RewardResumed(reward_id, reward.names)


def _counted(session: Session, reward_id: int) -> ShelfView:
    lock_reward(session, reward_id)
    shelf = on_shelf(session, reward_id)
    if shelf.left is None:
        raise NotCounted(shelf.names)
    return shelf


def _left(session: Session, shelf: ShelfView, left: int) -> StockChanged:
    counted = update(rewards).where(rewards.c.id == shelf.reward_id)
    stock = rewards.c.taken + shelf.kept + left
    session.connection().execute(counted.values(stock=stock))
    return StockChanged(shelf.reward_id, left)


def _pause(session: Session, reward_id: int, at: datetime | None) -> None:
    session.connection().execute(update(rewards).where(rewards.c.id == reward_id).values(paused_at=at))


def _shelf() -> Any:
    unfetched = select(func.count()).where(
        redemptions.c.reward == rewards.c.id, redemptions.c.state == RedemptionState.WAITING
    )
    kept = select(func.count()).where(waits.c.reward == rewards.c.id, waits.c.state == WaitState.OFFERED)
    return select(
        rewards, unfetched.scalar_subquery().label("unfetched"), kept.scalar_subquery().label("kept")
    )


def _view(row: Row[Any]) -> ShelfView:
    return ShelfView(
        reward_id=row.id,
        code=row.code,
        names=row.names,
        merchant=row.merchant,
        left=None if row.stock is None else max(0, row.stock - row.taken - row.kept),
        unfetched=row.unfetched,
        kept=row.kept,
        paused=row.paused_at is not None,
    )

"""Waiting for a reward that is out of stock: in line, told in turn, and what comes back is kept for a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, insert, select, update
from sqlmodel import Session

from points.accounts import find_own_account, own_account
from points.budgets import budgets_left, reopening
from points.counter import WaitState, waits
from points.errors import RewardRetired
from points.models import accounts
from points.reward_terms import NO_FACTS, Facts, check_entitled, terms_of
from points.sharing import ALONE, Shared
from points.shop_errors import InStock
from points.taking import IN_LINE, check_limit, free, lock_reward

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Wait:
    """How somebody waits: the place in line from 1, or until when one is kept for them."""

    wait_id: int
    reward_id: int
    place: int
    until: datetime | None


@dataclass(frozen=True)
class InLine:
    """Somebody waits for a reward from now on (or did before)."""

    reward_id: int
    names: Mapping[str, str]
    place: int


@dataclass(frozen=True)
class LeftLine:
    """Somebody waits no longer; what was kept for them is the next one's."""

    reward_id: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class Turn:
    """What happens to one who waits; `resident_id` is None where they were forgotten."""

    wait_id: int
    resident_id: int | None
    reward_id: int
    names: Mapping[str, str]
    price: int
    until: datetime


class Offered(Turn):
    """One came back, and is kept for them until then."""


class OfferPassed(Turn):
    """They did not take it in time."""


class OfferProlonged(Turn):
    """They could not take it, because it was closed: it is kept for longer."""


def wait_for(
    session: Session,
    *,
    resident_id: int,
    household: str | None,
    reward_id: int,
    now: datetime,
    zone: ZoneInfo,
    facts: Facts = NO_FACTS,
    shared: Shared = ALONE,
) -> InLine:
    """Stand in line for a reward of which nothing is left; who stands there already keeps the place.

    `shared` is what counts for the household besides its own.

    Raises:
        UnknownReward, RewardRetired: nobody will get it any more.
        AgeUnknown, TooYoung, NotForYourArea, CertificateMissing: it is for others.
        LimitReached: the household or resident had its share for the period.
        InStock: there is one, or one is kept for them: they can redeem it.
    """
    account = own_account(session, resident_id)
    reward = lock_reward(session, reward_id)
    if reward.retired_at is not None:
        raise RewardRetired(reward.names)
    check_entitled(reward.names, terms_of(reward), facts, now, zone)
    check_limit(session, reward, account, household, now, zone, shared)
    mine = _in_line(session, account, reward_id)
    if free(session, reward) != 0 or (mine is not None and mine.state is WaitState.OFFERED):
        raise InStock(reward.names)
    if mine is None:
        row = {"reward": reward_id, "account": account, "state": WaitState.WAITING, "at": now}
        session.connection().execute(insert(waits), row)
    return InLine(reward_id, reward.names, _place(session, reward_id, account))


def stop_waiting(session: Session, *, resident_id: int, reward_id: int) -> LeftLine:
    """Leave a reward's line; who does not stand in it leaves nothing.

    Raises:
        UnknownReward: there is none.
    """
    reward = lock_reward(session, reward_id)
    account = find_own_account(session, resident_id)
    mine = waits.c.account == account, waits.c.reward == reward_id, waits.c.state.in_(IN_LINE)
    session.connection().execute(update(waits).where(*mine).values(state=WaitState.LEFT))
    return LeftLine(reward_id, reward.names)


def wait_of(session: Session, resident_id: int, reward_id: int) -> Wait | None:
    """Say how somebody waits for a reward, if they do."""
    account = find_own_account(session, resident_id)
    mine = None if account is None else _in_line(session, account, reward_id)
    if account is None or mine is None:
        return None
    place = 0 if mine.until else _place(session, reward_id, account)
    return Wait(mine.id, reward_id, place, mine.until)


def waits_of(session: Session, resident_id: int) -> list[int]:
    """Give the rewards for which a resident waits."""
    account = find_own_account(session, resident_id)
    mine = waits.c.account == account, waits.c.state.in_(IN_LINE)
    return list(session.connection().execute(select(waits.c.reward).where(*mine)).scalars())


def serve_line(session: Session, *, reward_id: int, now: datetime, zone: ZoneInfo) -> tuple[Offered, ...]:
    """Keep what is free for those first in line, each for a day in which it can be redeemed."""
    reward = lock_reward(session, reward_id)
    if not _is_open(session, reward, now, zone):
        return ()
    rows = _first(session, reward_id, free(session, reward))
    until = _fair_until(reward, now, zone)
    for row in rows:
        kept = update(waits).where(waits.c.id == row.id)
        session.connection().execute(kept.values(state=WaitState.OFFERED, until=until))
    return tuple(Offered(**_turn(row, reward, until)) for row in rows)


def serve_every_line(session: Session, *, now: datetime, zone: ZoneInfo) -> tuple[Offered, ...]:
    """Do that for each reward somebody waits for: after a restock by the file, or in a new month."""
    waited = select(waits.c.reward).where(waits.c.state == WaitState.WAITING).distinct()
    numbers = sorted(session.connection().execute(waited).scalars())
    return tuple(
        offered for number in numbers for offered in serve_line(session, reward_id=number, now=now, zone=zone)
    )


def lapse_offer(
    session: Session, *, wait_id: int, now: datetime, zone: ZoneInfo
) -> OfferPassed | OfferProlonged | None:
    """End what was kept for somebody and not taken in time; None where there is nothing to end (yet).

    What nobody could redeem, because the shop or the payer closed it, is kept for another day.
    """
    row = session.connection().execute(_turns().where(waits.c.id == wait_id)).one_or_none()
    if row is None:
        return None
    reward = lock_reward(session, row.reward)
    row = session.connection().execute(_turns().where(waits.c.id == wait_id)).one()
    if row.state is not WaitState.OFFERED or row.until > now:
        return None
    ending = update(waits).where(waits.c.id == wait_id)
    if reward.retired_at is None and not _is_open(session, reward, now, zone):
        session.connection().execute(ending.values(until=now + KEPT_FOR))
        return OfferProlonged(**_turn(row, reward, now + KEPT_FOR))
    session.connection().execute(ending.values(state=WaitState.PASSED))
    return OfferPassed(**_turn(row, reward, row.until))


def _is_open(session: Session, reward: Row[Any], now: datetime, zone: ZoneInfo) -> bool:
    if reward.retired_at is not None or reward.paused_at is not None:
        return False
    window = terms_of(reward).window
    if window is not None and window.has_ended(now.astimezone(zone)):
        return False
    return reopening(reward, budgets_left(session, now, zone), now, zone) is None


def _fair_until(reward: Row[Any], now: datetime, zone: ZoneInfo) -> datetime:
    """Give a day from now, or from the next opening where it is redeemed at certain hours only."""
    window = terms_of(reward).window
    opening = window.next_opening(now, zone) if window is not None else None
    return (opening or now) + KEPT_FOR


def _in_line(session: Session, account: int, reward_id: int) -> Row[Any] | None:
    mine = waits.c.account == account, waits.c.reward == reward_id, waits.c.state.in_(IN_LINE)
    return session.connection().execute(select(waits).where(*mine)).one_or_none()


def _place(session: Session, reward_id: int, account: int) -> int:
    waiting = waits.c.reward == reward_id, waits.c.state == WaitState.WAITING
    mine = select(waits.c.id).where(*waiting, waits.c.account == account).scalar_subquery()
    ahead = select(func.count()).select_from(waits).where(*waiting, waits.c.id <= mine)
    return int(session.connection().execute(ahead).scalar_one())


def _first(session: Session, reward_id: int, count: int | None) -> Sequence[Row[Any]]:
    waiting = waits.c.reward == reward_id, waits.c.state == WaitState.WAITING
    query = _turns().where(*waiting).order_by(waits.c.id)
    return session.connection().execute(query if count is None else query.limit(count)).all()


def _turns() -> Any:
    return select(waits, accounts.c.owner).join(accounts, accounts.c.id == waits.c.account)


def _turn(row: Row[Any], reward: Row[Any], until: datetime) -> dict[str, Any]:
    return {
        "wait_id": row.id,
        "resident_id": None if row.owner is None else int(row.owner),
        "reward_id": row.reward,
        "names": reward.names,
        "price": reward.price,
        "until": until,
    }

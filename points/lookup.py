"""Finding a redemption by its code, its number or its owner."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from points.accounts import find_own_account
from points.codes import normal_code
from points.errors import UnknownCode
from points.models import accounts, holds
from points.shelf import RedemptionState, merchants, redemptions, rewards


@dataclass(frozen=True)
class OfCode:
    """What everybody is told of a code; `resident_id` is None where its owner asked to be forgotten."""

    redemption_id: int
    resident_id: int | None
    code: str
    names: Mapping[str, str]
    merchant: str
    merchant_names: Mapping[str, str]
    price: int


@dataclass(frozen=True)
class RedemptionView(OfCode):
    """A code and what became of it.

    `account` is the owner's own, `purse` the one whose points were put on hold.
    """

    state: RedemptionState
    reward_id: int
    reward: str
    at: datetime
    lapses_at: datetime
    ended_at: datetime | None
    account: int
    hold: int
    transfer: int | None
    payer: str | None = None
    returned_at: datetime | None = None
    settlement: int | None = None
    purse: int = 0


def of_code(view: RedemptionView) -> dict[str, Any]:
    """Give that of a code, for whatever tells of it."""
    return {one.name: getattr(view, one.name) for one in fields(OfCode)}


def look_up(session: Session, code: str) -> RedemptionView:
    """Find what a code stands for, however it was typed.

    Raises:
        UnknownCode: nothing does.
    """
    row = session.connection().execute(_views().where(redemptions.c.code == normal_code(code))).one_or_none()
    if row is None:
        raise UnknownCode(code)
    return _view(row)


def redemption(session: Session, redemption_id: int) -> RedemptionView:
    """Find a redemption by its number.

    Raises:
        UnknownCode: there is none.
    """
    row = session.connection().execute(_views().where(redemptions.c.id == redemption_id)).one_or_none()
    if row is None:
        raise UnknownCode(str(redemption_id))
    return _view(row)


def redemptions_of(session: Session, resident_id: int) -> list[RedemptionView]:
    """Give all codes a resident ever had, the newest first."""
    account = find_own_account(session, resident_id)
    query = _views().where(redemptions.c.account == account).order_by(redemptions.c.id.desc())
    return [_view(row) for row in session.connection().execute(query)]


def waiting_codes(session: Session, resident_id: int) -> list[RedemptionView]:
    """Give the codes a resident can still use, the newest first."""
    return [view for view in redemptions_of(session, resident_id) if view.state is RedemptionState.WAITING]


def fetched_codes(session: Session, resident_id: int, *, since: datetime) -> list[RedemptionView]:
    """Give what a resident received since a moment, the newest first."""
    return [
        view
        for view in redemptions_of(session, resident_id)
        if view.state is RedemptionState.HANDED_OVER and view.ended_at is not None and view.ended_at >= since
    ]


def handovers_of(session: Session, merchant: str, *, since: datetime) -> list[RedemptionView]:
    """Give what a shop handed over since a moment, the newest first; what it took back is not among it."""
    done = redemptions.c.state == RedemptionState.HANDED_OVER, redemptions.c.returned_at.is_(None)
    query = _views().where(redemptions.c.merchant == merchant, redemptions.c.ended_at >= since, *done)
    rows = session.connection().execute(
        query.order_by(redemptions.c.ended_at.desc(), redemptions.c.id.desc())
    )
    return [_view(row) for row in rows]


def lapsing(session: Session, now: datetime, *, at_most: int = 500) -> list[int]:
    """Give the redemptions whose time is over and who still wait, the oldest first."""
    waiting = redemptions.c.state == RedemptionState.WAITING
    query = select(redemptions.c.id).where(waiting, redemptions.c.lapses_at <= now)
    return list(
        session.connection().execute(query.order_by(redemptions.c.lapses_at).limit(at_most)).scalars()
    )


def _views() -> Any:
    owner, reward_names = accounts.c.owner, rewards.c.names
    return (
        select(
            redemptions,
            owner,
            reward_names,
            rewards.c.code.label("reward_code"),
            merchants.c.names.label("merchant_names"),
            func.coalesce(holds.c.account, redemptions.c.account).label("purse"),
        )
        .join(accounts, accounts.c.id == redemptions.c.account)
        .join(rewards, rewards.c.id == redemptions.c.reward)
        .join(merchants, merchants.c.code == redemptions.c.merchant)
        .outerjoin(holds, holds.c.id == redemptions.c.hold)
    )


def _view(row: Row[Any]) -> RedemptionView:
    return RedemptionView(
        redemption_id=row.id,
        code=row.code,
        state=row.state,
        resident_id=None if row.owner is None else int(row.owner),
        reward_id=row.reward,
        reward=row.reward_code,
        names=row.names,
        merchant=row.merchant,
        merchant_names=row.merchant_names,
        price=row.price,
        at=row.at,
        lapses_at=row.lapses_at,
        ended_at=row.ended_at,
        account=row.account,
        hold=row.hold,
        transfer=row.transfer,
        payer=row.payer,
        returned_at=row.returned_at,
        settlement=row.settlement,
        purse=row.purse,
    )

"""Settling a shop's month: what it handed over, who pays what for it, and what has to be put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, or_, select, update
from sqlmodel import Session

from points.accounts import community_account, open_account
from points.counter import settlements, sponsors
from points.models import AccountKind, TransferKind
from points.months import month_start, months_later
from points.names import ANY
from points.posting import Posting, post_one
from points.reward_terms import COMMUNITY
from points.shelf import RedemptionState, merchants, redemptions, rewards
from points.storing import upsert


@dataclass(frozen=True)
class SettledItem:
    """One thing handed over, or, as a correction, one whose points were given back after it was settled.

    A correction has its figures below zero, and the moment at which the points were given back.
    """

    redemption_id: int
    at: datetime
    code: str
    reward: str
    names: Mapping[str, str]
    points: int
    cost_fen: int
    payer: str | None
    correction: bool


@dataclass(frozen=True)
class PayerSum:
    """What one payer owes the shop for the month; nothing agreed has no payer, and no money."""

    payer: str | None
    names: Mapping[str, str]
    handed_over: int
    corrections: int
    points: int
    cost_fen: int


@dataclass(frozen=True)
class SettlementView:
    """A shop's month; while it is not settled yet, `settled_at` is None and more may come.

    `due_fen` is what others owe the shop: what it carries itself is not in it.
    """

    merchant: str
    merchant_names: Mapping[str, str]
    month: str
    settled_at: datetime | None
    items: tuple[SettledItem, ...]
    payers: tuple[PayerSum, ...]

    @property
    def handed_over(self) -> int:
        return sum(one.handed_over for one in self.payers)

    @property
    def corrections(self) -> int:
        return sum(one.corrections for one in self.payers)

    @property
    def points(self) -> int:
        return sum(one.points for one in self.payers)

    @property
    def due_fen(self) -> int:
        return sum(one.cost_fen for one in self.payers if one.payer != self.merchant)


@dataclass(frozen=True)
class MonthSettled:
    """A shop's month is settled: its points left it, and its figures stand."""

    merchant: str
    month: str


def settle_every_shop(
    session: Session, *, month: str, now: datetime, zone: ZoneInfo
) -> tuple[MonthSettled, ...]:
    """Settle a month that is over, for every shop with something to settle; again it settles nothing."""
    open_ones = or_(_unsettled(month, zone), _uncorrected(month, zone))
    query = select(redemptions.c.merchant).where(open_ones).distinct()
    codes = sorted(session.connection().execute(query).scalars())
    settled = (settle_shop(session, merchant=code, month=month, now=now, zone=zone) for code in codes)
    return tuple(one for one in settled if one is not None)


def settle_shop(
    session: Session, *, merchant: str, month: str, now: datetime, zone: ZoneInfo
) -> MonthSettled | None:
    """Settle what a shop handed over up to the end of a month, and what was put right since it was settled.

    The points of the month leave the shop under a key of shop and month. None where it was settled before.
    """
    number = _begin(session, merchant, month, now)
    if number is None:
        return None
    mine = redemptions.c.merchant == merchant
    taken = update(redemptions).where(mine, _unsettled(month, zone)).values(settlement=number)
    prices = session.connection().execute(taken.returning(redemptions.c.price)).scalars().all()
    put_right = update(redemptions).where(mine, _uncorrected(month, zone))
    session.connection().execute(put_right.values(correction=number))
    if prices:
        posted = post_one(session, _posting(session, merchant, month, sum(prices)), now, zone=zone)
        done = update(settlements).where(settlements.c.id == number)
        session.connection().execute(done.values(transfer=posted.transfer_id))
    return MonthSettled(merchant, month)


def settlement(session: Session, *, merchant: str, month: str, zone: ZoneInfo) -> SettlementView:
    """Give a shop's month: as it was settled, or as it stands so far."""
    done = select(settlements).where(settlements.c.merchant == merchant, settlements.c.month == month)
    row = session.connection().execute(done).one_or_none()
    if row is None:
        start = month_start(month, zone)
        taken = and_(_unsettled(month, zone), redemptions.c.ended_at >= start)
        back = and_(_uncorrected(month, zone), redemptions.c.returned_at >= start)
    else:
        taken, back = redemptions.c.settlement == row.id, redemptions.c.correction == row.id
    handed_over = _items(session, merchant, taken, correction=False)
    items = (*handed_over, *_items(session, merchant, back, correction=True))
    return SettlementView(
        merchant=merchant,
        merchant_names=_names(session, merchants).get(merchant, {ANY: merchant}),
        month=month,
        settled_at=None if row is None else row.at,
        items=items,
        payers=_sums(session, items),
    )


def give_back_settled(session: Session, *, redemption_id: int, now: datetime, zone: ZoneInfo) -> None:
    """Let a shop have the points of a settled handover again, so that they can go back to the customer."""
    query = select(redemptions).where(redemptions.c.id == redemption_id)
    row = session.connection().execute(query).one()
    back = Posting(
        key=f"settlement:{row.merchant}:back:{row.transfer}",
        kind=TransferKind.SETTLEMENT,
        debit=community_account(session, AccountKind.REDEEMED),
        credit=open_account(session, AccountKind.MERCHANT, row.merchant),
        amount=row.price,
    )
    post_one(session, back, now, zone=zone)


def _begin(session: Session, merchant: str, month: str, now: datetime) -> int | None:
    row = {"merchant": merchant, "month": month, "at": now}
    begun = upsert(session, settlements).values(row).on_conflict_do_nothing()
    number = session.connection().execute(begun.returning(settlements.c.id)).scalar_one_or_none()
    return None if number is None else int(number)


def _posting(session: Session, merchant: str, month: str, amount: int) -> Posting:
    return Posting(
        key=f"settlement:{merchant}:{month}",
        kind=TransferKind.SETTLEMENT,
        debit=open_account(session, AccountKind.MERCHANT, merchant),
        credit=community_account(session, AccountKind.REDEEMED),
        amount=amount,
    )


def _unsettled(month: str, zone: ZoneInfo) -> Any:
    return and_(
        redemptions.c.state == RedemptionState.HANDED_OVER,
        redemptions.c.ended_at < month_start(months_later(month, 1), zone),
        redemptions.c.returned_at.is_(None),
        redemptions.c.settlement.is_(None),
    )


def _uncorrected(month: str, zone: ZoneInfo) -> Any:
    return and_(
        redemptions.c.returned_at < month_start(months_later(month, 1), zone),
        redemptions.c.settlement.is_not(None),
        redemptions.c.correction.is_(None),
    )


def _items(session: Session, merchant: str, which: Any, *, correction: bool) -> list[SettledItem]:
    at = redemptions.c.returned_at if correction else redemptions.c.ended_at
    query = (
        select(redemptions, rewards.c.code.label("reward_code"), rewards.c.names, at.label("counted_at"))
        .join(rewards, rewards.c.id == redemptions.c.reward)
        .where(redemptions.c.merchant == merchant, which)
        .order_by(at, redemptions.c.id)
    )
    return [_item(row, -1 if correction else 1) for row in session.connection().execute(query)]


def _item(row: Row[Any], sign: int) -> SettledItem:
    return SettledItem(
        redemption_id=row.id,
        at=row.counted_at,
        code=row.code,
        reward=row.reward_code,
        names=row.names,
        points=sign * row.price,
        cost_fen=sign * (row.cost_fen or 0),
        payer=row.payer,
        correction=sign < 0,
    )


def _sums(session: Session, items: Sequence[SettledItem]) -> tuple[PayerSum, ...]:
    known = _names(session, sponsors) | _names(session, merchants)
    payers = sorted({one.payer for one in items}, key=lambda payer: (payer != COMMUNITY, payer or "~"))
    return tuple(
        PayerSum(
            payer=payer,
            names=known.get(payer or "", {ANY: payer or ""}),
            handed_over=sum(not one.correction for one in items if one.payer == payer),
            corrections=sum(one.correction for one in items if one.payer == payer),
            points=sum(one.points for one in items if one.payer == payer),
            cost_fen=sum(one.cost_fen for one in items if one.payer == payer),
        )
        for payer in payers
    )


def _names(session: Session, table: Any) -> dict[str, Mapping[str, str]]:
    return dict(session.connection().execute(select(table.c.code, table.c.names)).all())

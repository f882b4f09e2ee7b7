"""Rewards and the merchants who keep them: what points buy, as the neighbourhood's file lists it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlmodel import Session

from points.budgets import SponsorEntry, budgets_left, reopening, synchronise_sponsors
from points.counter import WaitState, waits
from points.errors import UnknownReward
from points.months import Per
from points.names import ANY
from points.reward_terms import FOR_EVERYBODY, Terms, terms_of, terms_values
from points.shelf import By, merchants, rewards
from points.storing import keep_listed, retire_others

UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Limit:
    """At most `count` of the reward in each period, for each household or resident."""

    count: int
    per: Per
    by: By


@dataclass(frozen=True)
class RewardOffer:
    """A reward as listed; `merchant` is a code, and no stock means that it does not run out."""

    code: str
    names: Mapping[str, str]
    price: int
    merchant: str
    valid_days: int
    stock: int | None = None
    limit: Limit | None = None
    terms: Terms = FOR_EVERYBODY


@dataclass(frozen=True)
class MerchantEntry:
    code: str
    names: Mapping[str, str]
    area: str | None = None
    phone: str | None = None
    hours: str | None = None


@dataclass(frozen=True)
class OfferView:
    """A reward as a resident sees it; `left` is None where it does not run out.

    What is kept for whoever waited for it is not left. `reopens_at` says that its payer has paid enough for
    this month.
    """

    reward_id: int
    code: str
    names: Mapping[str, str]
    price: int
    left: int | None
    merchant: str
    merchant_names: Mapping[str, str]
    valid_days: int
    limit: Limit | None
    terms: Terms = FOR_EVERYBODY
    paused: bool = False
    reopens_at: datetime | None = None

    @property
    def closed(self) -> bool:
        """Tell whether nobody can redeem it for now, however much is left."""
        return self.paused or self.reopens_at is not None


def synchronise_rewards(
    session: Session,
    offers: Sequence[RewardOffer],
    entries: Sequence[MerchantEntry],
    now: datetime,
    sponsors: Sequence[SponsorEntry] = (),
) -> None:
    """Bring rewards, merchants and sponsors in line with the neighbourhood's file, by code.

    What is listed is kept or changed, what is not is retired, never removed. A merchant exists by being named
    in a reward; codes handed out stay taken from a stock that was changed, and what the shop counted since
    stays until the file says another stock than before.
    """
    synchronise_sponsors(session, sponsors, now)
    listed = {entry.code: entry for entry in entries}
    named = {offer.merchant: MerchantEntry(offer.merchant, {ANY: offer.merchant}) for offer in offers}
    for entry in (named | listed).values():
        keep_listed(session, merchants, entry.code, _merchant_values(entry))
    retire_others(session, merchants, {*named, *listed}, now)
    listed_stocks = dict(session.connection().execute(select(rewards.c.code, rewards.c.listed_stock)).all())
    for position, offer in enumerate(offers):
        values = _reward_values(offer) | {"position": position}
        if offer.code not in listed_stocks or listed_stocks[offer.code] != offer.stock:
            values |= {"stock": offer.stock, "listed_stock": offer.stock}
        keep_listed(session, rewards, offer.code, values)
    retire_others(session, rewards, {offer.code for offer in offers}, now)


def catalogue(session: Session, *, now: datetime | None = None, zone: ZoneInfo = UTC) -> list[OfferView]:
    """Give the rewards on offer in the order of the file, also those of which nothing is left.

    Whether a payer's budget closes one is told for the moment that is given.
    """
    query = _offers().where(rewards.c.retired_at.is_(None)).order_by(rewards.c.position)
    left = budgets_left(session, now, zone) if now else {}
    return [_view(row, left, now, zone) for row in session.connection().execute(query)]


def offer_of(
    session: Session, reward_id: int, *, now: datetime | None = None, zone: ZoneInfo = UTC
) -> OfferView:
    """Give one reward, retired or not.

    Raises:
        UnknownReward: there is none.
    """
    row = session.connection().execute(_offers().where(rewards.c.id == reward_id)).one_or_none()
    if row is None:
        raise UnknownReward(reward_id)
    return _view(row, budgets_left(session, now, zone) if now else {}, now, zone)


def reward_names(session: Session) -> dict[str, dict[str, str]]:
    """Give the names of every reward there ever was, by code."""
    return dict(session.connection().execute(select(rewards.c.code, rewards.c.names)).all())


def current_merchants(session: Session) -> list[MerchantEntry]:
    """Give the merchants there are, by code."""
    query = select(merchants).where(merchants.c.retired_at.is_(None)).order_by(merchants.c.code)
    rows = session.connection().execute(query)
    return [MerchantEntry(row.code, row.names, row.area, row.phone, row.hours) for row in rows]


def _offers() -> Any:
    joined = rewards.join(merchants, merchants.c.code == rewards.c.merchant)
    promised = select(func.count()).where(waits.c.reward == rewards.c.id, waits.c.state == WaitState.OFFERED)
    return select(
        rewards,
        merchants.c.names.label("merchant_names"),
        promised.scalar_subquery().label("promised"),
    ).select_from(joined)


def _view(row: Row[Any], left: Mapping[str, int], now: datetime | None, zone: ZoneInfo) -> OfferView:
    return OfferView(
        reward_id=row.id,
        code=row.code,
        names=row.names,
        price=row.price,
        left=None if row.stock is None else max(0, row.stock - row.taken - row.promised),
        merchant=row.merchant,
        merchant_names=row.merchant_names,
        valid_days=row.valid_days,
        limit=limit_of(row),
        terms=terms_of(row),
        paused=row.paused_at is not None,
        reopens_at=reopening(row, left, now, zone) if now else None,
    )


def limit_of(row: Row[Any]) -> Limit | None:
    """Read the limit of a reward's row."""
    return None if row.limit_count is None else Limit(row.limit_count, row.limit_per, row.limit_by)


def _merchant_values(entry: MerchantEntry) -> dict[str, Any]:
    return {"names": dict(entry.names), "area": entry.area, "phone": entry.phone, "hours": entry.hours}


def _reward_values(offer: RewardOffer) -> dict[str, Any]:
    return {
        "names": dict(offer.names),
        "price": offer.price,
        "merchant": offer.merchant,
        "valid_days": offer.valid_days,
        "limit_count": offer.limit.count if offer.limit else None,
        "limit_per": offer.limit.per if offer.limit else None,
        "limit_by": offer.limit.by if offer.limit else None,
        **terms_values(offer.terms),
    }

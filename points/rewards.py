"""Rewards and the merchants who keep them: what points buy, as the neighbourhood's file lists it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, insert, select, update
from sqlmodel import Session

from points.errors import UnknownReward
from points.months import Per
from points.names import ANY
from points.shelf import By, merchants, rewards


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


@dataclass(frozen=True)
class MerchantEntry:
    code: str
    names: Mapping[str, str]
    area: str | None = None
    phone: str | None = None
    hours: str | None = None


@dataclass(frozen=True)
class OfferView:
    """A reward as a resident sees it; `left` is None where it does not run out."""

    reward_id: int
    code: str
    names: Mapping[str, str]
    price: int
    left: int | None
    merchant: str
    merchant_names: Mapping[str, str]
    valid_days: int
    limit: Limit | None


def synchronise_rewards(
    session: Session, offers: Sequence[RewardOffer], entries: Sequence[MerchantEntry], now: datetime
) -> None:
    """Bring rewards and merchants in line with the neighbourhood's file, by code.

    What is listed is kept or changed, what is not is retired, never removed. A merchant exists by being named
    in a reward; codes handed out stay taken from a stock that was changed.
    """
    listed = {entry.code: entry for entry in entries}
    named = {offer.merchant: MerchantEntry(offer.merchant, {ANY: offer.merchant}) for offer in offers}
    for entry in (named | listed).values():
        _keep(session, merchants, entry.code, _merchant_values(entry))
    _retire_others(session, merchants, {*named, *listed}, now)
    for position, offer in enumerate(offers):
        _keep(session, rewards, offer.code, _reward_values(offer) | {"position": position})
    _retire_others(session, rewards, {offer.code for offer in offers}, now)


def catalogue(session: Session) -> list[OfferView]:
    """Give the rewards on offer in the order of the file, also those of which nothing is left."""
    query = _offers().where(rewards.c.retired_at.is_(None)).order_by(rewards.c.position)
    return [_view(row) for row in session.connection().execute(query)]


def offer_of(session: Session, reward_id: int) -> OfferView:
    """Give one reward, retired or not.

    Raises:
        UnknownReward: there is none.
    """
    row = session.connection().execute(_offers().where(rewards.c.id == reward_id)).one_or_none()
    if row is None:
        raise UnknownReward(reward_id)
    return _view(row)


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
    return select(rewards, merchants.c.names.label("merchant_names")).select_from(joined)


def _view(row: Row[Any]) -> OfferView:
    return OfferView(
        reward_id=row.id,
        code=row.code,
        names=row.names,
        price=row.price,
        left=None if row.stock is None else max(0, row.stock - row.taken),
        merchant=row.merchant,
        merchant_names=row.merchant_names,
        valid_days=row.valid_days,
        limit=limit_of(row),
    )


def limit_of(row: Row[Any]) -> Limit | None:
    """Read the limit of a reward's row."""
    return None if row.limit_count is None else Limit(row.limit_count, row.limit_per, row.limit_by)


def _keep(session: Session, table: Table, code: str, values: dict[str, Any]) -> None:
    kept = update(table).where(table.c.code == code).values(retired_at=None, **values)
    if not session.connection().execute(kept).rowcount:
        session.connection().execute(insert(table), {"code": code, **values})


def _retire_others(session: Session, table: Table, codes: set[str], now: datetime) -> None:
    others = update(table).where(table.c.code.not_in(codes), table.c.retired_at.is_(None))
    session.connection().execute(others.values(retired_at=now))


def _merchant_values(entry: MerchantEntry) -> dict[str, Any]:
    return {"names": dict(entry.names), "area": entry.area, "phone": entry.phone, "hours": entry.hours}


def _reward_values(offer: RewardOffer) -> dict[str, Any]:
    return {
        "names": dict(offer.names),
        "price": offer.price,
        "stock": offer.stock,
        "merchant": offer.merchant,
        "valid_days": offer.valid_days,
        "limit_count": offer.limit.count if offer.limit else None,
        "limit_per": offer.limit.per if offer.limit else None,
        "limit_by": offer.limit.by if offer.limit else None,
    }

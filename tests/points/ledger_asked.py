"""Postings as tests ask for them, and what came of them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points import (
    AccountKind,
    Groups,
    Posted,
    Posting,
    Refused,
    TransferKind,
    community_account,
    open_account,
    post,
    post_one,
    resident_account,
    reverse,
)
from points.accounts import Held, held_by
from points.models import monthly_totals

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
HOME = Groups(household="7", team="core", building="b1", grid="g1")


def award_of(session: Session, resident_id: int, amount: int, key: str) -> Posting:
    return Posting(
        key=key,
        kind=TransferKind.AWARD,
        debit=community_account(session, AccountKind.ISSUED),
        credit=resident_account(session, resident_id),
        amount=amount,
        groups=HOME,
    )


def gift_of(session: Session, giver: int, taker: int, amount: int, key: str, **more: Any) -> Posting:
    return Posting(
        key=key,
        kind=TransferKind.GIFT,
        debit=resident_account(session, giver),
        credit=resident_account(session, taker),
        amount=amount,
        **more,
    )


def shop_of(session: Session) -> int:
    return open_account(session, AccountKind.MERCHANT, "shop")


def earns(session: Session, resident_id: int, amount: int, key: str, now: datetime = NOON) -> Posted:
    return post_one(session, award_of(session, resident_id, amount, key), now, zone=SHANGHAI)


def gives(session: Session, giver: int, taker: int, amount: int, key: str) -> Posted:
    return post_one(session, gift_of(session, giver, taker, amount, key), NOON, zone=SHANGHAI)


def mends(session: Session, posted: Posted, key: str, now: datetime = NOON, **more: Any) -> Posted:
    return reverse(session, transfer_id=posted.transfer_id, key=key, now=now, zone=SHANGHAI, **more)


def held(session: Session, resident_id: int, now: datetime | None = None) -> Held:
    return held_by(session, resident_account(session, resident_id), now=now)


def earned(session: Session) -> dict[tuple[str, str, str], int]:
    rows = session.connection().execute(monthly_totals.select())
    return {(row.month, row.group_kind.value, row.key): row.earned for row in rows if row.earned}


def reasons(session: Session, *postings: Posting) -> list[type | None]:
    outcomes = post(session, postings, NOON, zone=SHANGHAI)
    return [type(outcome.reason) if isinstance(outcome, Refused) else None for outcome in outcomes]

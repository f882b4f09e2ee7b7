"""Expiry: what came in first is spent first, and what is left of a month is gone when its time is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, and_, func, select, union_all
from sqlmodel import Session

from points.accounts import community_account, holdings, lock
from points.models import AccountKind, TransferKind, accounts, balances, transfers
from points.months import month_of, month_start, months_later
from points.posting import Posting, Refused, post

EXPIRING = (AccountKind.RESIDENT,)  # what merchants were given for their goods stays theirs
AT_ONCE = 150  # accounts gone through in one unit of work: about 20 ms
TOLD_AT_ONCE = 10  # a message for each of them, in about as long


@dataclass(frozen=True)
class Expired:
    """What one step of a month's run took; `after` is the account to go on after, None at the end."""

    accounts: int
    points: int
    after: int | None


@dataclass(frozen=True)
class Expiring:
    """What a resident will lose when the month begins, if it is not spent before."""

    resident_id: int
    points: int


@dataclass(frozen=True)
class ExpiringPage:
    """Some of those concerned; `after` is the account to go on after, None at the end."""

    concerned: tuple[Expiring, ...]
    after: int | None


def left_over(available: int, came_since: int) -> int:
    """Give what is left of all that came in up to a cut-off: the one rule of expiry, which needs no lots.

    What is available is what came in − spent − on hold, so what came in up to the cut-off − spent − on hold
    is what is available − what came in since. A reversal counts in the month of what it reverses, and so do
    the points that it gives back.
    """
    return max(0, available - came_since)


def cut_off(month: str, expire_months: int) -> str:
    """Give the last month of which nothing is left when a month begins."""
    return months_later(month, -expire_months - 1)


def next_to_expire(
    session: Session, account: int, available: int, *, expire_months: int, now: datetime, zone: ZoneInfo
) -> tuple[int, datetime | None]:
    """Say how much goes next and when, if it is not spent before; nothing, and never, where nothing does.

    What was given back after its time goes with the next month that begins.
    """
    if not expire_months or available <= 0:
        return 0, None
    came = _came_by_month(session, account)
    left, oldest = available, None
    for month, amount in reversed(came):
        if left <= 0:
            break
        left, oldest = left - amount, month
    if oldest is None:
        return 0, None
    month = max(months_later(oldest, expire_months + 1), months_later(month_of(now, zone), 1))
    cut = cut_off(month, expire_months)
    since = sum(amount for each, amount in came if each > cut)
    return left_over(available, since), month_start(month, zone)


def expire(
    session: Session, *, month: str, expire_months: int, now: datetime, zone: ZoneInfo, after: int = 0
) -> Expired:
    """Take what came in too long before a month that has begun, from some accounts at a time.

    Under the key `expiry:<month>:<account>` nothing is taken twice.
    """
    page = _page(session, after)
    available = {account: held.available for account, held in lock(session, _losing(session, page)).items()}
    left = _left(session, available, cut_off(month, expire_months))
    expired = community_account(session, AccountKind.EXPIRED)
    postings = [_posting(month, account, expired, points) for account, points in left.items()]
    for outcome in post(session, postings, now, zone=zone):
        if isinstance(outcome, Refused):
            raise outcome.reason
    return Expired(len(postings), sum(left.values()), _last(page))


def expiring(
    session: Session, *, month: str, expire_months: int, now: datetime, zone: ZoneInfo, after: int = 0
) -> ExpiringPage:
    """Find who will lose points when a month begins, some at a time; not what goes at a month before it."""
    page = _page(session, after)
    available = {
        account: held.available for account, held in holdings(session, _losing(session, page)).items()
    }
    left = _left(session, available, cut_off(month, expire_months))
    before = months_later(month, -1)
    if month_start(before, zone) > now:
        for account, points in _left(session, available, cut_off(before, expire_months)).items():
            left[account] -= points
    owners = _owners(session, [account for account in page if left.get(account)])
    concerned = sorted(owners)[:TOLD_AT_ONCE]
    told = tuple(Expiring(owners[account], left[account]) for account in concerned)
    return ExpiringPage(told, concerned[-1] if len(concerned) < len(owners) else _last(page))


def _page(session: Session, after: int) -> list[int]:
    """Give the next accounts that have something."""
    has_some = balances.c.posted > balances.c.held
    query = select(balances.c.account).where(balances.c.account > after, has_some)
    return list(session.connection().execute(query.order_by(balances.c.account).limit(AT_ONCE)).scalars())


def _losing(session: Session, page: Sequence[int]) -> list[int]:
    """Leave out those that never lose anything."""
    # The kind is looked at here: asked for it, SQLite would go through all accounts of the kind instead.
    query = select(accounts.c.id, accounts.c.kind).where(accounts.c.id.in_(page)).order_by(accounts.c.id)
    return [account for account, kind in session.connection().execute(query) if kind in EXPIRING]


def _last(page: Sequence[int]) -> int | None:
    return page[-1] if len(page) == AT_ONCE else None


def _left(session: Session, available: Mapping[int, int], cut: str) -> dict[int, int]:
    """Give what is left, where anything is, of what came in up to the end of a month."""
    since = dict.fromkeys(available, 0)
    if available:
        came = _came([*available], since=cut).subquery()
        query = select(came.c.account, func.sum(came.c.amount)).group_by(came.c.account)
        since |= {account: int(amount) for account, amount in session.connection().execute(query)}
    left = {account: left_over(available[account], since[account]) for account in available}
    return {account: points for account, points in left.items() if points}


def _came(account_ids: Sequence[int], *, since: str) -> CompoundSelect[Any]:
    """Give what came in in the months after one, less what of it was reversed."""
    mine = and_(transfers.c.kind != TransferKind.REVERSAL, transfers.c.credit.in_(account_ids))
    mended = and_(transfers.c.kind == TransferKind.REVERSAL, transfers.c.debit.in_(account_ids))
    came = select(transfers.c.credit.label("account"), transfers.c.month, transfers.c.amount)
    went = select(transfers.c.debit, transfers.c.month, -transfers.c.amount)
    later = transfers.c.month > since
    return union_all(came.where(mine, later), went.where(mended, later))


def _came_by_month(session: Session, account: int) -> list[tuple[str, int]]:
    came = _came([account], since="").subquery()
    query = select(came.c.month, func.sum(came.c.amount)).group_by(came.c.month).order_by(came.c.month)
    return [(month, int(amount)) for month, amount in session.connection().execute(query)]


def _owners(session: Session, account_ids: Sequence[int]) -> dict[int, int]:
    """Give the residents of accounts; who was forgotten has lost the name, and is told nothing."""
    query = select(accounts.c.id, accounts.c.owner).where(
        accounts.c.id.in_(account_ids), accounts.c.owner.is_not(None)
    )
    return {account: int(owner) for account, owner in session.connection().execute(query)}


def _posting(month: str, account: int, expired: int, points: int) -> Posting:
    return Posting(
        key=f"expiry:{month}:{account}",
        kind=TransferKind.EXPIRY,
        debit=account,
        credit=expired,
        amount=points,
        # Not the amount: whoever asks again gets the first answer, whatever came in since.
        request=f"expiry {month} of {account}",
    )

"""Expiry: what came in first is spent first, and what is left of a month is gone when its time is over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Column, CompoundSelect, bindparam, func, select, union_all
from sqlmodel import Session

from points.accounts import community_account, holdings, lock
from points.models import AccountKind, TransferKind, accounts, balances, transfers
from points.months import month_of, month_start, months_later
from points.posting import Posting, Refused, post

EXPIRING = (AccountKind.RESIDENT,)  # what merchants were given for their goods stays theirs
AT_ONCE = 150  # accounts gone through in one unit of work: about 20 ms
TOLD_AT_ONCE = 10  # a message for each of them, in about as long


# The kind is looked at afterwards: asked for it, SQLite would go through all accounts of the kind.
_WITH_SOME = (
    select(balances.c.account, accounts.c.kind)
    .join(accounts, accounts.c.id == balances.c.account)
    .where(balances.c.posted > balances.c.held)
    .order_by(balances.c.account)
)


def _came(credit: Column[Any], debit: Column[Any]) -> CompoundSelect[Any]:
    """Sum up what came in to accounts in the months after one, less what of it was reversed, by a column."""
    some: BindParameter[Any] = bindparam("accounts", expanding=True)
    later = transfers.c.month > bindparam("since")
    reversals = transfers.c.kind == TransferKind.REVERSAL
    came = select(credit, func.sum(transfers.c.amount)).where(transfers.c.credit.in_(some), later, ~reversals)
    went = select(debit, -func.sum(transfers.c.amount)).where(transfers.c.debit.in_(some), later, reversals)
    return union_all(came.group_by(credit), went.group_by(debit))


_CAME_BY_ACCOUNT = _came(transfers.c.credit, transfers.c.debit)
_CAME_BY_MONTH = _came(transfers.c.month, transfers.c.month)


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
    came = sorted(_summed(session, _CAME_BY_MONTH, [account], since="").items())
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
    page, end = _page(session, after)
    available = {account: held.available for account, held in lock(session, page).items()}
    left = _left(session, available, cut_off(month, expire_months))
    expired = community_account(session, AccountKind.EXPIRED)
    postings = [_posting(month, account, expired, points) for account, points in left.items()]
    for outcome in post(session, postings, now, zone=zone):
        if isinstance(outcome, Refused):
            raise outcome.reason
    return Expired(len(postings), sum(left.values()), end)


def expiring(
    session: Session, *, month: str, expire_months: int, now: datetime, zone: ZoneInfo, after: int = 0
) -> ExpiringPage:
    """Find who will lose points when a month begins, some at a time; not what goes at a month before it."""
    page, end = _page(session, after)
    available = {account: held.available for account, held in holdings(session, page).items()}
    left = _left(session, available, cut_off(month, expire_months))
    before = months_later(month, -1)
    if month_start(before, zone) > now:
        for account, points in _left(session, available, cut_off(before, expire_months)).items():
            left[account] -= points
    owners = _owners(session, [account for account in page if left.get(account)])
    concerned = sorted(owners)[:TOLD_AT_ONCE]
    told = tuple(Expiring(owners[account], left[account]) for account in concerned)
    return ExpiringPage(told, concerned[-1] if len(concerned) < len(owners) else end)


def _page(session: Session, after: int) -> tuple[list[int], int | None]:
    """Give the next accounts that have something and may lose it, and the account to go on after."""
    query = _WITH_SOME.where(balances.c.account > after).limit(AT_ONCE)
    rows = session.connection().execute(query).all()
    end = rows[-1].account if len(rows) == AT_ONCE else None
    return [row.account for row in rows if row.kind in EXPIRING], end


def _left(session: Session, available: Mapping[int, int], cut: str) -> dict[int, int]:
    """Give what is left, where anything is, of what came in up to the end of a month."""
    came = _summed(session, _CAME_BY_ACCOUNT, list(available), since=cut) if available else {}
    left = {account: left_over(available[account], came.get(account, 0)) for account in available}
    return {account: points for account, points in left.items() if points}


def _summed(
    session: Session, query: CompoundSelect[Any], account_ids: Sequence[int], *, since: str
) -> Counter[Any]:
    came: Counter[Any] = Counter()
    for what, amount in session.connection().execute(query, {"accounts": account_ids, "since": since}):
        came[what] += int(amount)
    return came


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
